// What `floodgate top` shows: a pure function of the gateway's status and the last minute's counts to the lines of a screen.
import { escapeUnsafe } from '../events/log-line.ts';
import { networkOf } from '../lib/ip.ts';
import { TopList, type Ranked } from '../lib/top-list.ts';
import type { Event } from '../model/events.ts';
import type { Status } from '../web/house.ts';
import { hopWords } from './hop-words.ts';

/** Keys counted in ten seconds: enough that a flood of one network cannot be hidden by others. */
const capacity = 200;
const windowMs = 60_000;

/** Who and what the decisions of the last minute were about. */
export interface LastMinute {
  readonly networks: readonly Ranked[];
  readonly checks: readonly Ranked[];
}

export class MinuteWatch {
  readonly #networks = new TopList({ capacity, windowMs });
  readonly #checks = new TopList({ capacity, windowMs });
  #missed = 0;

  /** Events that were too many to reach us, since we watch. */
  get missed(): number {
    return this.#missed;
  }

  /** So many more did not reach us. */
  count(missed: number): void {
    this.#missed += missed;
  }

  take(event: Event): void {
    if ('ip' in event) this.#networks.add(networkOf(event.ip, 24, 64), event.at);
    for (const check of checksOf(event)) this.#checks.add(check, event.at);
  }

  read(most: number, at: number): LastMinute {
    return { networks: this.#networks.top(most, at), checks: this.#checks.top(most, at) };
  }
}

function checksOf(event: Event): readonly string[] {
  switch (event.type) {
    case 'stage-judged':
      return event.findings.map(({ check }) => check);
    case 'connection-refused':
      return event.findings.length > 0 ? event.findings.map(({ check }) => check) : [event.reason];
    case 'command-refused':
      return [event.reason];
    default:
      return [];
  }
}

export interface TopScreen {
  readonly status: Status;
  readonly minute: LastMinute;
  /** Events that could not be counted. */
  readonly missed: number;
  readonly paused: boolean;
  readonly columns: number;
  readonly rows: number;
  /** What the keys do, at the end; not where nobody can press one. */
  readonly keys: boolean;
}

const refusals = ['reject', 'defer', 'refuse-at-banner'];
const sum = (counts: Readonly<Record<string, number>>, names: readonly string[]): number => names.reduce((all, name) => all + (counts[name] ?? 0), 0);
/** Lines of each list. */
const listLines = 10;

/** The screen, at most as many lines as it has rows, none longer than it is wide. */
export function topLines(screen: TopScreen): readonly string[] {
  const { status, minute, missed, paused, keys, columns, rows } = screen;
  const foot = [...(missed > 0 ? [`${missed} events were too many to count here`] : []), ...(keys ? [`q quit  p ${paused ? 'go on (paused)' : 'pause'}`] : [])];
  const body = [...headLines(status), '', ...hubLines(status), '', ...sideBySide(minute, columns)];
  return [...body.slice(0, Math.max(0, rows - foot.length)), ...foot].map((line) => fitted(line, columns));
}

function headLines({ hostname, version, mode, ready, trouble, sessions, lastMinute, loadLevel, journal }: Status): readonly string[] {
  const perSecond = (count: number): string => `${(count / 60).toFixed(1)}/s`;
  return [
    `${hostname}  Floodgate ${version}  ${ready ? 'taking mail' : 'NOT READY'}  mode ${mode}`,
    ...trouble.map((text) => `! ${text}`),
    `sessions ${sessions.inside + sessions.outside} of ${sessions.most} (${sessions.inside} inside)   load level ${loadLevel}   journal ${journal.dropped === 0 ? 'complete' : `${journal.dropped} events lost`}`,
    `last minute: sessions ${perSecond(lastMinute.sessions)}   turned away ${perSecond(lastMinute.connectionsRefused)}   refused by checks ${perSecond(sum(lastMinute.findings, refusals))}`,
    `messages: delivered ${perSecond(sum(lastMinute.messages, ['delivered']))}   refused ${perSecond(sum(lastMinute.messages, ['refused']))}   deferred ${perSecond(sum(lastMinute.messages, ['deferred']))}`,
  ];
}

const hubLines = ({ hubs }: Status): readonly string[] =>
  hubs.map(({ route, address, state, busy, idle }) => `next hop ${route.padEnd(10)} ${address}  ${hopWords[state]}  ${busy} busy ${idle} idle`);

function sideBySide({ networks, checks }: LastMinute, columns: number): readonly string[] {
  const left = ranking('client networks, last minute', networks);
  const right = ranking('checks, last minute', checks);
  if (columns < 70) return [...left, '', ...right];
  const width = Math.floor(columns / 2);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) =>
    `${fitted(left[at] ?? '', width - 2).padEnd(width)}${right[at] ?? ''}`.trimEnd(),
  );
}

const ranking = (title: string, ranked: readonly Ranked[]): readonly string[] => [
  title,
  ...(ranked.length === 0 ? ['  none'] : ranked.slice(0, listLines).map(({ key, count }) => `${String(count).padStart(7)}  ${key}`)),
];

/** On one line of the terminal; what strangers wrote cannot move the cursor. */
function fitted(line: string, columns: number): string {
  const safe = Array.from(escapeUnsafe(line));
  return safe.length <= columns ? safe.join('') : `${safe.slice(0, Math.max(0, columns - 1)).join('')}…`;
}
