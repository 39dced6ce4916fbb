import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { noDetail } from '../events/log-focus.ts';
import { sampleEvents } from '../events/sample-events.ts';
import type { EventBody } from '../model/events.ts';
import type { Finding } from '../model/verdict.ts';
import { openDoorRecord } from './door-record.ts';
import type { FromDoor } from './messages.ts';

const finding: Finding = {
  check: 'standing-measure',
  kind: 'abuse',
  outcome: { kind: 'finding', because: 'a standing measure covers it', evidence: { measure: 'm-1' } },
  action: 'reject',
};
const hit = { ...sampleEvents['stage-judged'], findings: [finding] } as EventBody; // a door that refused for a measure

test('events go with each beat, hits a few times a second and with a flush, and none is lost', () => {
  const said: FromDoor[] = [];
  let now = 10_000;
  const door = openDoorRecord(
    { name: 'smtp-1', config: configOf(), logDetail: noDetail },
    (message) => void said.push(message),
    () => now,
  );
  for (let beat = 0; beat < 20; beat++) {
    door.record(hit);
    door.beat();
    now += 50;
  }
  const hitsOf = (): readonly number[] => said.flatMap((message) => (message.kind === 'measure-hits' ? message.counts.map(({ hits }) => hits) : []));
  assert.equal(said.filter(({ kind }) => kind === 'batch').length, 20);
  assert.ok(hitsOf().length <= 5, `${hitsOf().length} times in a second`);
  door.flush();
  assert.equal(
    hitsOf().reduce((sum, hits) => sum + hits, 0),
    20,
  );
});

test('a clock that is set back does not keep the hits', () => {
  const said: FromDoor[] = [];
  let now = 10_000_000;
  const door = openDoorRecord(
    { name: 'smtp-1', config: configOf(), logDetail: noDetail },
    (message) => void said.push(message),
    () => now,
  );
  door.beat();
  now = 1000;
  door.record(hit);
  door.beat();
  assert.ok(said.some(({ kind }) => kind === 'measure-hits'));
});
