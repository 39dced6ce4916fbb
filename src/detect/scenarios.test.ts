// Scenarios of fixtures/scenarios: attacks alarm in the stated time, innocent things stay silent, and every alarm is what its sightings say.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { orgDomain, readScenario, type Expected, type Scenario } from '../../test/harness/scenario.ts';
import { type Alarm, alarmKeyText } from '../model/alarm.ts';
import { detectors } from './catalogue.ts';
import type { DetectorContext, DetectorDefinition } from './detector.ts';
import { createEngine } from './engine.ts';

const folder = fileURLToPath(new URL('../../fixtures/scenarios', import.meta.url));
const ranks = { watch: 1, alert: 2, severe: 3 } as const;

const contextOf = ({ head }: Scenario): DetectorContext => ({
  hashKey: { k0: 0x2468, k1: 0x1357 },
  isOurDomain: (domain) => domain === 'hub.example',
  orgDomain,
  isBulkSender: (user) => head.bulkSenders?.includes(user) ?? false,
});

interface Raised {
  readonly alarm: Alarm;
  /** Sightings of the attack up to it. */
  readonly through: number;
}

function alarmsOf(scenario: Scenario, definitions: readonly DetectorDefinition[] = detectors, upTo = Number.POSITIVE_INFINITY): readonly Raised[] {
  const engine = createEngine({ definitions, options: {}, context: contextOf(scenario) });
  const raised: Raised[] = [];
  let through = 0;
  for (const { sighting, isAttack } of scenario.sightings) {
    if (sighting.at > upTo) break;
    if (isAttack) through++;
    for (const alarm of engine.note(sighting)) raised.push({ alarm, through });
  }
  return raised;
}

const textOf = ({ detector, level, key, because }: Alarm): string => `${detector} ${level} ${alarmKeyText(key)}: ${because}`;

const fits = ({ detector, key }: Expected, alarm: Alarm): boolean =>
  alarm.detector === detector && (key === undefined || alarmKeyText(key) === alarmKeyText(alarm.key));

function assertCame(expected: Expected, raised: readonly Raised[]): void {
  const fitting = raised.filter(({ alarm }) => fits(expected, alarm));
  const first = fitting.find(({ alarm }) => ranks[alarm.level] >= ranks[expected.level]);
  assert.ok(first !== undefined, `${expected.detector} says ${expected.level}; said: ${raised.map(({ alarm }) => textOf(alarm)).join('\n') || 'nothing'}`);
  if (expected.after !== undefined) assert.ok(first.through <= expected.after, `${expected.detector} after ${first.through}, at most ${expected.after}`);
  if (expected.needles !== undefined) assert.equal(fitting.at(-1)?.alarm.needles?.length, expected.needles, 'the needles are listed');
}

for (const path of globSync(`${folder}/*.jsonl`).toSorted()) {
  const scenario = readScenario(path);
  const { head } = scenario;
  test(`${basename(path, '.jsonl')}: ${head.scenario}`, () => {
    const raised = alarmsOf(scenario);
    for (const expected of head.expect) assertCame(expected, raised);
    const unexpected = raised.filter(({ alarm }) => alarm.level !== 'watch' && !head.expect.some((expected) => fits(expected, alarm)));
    assert.deepEqual(
      unexpected.map(({ alarm }) => textOf(alarm)),
      [],
    );
    assertReproducible(scenario, raised);
  });
}

/** An alarm of each detector, told again by that detector alone from the sightings up to it: the same to the last number. */
function assertReproducible(scenario: Scenario, raised: readonly Raised[]): void {
  for (const definition of detectors) {
    const told = raised.filter(({ alarm }) => alarm.detector === definition.id);
    const [last] = told.slice(-1);
    if (last === undefined) continue;
    const again = alarmsOf(scenario, [definition], last.alarm.at).map(({ alarm }) => alarm);
    assert.deepEqual(
      again.slice(0, told.length),
      told.map(({ alarm }) => alarm),
    );
    const { samples, onsetAt, at, count, statistic } = last.alarm;
    assert.ok(
      samples.length > 0 && samples.length <= 50 && onsetAt <= at && count > 0 && statistic.value >= statistic.threshold,
      `${textOf(last.alarm)} is complete`,
    );
  }
}
