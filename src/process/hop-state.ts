// Whether a next hop is there, as far as doors and spool know: the latest word of any of them counts.
import type { RouteSnapshot } from '../delivery/delivery.ts';
import type { HubStatus } from '../web/house.ts';

export interface HopSeen {
  /** One a door that has asked it. */
  readonly doors: readonly RouteSnapshot[];
  /** Of the spool's own connections; empty where it has not asked it. */
  readonly spool: readonly RouteSnapshot[];
  /** Messages wait for it, and the spool's last try did not reach it. */
  readonly waitingInVain: boolean;
}

/** A door that was quiet since its circuit opened has not noticed that the next hop is back: whoever was answered later knows better. */
export function hopState({ doors, spool, waitingInVain }: HopSeen): HubStatus['state'] {
  const [answered, all] = [latest(doors.map(({ answeredAt }) => answeredAt)), [...doors, ...spool]];
  // Few tries open no circuit, and the spool makes few.
  if (waitingInVain && answered <= latest(spool.flatMap(({ answeredAt, failedAt }) => [answeredAt, failedAt]))) return 'open';
  const answeredAny = latest(all.map(({ answeredAt }) => answeredAt));
  const stands = all.filter(({ circuit, failedAt }) => circuit !== 'closed' && (failedAt ?? 0) >= answeredAny);
  if (stands.some(({ circuit }) => circuit === 'open')) return 'open';
  if (stands.length > 0) return 'half-open';
  return all.length > 0 ? 'closed' : 'unknown';
}

/** 0 where none of them is known. */
const latest = (times: readonly (number | null)[]): number => Math.max(0, ...times.map((time) => time ?? 0));
