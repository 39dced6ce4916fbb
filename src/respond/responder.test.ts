import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlaybookOptions } from '../config/playbook-options.ts';
import type { Alarm } from '../model/alarm.ts';
import type { MessageSighting } from '../model/sighting.ts';
import { sampleIncident } from './alerts/sample-incident.ts';
import { createResponder, type AutomaticMeasure } from './responder.ts';

const hour = 3_600_000;
const now = 100 * hour;

const alarm = (more: Partial<Alarm> = {}): Alarm => ({
  detector: 'directory-harvest',
  key: { network: '192.0.2.0/24' },
  level: 'alert',
  at: now,
  onsetAt: now - 60_000,
  count: 10,
  statistic: { name: 'walk', value: 10, threshold: 10 },
  confidence: 'high',
  spoofable: false,
  counts: {},
  origins: [],
  samples: [],
  because: 'ten unknown recipients in a row',
  ...more,
});

const delivered = (more: Partial<MessageSighting> = {}): MessageSighting => ({
  kind: 'message',
  at: now - hour,
  source: 'smtp-1#1',
  caller: { ip: '198.51.100.7', name: null, user: null, inside: false },
  origin: { kind: 'network', name: '198.51.100.0/24', spoofable: false },
  direction: 'in',
  from: 'friend@world.example',
  to: 'ann@example.org',
  index: 0,
  recipients: 1,
  outcome: 'delivered',
  messageId: null,
  subject: null,
  bytes: 1000,
  traits: null,
  ...more,
});

function start(playbook: PlaybookOptions = {}) {
  const added: AutomaticMeasure[] = [];
  const history: string[] = [];
  const attached: string[] = [];
  const clock = { now };
  const inForce = new Set<string>();
  const responder = createResponder({
    playbook: () => playbook,
    add: (draft) => {
      added.push(draft);
      inForce.add(`m-${added.length}`);
      return Promise.resolve({ ok: true, id: `m-${added.length}` });
    },
    isInForce: (id) => inForce.has(id),
    attach: (_, measure) => void attached.push(measure),
    tellHistory: (_, step, text) => void history.push(`${step}: ${text}`),
    scopeText: (scope) => JSON.stringify(scope),
    now: () => clock.now,
  });
  return { responder, added, history, attached, clock, inForce };
}

test('an alarm is answered with a measure of the right scope, an end, a hit cap and the incident it belongs to', async () => {
  const { responder, added, attached } = start();
  await responder.answer(alarm(), sampleIncident());
  assert.deepEqual(added, [
    {
      scope: { client: '192.0.2.0/24' },
      action: 'defer',
      reason: 'ten unknown recipients in a row',
      incident: 'i-3fa94c01d2',
      expiresAt: now + 15 * 60_000,
      maxHits: 100_000,
      dryRun: false,
      detector: 'directory-harvest',
    },
  ]);
  assert.deepEqual(attached, ['m-1']);
});

test('who goes on after it has ended is answered for twice as long, a day at most; while it holds nothing is added', async () => {
  const { responder, added, clock, inForce } = start();
  for (let time = 0; time < 9; time++) {
    await responder.answer(alarm(), sampleIncident());
    await responder.answer(alarm(), sampleIncident());
    inForce.clear();
    clock.now += 60_000;
  }
  assert.deepEqual(
    added.map(({ expiresAt }, at) => (expiresAt - now - at * 60_000) / 60_000),
    [15, 30, 60, 120, 240, 480, 960, 1440, 1440],
  );
});

test('an alarm that is only a watch is answered by nothing, and so is one whose answer is off', async () => {
  const watched = start();
  await watched.responder.answer(alarm({ level: 'watch' }), sampleIncident());
  assert.deepEqual(watched.added, []);
  const off = start({ 'directory-harvest': 'off' });
  await off.responder.answer(alarm(), sampleIncident());
  assert.deepEqual(off.added, []);
});

