// Does the hub take any name? Then every address that a forger makes up exists, his bounces come in, and dictionary attacks find mailboxes without
// end. Asked a few times a day with names that nobody has (a question at RCPT, no mail); the operator is told, and told again when it is over.
import { randomInt } from 'node:crypto';
import type { Config } from '../config/options.ts';
import { hubAddressText } from '../config/value-types.ts';
import type { IncidentDesk } from '../incidents/desk.ts';
import type { Alarm } from '../model/alarm.ts';
import type { Delivery } from '../model/delivery.ts';
import type { Recorder } from '../model/events.ts';
import type { Mailbox } from '../model/mailbox.ts';
import { routeOf } from './own-post.ts';

export interface CatchAllWatch {
  /** Domains of ours whose server takes any name, in words. */
  trouble(): readonly string[];
  /** Asks about each domain once. */
  look(): Promise<void>;
  stop(): void;
}

export interface CatchAllParts {
  config(): Config;
  readonly probe: Delivery['probe'];
  readonly incidents: Pick<IncidentDesk, 'raise' | 'calm'>;
  readonly record: Recorder;
  /** Milliseconds since the epoch. */
  now(): number;
}

const id = 'catch-all';
/** Made-up names that must all be taken: one may happen to exist. */
const asked = 2;
/** How often is looked whether it is time again, in ms. */
const tickMs = 1000;
/** The first look comes so long after the start, in ms, and another after one that a server did not answer; sooner where the interval is shorter. */
const soonMs = 600_000;

/** Begins to look, every `bounces.askCatchAll`. */
export function watchCatchAll({ config, probe, incidents, record, now }: CatchAllParts): CatchAllWatch {
  /** By domain of ours: the server that takes any name for it, or null where it does not. */
  const known = new Map<string, string | null>();
  let last = now();
  let wait = soonMs;
  let looking = false;

  /** False where the server did not say. */
  const lookAt = async (domain: string): Promise<boolean> => {
    const server = hubAddressText(routeOf(config(), domain).address);
    const takesAll = await takesAnyName(domain, config(), probe);
    if (takesAll === null) return false;
    const before = known.get(domain);
    known.set(domain, takesAll ? server : null);
    // Also at the first look: the incident may be from before a restart.
    if (!takesAll && before !== null) incidents.calm({ detector: id, key: { domain }, at: now() });
    if (!takesAll || typeof before === 'string') return true;
    const alarm = alarmOf(domain, server, now());
    record({ type: 'alarm-raised', incident: incidents.raise(alarm).id, alarm });
    return true;
  };
  const look = async (): Promise<void> => {
    last = now();
    const domains = asksAbout(config());
    for (const domain of known.keys()) if (!domains.includes(domain)) known.delete(domain); // no longer asked: nothing is known of it
    let allSaid = true;
    for (const domain of domains) allSaid = (await lookAt(domain)) && allSaid;
    wait = allSaid ? Infinity : soonMs;
  };
  const ticking = setInterval(() => {
    const every = config().bounces.askCatchAll;
    if (every === 0 || looking || now() - last < Math.min(every, wait)) return;
    looking = true;
    void look().finally(() => (looking = false));
  }, tickMs).unref();
  return {
    look,
    trouble: () =>
      [...known].flatMap(([domain, server]) =>
        server === null ? [] : [`${server} takes any name of ${domain} (catch-all): forged bounces come in by it (docs/backscatter.md)`],
      ),
    stop: () => clearInterval(ticking),
  };
}

/** Domains whose server is asked about recipients; elsewhere `floodgate check` warns. The embedded mailbox store knows its names. */
function asksAbout(config: Config): readonly string[] {
  return [...config.site.domains, ...config.site.customerDomains].filter((domain) => {
    const verifies = config.routes[domain]?.verifyRecipients ?? config.hub.verifyRecipients;
    return verifies && routeOf(config, domain).address.kind !== 'maildir' && !config.intake.some((each) => each.domain === domain);
  });
}

/** Null: the server did not say. */
async function takesAnyName(domain: string, config: Config, probe: Delivery['probe']): Promise<boolean | null> {
  for (let n = 0; n < asked; n++) {
    const outcome = await probe(routeOf(config, domain), nobodyAt(domain), false).catch(() => null);
    if (outcome?.kind === 'refused') return false;
    if (outcome?.kind !== 'accepted') return null;
  }
  return true;
}

/** A name that is found again in the server's log, and that nobody can have foreseen. */
function nobodyAt(domain: string): Mailbox {
  const localPart = `floodgate-asks-${randomInt(2 ** 40).toString(36)}`;
  return { localPart, domain, text: `${localPart}@${domain}`, sourceRoute: null };
}

const alarmOf = (domain: string, server: string, at: number): Alarm => ({
  detector: id,
  key: { domain },
  level: 'alert',
  at,
  onsetAt: at,
  count: 1,
  statistic: { name: 'names-taken', value: asked, threshold: asked },
  confidence: 'high',
  spoofable: false,
  counts: {},
  origins: [],
  samples: [],
  because: `${server} takes any name of ${domain}: turn its catch-all off, or name its recipients to the gateway; docs/backscatter.md says how`,
});
