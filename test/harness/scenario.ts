// Scenarios as files: a line that says what is expected, and a line for each stream of sightings, short enough to be read. A stream is a
// template and how often, from when, how long; the same file always gives the same sightings.
//
// In texts of a stream, {i} is the number of the sighting in it, {i%7} and {i/7} remainder and whole part, {?50} chance below 50, {octets} two
// octets made of the number. `begin` and `lasts` are as 90s, 10m, 2h, 8d after the start of the scenario.
import { readFileSync } from 'node:fs';
import { seededRandom } from '../../src/lib/seeded-random.ts';
import type { AlarmKey, AlarmLevel } from '../../src/model/alarm.ts';
import type { MessageTraits } from '../../src/model/message-traits.ts';
import type { Caller, Sighting } from '../../src/model/sighting.ts';
import { originOf } from '../../src/detect/sightings/origin.ts';

export interface Expected {
  readonly detector: string;
  /** The alarm must reach at least this level. */
  readonly level: AlarmLevel;
  readonly key?: AlarmKey;
  /** Sightings of streams marked `attack` up to that alarm, at most. */
  readonly after?: number;
  /** Needles that the last alarm of the key must list. */
  readonly needles?: number;
}

export interface ScenarioHead {
  readonly scenario: string;
  /** Alarms of level alert or severe that must come; any other is a failure. Empty: an innocent scenario. */
  readonly expect: readonly Expected[];

  readonly start?: string;
  readonly seed?: number;
  /** Users and domains that the operator has said send to many. */
  readonly bulkSenders?: readonly string[];
}

interface Stream extends Readonly<Record<string, unknown>> {
  readonly what: Sighting['kind'];
  readonly attack?: true;
  readonly begin: string;
  readonly lasts?: string;
  readonly count: number;
  /** `even`: the same time between each; else at random moments. */
  readonly spacing?: 'even';
}

export interface ScenarioSighting {
  readonly sighting: Sighting;
  readonly isAttack: boolean;
}

export interface Scenario {
  readonly head: ScenarioHead;
  readonly sightings: readonly ScenarioSighting[];
}

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `90s`, `10m`, `2h`, `8d`. */
function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text);
  if (match === null) throw new Error(`no duration: ${text}`);
  return Number(match[1]) * (unitsMs[match[2] ?? ''] ?? 0);
}

/** Reads a scenario and makes its sightings, in the order of their time. */
export function readScenario(path: string | URL): Scenario {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const head = JSON.parse(lines[0] ?? '') as ScenarioHead;
  const startAt = Date.parse(head.start ?? '2026-03-02T08:00:00Z');
  const sightings = lines
    .slice(1)
    .flatMap((line, number) => sightingsOf(JSON.parse(line) as Stream, { startAt, number, random: seededRandom((head.seed ?? 1) * 1000 + number) }));
  return { head, sightings: sightings.toSorted((one, other) => one.sighting.at - other.sighting.at) };
}

interface Making {
  readonly startAt: number;
  readonly number: number;
  readonly random: () => number;
}

function sightingsOf(stream: Stream, { startAt, number, random }: Making): ScenarioSighting[] {
  const { attack, begin, lasts = '0s', count, spacing, ...template } = stream;
  const from = startAt + durationMs(begin);
  const lastsMs = durationMs(lasts);
  const moments = Array.from({ length: count }, (_, i) => Math.round(from + lastsMs * (spacing === 'even' ? i / count : random()))).toSorted(
    (one, other) => one - other,
  );
  return moments.map((at, i) => ({ isAttack: attack === true, sighting: sightingOf(filled(template, i, random), at, `stream${number + 1}:${i + 1}`) }));
}

/** One sighting of a filled template; what a scenario does not say is ordinary. */
function sightingOf(given: unknown, at: number, source: string): Sighting {
  const { what, ip = '192.0.2.1', name = null, user = null, inside = false, ...rest } = given as { what: Sighting['kind'] } & Record<string, unknown>;
  // Of a login, the user is the name that was tried.
  const caller = { ip, name, user: what === 'auth' ? null : user, inside } as Caller;
  const { from = '', traits = null } = rest as { from?: string; traits?: MessageTraits | null };
  const origin = originOf(caller, from, traits, { orgDomain });
  const ordinary = {
    direction: 'in',
    from,
    index: 0,
    recipients: 1,
    outcome: 'delivered',
    messageId: `<${source}@scenario>`,
    subject: null,
    bytes: 5000,
    traits,
  };
  const fields = what === 'message' ? { origin, ...ordinary } : what === 'recipient' ? { origin, from } : what === 'auth' ? { user } : { session: source };
  return { kind: what, at, source, caller, ...fields, ...rest } as unknown as Sighting;
}

function filled(value: unknown, i: number, random: () => number): unknown {
  if (typeof value === 'string') return filledText(value, i, random);
  if (Array.isArray(value)) return value.map((each) => filled(each, i, random));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, i, random)]));
}

const filledText = (text: string, i: number, random: () => number): string =>
  text
    .replaceAll('{octets}', `${(i >> 8) & 255}.${i & 255}`)
    .replaceAll(/\{i(?:([%/])(\d+))?\}/g, (_, sign: string | undefined, by: string) =>
      String(sign === undefined ? i : sign === '%' ? i % Number(by) : Math.floor(i / Number(by))),
    )
    .replaceAll(/\{\?(\d+)\}/g, (_, below: string) => String(Math.floor(random() * Number(below))));

/** Good enough for the domains of scenarios: the last two labels. */
export const orgDomain = (domain: string): string => domain.split('.').slice(-2).join('.');