test('what would have touched more than a hundredth of the last day of good mail is not done, and the incident says so', async () => {
  const { responder, added, history } = start();
  for (let n = 0; n < 985; n++) responder.note(delivered());
  for (let n = 0; n < 15; n++) responder.note(delivered({ caller: { ip: '192.0.2.9', name: null, user: null, inside: false }, source: `smtp-1#${n}` }));
  await responder.answer(alarm(), sampleIncident());
  assert.deepEqual(added, []);
  assert.match(history[0] ?? '', /15 of 1000 good messages/);
});

test('what came since the attack began is no witness against the measure, and neither is mail of the day before yesterday', async () => {
  const { responder, added } = start();
  for (let n = 0; n < 500; n++) responder.note(delivered());
  const attacker = { ip: '192.0.2.9', name: null, user: null, inside: false };
  for (let n = 0; n < 100; n++) responder.note(delivered({ caller: attacker, at: now - 30_000 }));
  for (let n = 0; n < 100; n++) responder.note(delivered({ caller: attacker, at: now - 30 * hour }));
  await responder.answer(alarm(), sampleIncident());
  assert.equal(added.length, 1);
});

test('nothing is done to a third party on evidence that anybody could have made up: it is only recorded', async () => {
  const { responder, added, attached } = start();
  await responder.answer(alarm({ spoofable: true }), sampleIncident());
  assert.deepEqual([added[0]?.dryRun, attached], [true, []]);
});

test('a stolen account is held although all of its own mail was good until now', async () => {
  const { responder, added } = start();
  for (let n = 0; n < 50; n++) responder.note(delivered({ caller: { ip: '10.0.0.1', name: null, user: 'bob', inside: true }, direction: 'out' }));
  await responder.answer(alarm({ detector: 'stolen-account', key: { user: 'bob' } }), sampleIncident());
  assert.deepEqual(
    added.map(({ action, scope }) => [action, scope]),
    [['quarantine', { user: 'bob', direction: 'out' }]],
  );
});

test('an operator can say another action, and that a proposal is carried out', async () => {
  const { responder, added } = start({ 'mailbox-flood': { action: 'tag', from: 'alert', carryOut: true, for: hour } });
  await responder.answer(alarm({ detector: 'mailbox-flood', key: { recipient: 'ann@example.org' } }), sampleIncident());
  assert.deepEqual(
    added.map(({ action, dryRun, expiresAt }) => [action, dryRun, expiresAt - now]),
    [['tag', false, hour]],
  );
});

test('what runs out while the attack goes on is renewed for longer', async () => {
  const { responder, added, clock, inForce } = start();
  await responder.answer(alarm(), sampleIncident());
  const going = sampleIncident({ measures: ['m-1'], state: 'mitigated', detector: 'directory-harvest' });
  await responder.renew([going]);
  assert.equal(added.length, 1, 'it holds still');
  inForce.clear();
  clock.now += 16 * 60_000;
  await responder.renew([{ ...going, state: 'cooling' }]);
  assert.equal(added.length, 1, 'the attack is over');
  await responder.renew([going]);
  assert.deepEqual(
    added.map(({ expiresAt }) => expiresAt - now),
    [15 * 60_000, 46 * 60_000],
  );
});

test('an infected machine of ours is not touched, and its incident says once why, and what a person can do', async () => {
  const { responder, added, history } = start();
  const own = (more: Partial<Alarm>): Alarm => alarm({ detector: 'virus-storm', key: { ip: '10.20.3.7' }, ...more });
  await responder.answer(own({}), { id: 'i-1' });
  await responder.answer(own({ level: 'severe' }), { id: 'i-1' });
  assert.deepEqual([added, history.length], [[], 1]);
  assert.match(
    history[0] ?? '',
    /^noted: nothing was done by itself: it is a machine of ours.*floodgate measure add --client 10\.20\.3\.7 --action hold .*--force$/,
  );
  await responder.answer(own({ key: { message: 'Eicar' } }), { id: 'i-2' });
  await start({ 'virus-storm': 'off' }).responder.answer(own({}), { id: 'i-3' });
  assert.equal(history.length, 1, 'of a storm from outside nobody wonders');
});
