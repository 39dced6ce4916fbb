// Whether forged reports to an address or a domain would be refused at this moment: what the outgoing memory can tell, and the mode.
import { isObserving } from '../config/observing.ts';
import type { Config } from '../config/options.ts';
import type { AlarmKey } from '../model/alarm.ts';
import { holdMeanwhile, whyNothingIsRefused, type BouncesTold, type ForgedRefusal } from '../model/forged-refusal.ts';
import type { Incident } from '../model/incident.ts';
import type { OutgoingInForce } from './outgoing-in-force.ts';

export interface RefusalParts {
  readonly config: Pick<Config, 'bounces' | 'mode' | 'observeUntil'>;
  readonly outgoing: Pick<OutgoingInForce, 'silenceOf'>;
  readonly nowMs: number;
}

/** Milliseconds. */
const minuteMs = 60_000;
/** The next whole minute: nobody needs more, and it stays the same from call to call. */
const isoMinute = (ms: number): string => new Date(Math.ceil(ms / minuteMs) * minuteMs).toISOString();

/** Null where what is found is carried out. */
export const observingNow = (config: Pick<Config, 'mode' | 'observeUntil'>, nowMs: number): ForgedRefusal['observing'] =>
  isObserving(config, nowMs) ? { until: config.observeUntil === undefined ? null : isoMinute(config.observeUntil) } : null;

/** What holds for the address or the domain that an alarm names. */
export function forgedRefusalNow({ recipient, domain }: Pick<AlarmKey, 'recipient' | 'domain'>, { config, outgoing, nowMs }: RefusalParts): ForgedRefusal {
  const observing = observingNow(config, nowMs);
  const whose = recipient === undefined ? { domain: domain ?? '' } : mailboxOf(recipient);
  const silence = outgoing.silenceOf(whose);
  // Where others send for us it is marked instead, as the operator has ordered.
  if (config.bounces.othersSendForUs || silence.means === 'not-sent') return { untold: null, toldFrom: null, observing };
  return { untold: silence.why, toldFrom: silence.fromMs === null ? null : isoMinute(silence.fromMs), observing };
}

/** What a person who is told of an incident must know besides: what looks as if it were done, and is not. */
export function alertRemarks({ detector, key }: Pick<Incident, 'detector' | 'key'>, parts: RefusalParts): readonly string[] {
  const refusal = forgedRefusalNow(key, parts);
  const whose = key.recipient ?? key.domain;
  const why = detector === 'backscatter-flood' && whose !== undefined ? whyNothingIsRefused(refusal, whose) : null;
  if (why !== null && whose !== undefined) return [why, holdMeanwhile(whose)];
  if (refusal.observing === null) return [];
  const { until } = refusal.observing;
  return [`mode observe${until === null ? '' : ` until ${until}`}: what is found, and every automatic measure, is only recorded`];
}

/** Domains named at a glance. */
const mostNamed = 20;

/** What holds for all our domains. */
export function bouncesToldNow({ site }: Pick<Config, 'site'>, parts: RefusalParts): BouncesTold {
  const all = [...site.domains, ...site.customerDomains].map((domain) => ({ domain, ...forgedRefusalNow({ domain }, parts) }));
  const untold = all.filter((each) => each.untold !== null).map(({ domain, untold: why, toldFrom }) => ({ domain, untold: why, toldFrom }));
  const { othersSendForUs } = parts.config.bounces;
  return { othersSendForUs, told: othersSendForUs ? 0 : all.length - untold.length, untold: untold.slice(0, mostNamed), untoldInAll: untold.length };
}

const mailboxOf = (address: string): { readonly localPart: string; readonly domain: string } => {
  const at = address.lastIndexOf('@');
  return { localPart: address.slice(0, at), domain: address.slice(at + 1) };
};
