// The lines of `floodgate replay`: as JSON, and for people.
import type { Alarm } from '../model/alarm.ts';
import type { ReplayCounts, ReplayDecision, ReplayDifference, ReplayMeasure, ReplayObserved, ReplaySide } from './replay.ts';

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const decisionJson = ({ action, check, because, wouldBe }: ReplayDecision): object => ({
  action,
  check,
  because,
  ...(wouldBe === null ? {} : { wouldBe }),
});

const sideJson = (side: ReplaySide | null): object => (side === null ? {} : { side });

/** Records as JSON Lines have them. */
export const replayJson = {
  difference: ({ at, was, would, assumed, ...rest }: ReplayDifference): object => ({
    record: 'difference',
    at: iso(at),
    session: rest.session,
    reference: rest.reference,
    stage: rest.stage,
    was: decisionJson(was),
    would: decisionJson(would),
    from: rest.from,
    to: rest.to,
    client: rest.client,
    ...(assumed.length === 0 ? {} : { assumed }),
  }),
  /** As `watch` has it; the gateway's own place is the sighting's source in the journal, or the line of the log. */
  alarm: ({ at, detector, level, key, count, because, samples }: Alarm, side: ReplaySide | null): object => ({
    record: 'alarm',
    at: iso(at),
    detector,
    level,
    recipient: key.recipient ?? null,
    client: key.ip === undefined ? null : { ip: key.ip },
    network: key.network ?? null,
    sender: key.sender ?? null,
    user: key.user ?? null,
    count,
    source: samples.at(-1) ?? null,
    incident: null,
    because,
    ...sideJson(side),
  }),
  measure: ({ at, expiresAt, ...rest }: ReplayMeasure, side: ReplaySide | null): object => ({
    record: 'measure',
    at: iso(at),
    expiresAt: iso(expiresAt),
    detector: rest.detector,
    action: rest.action,
    scope: rest.scope,
    dryRun: rest.dryRun,
    because: rest.because,
    objection: rest.objection,
    connections: rest.connections,
    recipients: rest.recipients,
    messages: rest.messages,
    goodMail: rest.goodMail,
    samples: rest.samples,
    ...sideJson(side),
  }),
  observed: ({ samples, ...rest }: ReplayObserved): object => ({
    record: 'observed',
    ...rest,
    samples: samples.map((sample) => ({ ...sample, at: iso(sample.at) })),
  }),
  summary: ({ first, last, ...counts }: ReplayCounts): object => ({ record: 'summary', ...counts, first: iso(first), last: iso(last) }),
};

/** A stranger's control characters do not reach the terminal. */
const printable = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?');

const words = (decision: Readonly<Record<string, unknown>>): string =>
  `${String(decision['action'])}${decision['check'] === null ? '' : ` (${String(decision['check'])})`}${decision['wouldBe'] === undefined ? '' : `, not ${String(decision['wouldBe'])}`}`;

/** A record for people, ended by a line feed. */
export function replayText(record: object): string {
  const of = record as Readonly<Record<string, unknown>>; // one of the records above
  return `${printable(textOf(of))}\n`;
}

function textOf(of: Readonly<Record<string, unknown>>): string {
  const part = (name: string): Readonly<Record<string, unknown>> => (of[name] ?? {}) as Readonly<Record<string, unknown>>; // an object of ours
  const side = of['side'] === undefined ? '' : ` [${String(of['side'])}]`;
  switch (of['record']) {
    case 'difference': {
      const who = `${String(part('client')['ip'])} <${String(of['from'] ?? '')}> to ${String(of['to'] ?? '-')}`;
      const supposed = of['assumed'] === undefined ? '' : ` (supposed: ${String(of['assumed'])})`;
      return `${String(of['at'])} ${String(of['stage'])}: was ${words(part('was'))}, would be ${words(part('would'))}: ${who}${supposed} ${String(of['reference'] ?? of['session'])}`;
    }
    case 'alarm':
      return `${String(of['at'])} ${String(of['level']).toUpperCase()} ${String(of['detector'])}: ${String(of['because'])}${side}`;
    case 'measure': {
      const fate =
        of['objection'] === null ? (of['dryRun'] === true ? 'dry run' : `until ${String(of['expiresAt'])}`) : `not put in force: ${String(of['objection'])}`;
      return `${String(of['at'])} measure ${String(of['action'])} ${String(of['scope'])} (${fate}): ${String(of['connections'])} connections, ${String(of['messages'])} messages, good ones ${String(of['goodMail'])}${side}`;
    }
    case 'observed': {
      const samples = (of['samples'] as readonly Readonly<Record<string, unknown>>[]).map(
        (each) =>
          `\n  ${String(each['at'])} ${String(each['reference'] ?? each['session'])} <${String(each['from'] ?? '')}> to ${String(each['to'] ?? '-')}: ${String(each['because'])}`,
      );
      const what = of['detector'] === null ? String(of['check']) : `${String(of['check'])} of ${String(of['detector'])}`;
      return `${what}: would ${String(of['would'])} ${String(of['decisions'])} times; good mail touched ${String(of['goodMail'])} (${(100 * Number(of['share'])).toFixed(3)} %)${samples.join('')}`;
    }
    default:
      return Object.entries(of)
        .filter(([name]) => name !== 'record')
        .map(([name, value]) => `${name} ${typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '-')}`)
        .join(', ');
  }
}
