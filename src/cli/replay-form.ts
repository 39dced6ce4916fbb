// The lines of `floodgate replay`: as JSON, and for people.
import type { Alarm } from '../model/alarm.ts';
import type { ReplayCounts, ReplayDecision, ReplayDifference, ReplayMeasure, ReplayObserved, ReplaySide } from './replay-records.ts';

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const decisionJson = ({ action, check, because, wouldBe }: ReplayDecision): object => ({
  action,
  check,
  because,
  ...(wouldBe === null ? {} : { wouldBe }),
});

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The line of a log (`mail.log:17`), or door and number in the journal (`smtp-1#42`). */
function placeOf(source: string): object {
  const [, file, line] = /^(.*):(\d+)$/.exec(source) ?? [];
  return { file: file ?? null, line: line === undefined ? null : Number(line), source: source === '' ? null : source };
}

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
    ...placeOf(samples.at(-1) ?? ''),
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
  `${plain(decision['action'])}${decision['check'] === null ? '' : ` (${plain(decision['check'])})`}${decision['wouldBe'] === undefined ? '' : `, not ${plain(decision['wouldBe'])}`}`;

/** A record for people, ended by a line feed. */
export function replayText(record: object): string {
  const of = record as Readonly<Record<string, unknown>>; // one of the records above
  return `${printable(textOf(of))}\n`;
}

function textOf(of: Readonly<Record<string, unknown>>): string {
  const part = (name: string): Readonly<Record<string, unknown>> => (of[name] ?? {}) as Readonly<Record<string, unknown>>; // an object of ours
  const side = of['side'] === undefined ? '' : ` [${plain(of['side'])}]`;
  switch (of['record']) {
    case 'difference': {
      const who = `${plain(part('client')['ip'])} <${plain(of['from'] ?? '')}> to ${plain(of['to'] ?? '-')}`;
      const supposed = of['assumed'] === undefined ? '' : ` (supposed: ${plain(of['assumed'])})`;
      return `${plain(of['at'])} ${plain(of['stage'])}: was ${words(part('was'))}, would be ${words(part('would'))}: ${who}${supposed} ${plain(of['reference'] ?? of['session'])}`;
    }
    case 'alarm':
      return `${plain(of['at'])} ${plain(of['level']).toUpperCase()} ${plain(of['detector'])}: ${plain(of['because'])}${side}`;
    case 'measure': {
      const fate =
        of['objection'] === null ? (of['dryRun'] === true ? 'dry run' : `until ${plain(of['expiresAt'])}`) : `not put in force: ${plain(of['objection'])}`;
      return `${plain(of['at'])} measure ${plain(of['action'])} ${plain(of['scope'])} (${fate}): ${plain(of['connections'])} connections, ${plain(of['recipients'])} recipients, ${plain(of['messages'])} messages, good ones ${plain(of['goodMail'])}${side}`;
    }
    case 'observed': {
      const samples = (of['samples'] as readonly Readonly<Record<string, unknown>>[]).map(
        (each) =>
          `\n  ${plain(each['at'])} ${plain(each['reference'] ?? each['session'])} <${plain(each['from'] ?? '')}> to ${plain(each['to'] ?? '-')}: ${plain(each['because'])}`,
      );
      const what = of['detector'] === null ? plain(of['check']) : `${plain(of['check'])} of ${plain(of['detector'])}`;
      return `${what}: would ${plain(of['would'])} ${plain(of['decisions'])} times; good mail touched ${plain(of['goodMail'])} (${(100 * Number(of['share'])).toFixed(3)} %)${samples.join('')}`;
    }
    default:
      return Object.entries(of)
        .filter(([name]) => name !== 'record')
        .map(([name, value]) => `${name} ${plain(value ?? '-')}`)
        .join(', ');
  }
}
