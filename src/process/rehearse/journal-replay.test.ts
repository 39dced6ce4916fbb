import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReplayCounts, ReplayDifference, ReplayMeasure } from '../../cli/replay-records.ts';
import { loadConfigText } from '../../config/load.ts';
import { events as make } from '../../events/catalogue.ts';
import type { EventBody } from '../../model/events.ts';
import type { Finding } from '../../model/verdict.ts';
import { ownChecks } from '../own-checks.ts';
import { JournalReplay } from './journal-replay.ts';
import { PastKnowledge } from './recorded-facts.ts';
import { Side } from './side.ts';

const start = Date.UTC(2026, 10, 20, 9);
const base = `
site: {hostname: mx.hub.example, domains: [hub.example], postmaster: p@hub.example, networks: [10.0.0.0/8]}
hub: {address: "192.0.2.10:25"}
listeners: [{name: mx, address: "127.0.0.1:2525", role: mx}]
`;

interface Told {
  readonly differences: readonly string[];
  readonly measures: readonly ReplayMeasure[];
  readonly summary: ReplayCounts;
}

/** Replays what happened, one event a second, under the base configuration and more. */
async function replay(bodies: readonly EventBody[], more = ''): Promise<Told> {
  const loaded = loadConfigText(`${base}${more}`, 'floodgate.yaml', { checkIds: [] });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const past = new PastKnowledge();
  const differences: ReplayDifference[] = [];
  const measures: ReplayMeasure[] = [];
  const trouble = (what: string): never => {
    throw new Error(what);
  };
  const replaying = new JournalReplay({
    past,
    side: new Side({ config: loaded.config, past, own: await ownChecks(loaded.config), onTrouble: trouble }),
    against: null,
    hearer: {
      onDifference: (each) => void differences.push(each),
      onAlarm: () => {},
      onMeasure: (each) => void measures.push(each),
      onObserved: () => {},
      onTrouble: trouble,
    },
  });
  for (const [index, body] of bodies.entries()) await replaying.take({ at: start + index * 1000, door: 'smtp-1', seq: index, ...body });
  replaying.tellMeasures();
  const words = differences.map(({ stage, was, would }) => `${stage}: ${was.action} ${was.check} -> ${would.action} ${would.check}`);
  return { differences: words, measures, summary: replaying.summary() };
}

const session = 'S1';
const ip = '203.0.113.9';
const opened = make.sessionOpened({ session, ip, port: 4000, listener: 'mx', role: 'mx', inside: false, localIp: '192.0.2.1', localPort: 25 });
const found = (check: string, kind: Finding['kind'], action: Finding['action'], evidence: Record<string, string | number>): Finding => ({
  check,
  kind,
  action,
  outcome: { kind: 'finding', because: 'as it was', evidence },
});
const judged = (stage: 'connect' | 'helo' | 'mail' | 'rcpt' | 'message', input: object, findings: readonly Finding[] = [], facts: object = {}): EventBody =>
  make.stageJudged({ session, ip, stage, input, facts: facts as never, action: findings[0]?.action ?? 'pass', findings });
const envelope = { helo: 'x.example', from: 'a@x.example' };
const known = { recipient: { value: 'exists' } };

test('a limit is tried on the number that had passed it', async () => {
  const tooMany = [found('too-many-errors', 'protocol', 'defer', { errors: 25, limit: 20 })];
  const told = [opened, judged('helo', envelope), judged('mail', envelope), judged('rcpt', { ...envelope, to: 'ann@hub.example' }, tooMany)];
  assert.deepEqual((await replay(told)).differences, []);
  assert.deepEqual((await replay(told, 'limits: {errors: 50}')).differences, ['rcpt: defer too-many-errors -> pass null']);
});

test('what was unknown then is unknown now: a hub that was silent makes no recipient exist', async () => {
  const unsure: Finding = { check: 'unknown-recipient', kind: 'permission', action: 'defer', outcome: { kind: 'unsure', why: 'time-out' } };
  const rcpt = judged('rcpt', { ...envelope, to: 'ann@hub.example' }, [unsure], { recipient: { unknown: 'time-out' } });
  assert.deepEqual((await replay([opened, judged('helo', envelope), judged('mail', envelope), rcpt])).differences, []);
});

test('an entry made by command holds under any configuration; a list of the old configuration goes with it', async () => {
  const listed = (list: string) => [
    make.listChanged({ list: 'from-file', entries: 1, by: 'file', what: 'was read' }),
    opened,
    judged('rcpt', { ...envelope, to: 'ann@hub.example' }, [found('listed', 'abuse', 'reject', { list })], {
      lists: { value: [`${list}: 203.0.113.0/24 reject`] },
      ...known,
    }),
  ];
  assert.deepEqual((await replay(listed('operator'))).differences, []);
  assert.deepEqual((await replay(listed('from-file'))).differences, ['rcpt: reject listed -> pass null']);
});

test('a measure of the past is the same now: between two recipients it holds the message, on a content it refuses whoever it is for', async () => {
  const by = (action: 'quarantine' | 'reject', scope: string): readonly [readonly Finding[], object] => [
    [found('standing-measure', 'abuse', action, { measure: 'm-1', scope, by: 'person anna', reason: 'x' })],
    { ...known, measures: { value: [`m-1: ${scope} ${action}`] } },
  ];
  const begun = [opened, judged('helo', envelope), judged('mail', envelope), judged('rcpt', { ...envelope, to: 'ann@hub.example' }, [], known)];
  const second = judged('rcpt', { ...envelope, to: 'bob@hub.example' }, ...by('quarantine', 'sender a@x.example'));
  assert.deepEqual((await replay([...begun, second])).differences, []);
  const message = judged(
    'message',
    { ...envelope, recipients: ['ann@hub.example'], size: 100 },
    ...by('reject', 'recipient ann@hub.example, content forged-bounce'),
  );
  assert.deepEqual((await replay([...begun, message])).differences, []);
});

test('what the virus scanner had said is put back: nobody scans the past again', async () => {
  const scanner = 'viruses: {clamd: /run/clamd}';
  const begun = [opened, judged('helo', envelope), judged('mail', envelope), judged('rcpt', { ...envelope, to: 'ann@hub.example' }, [], known)];
  const message = (finding: Finding): EventBody => judged('message', { ...envelope, recipients: ['ann@hub.example'], size: 100 }, [finding]);
  const infected = message(found('virus-found', 'abuse', 'reject', { virus: 'Eicar', port: 4000 }));
  const large = message(found('too-large-to-scan', 'abuse', 'quarantine', { why: 'larger than viruses.maxSize (1 bytes)' }));
  for (const each of [infected, large]) assert.deepEqual((await replay([...begun, each], scanner)).differences, []);
  const differently = await replay([...begun, large], 'viruses: {clamd: /run/clamd, whenTooLarge: reject}');
  assert.deepEqual(differently.differences, ['message: quarantine too-large-to-scan -> reject too-large-to-scan']);
});

test('who would have been turned away at the banner says nothing more, and its good mail is counted', async () => {
  const finished = make.messageFinished({
    session,
    ip,
    ref: 'S1-1',
    outcome: 'delivered',
    reply: '250 2.0.0 ok',
    reason: 'delivered',
    from: 'a@x.example',
    recipients: ['ann@hub.example'],
    route: 'hub',
    bytes: 100,
    messageId: null,
    subject: null,
    sha256: 'x',
    hubReply: '250 ok',
    hubQueueId: 'q',
    hubMs: 1,
    tags: [],
  });
  const rcpt = judged('rcpt', { ...envelope, to: 'ann@hub.example' }, [], known);
  const told = await replay(
    [opened, judged('helo', envelope), judged('mail', envelope), rcpt, finished],
    'rules: [{id: no-such-network, when: {client: [203.0.113.0/24]}, action: refuse-at-banner}]',
  );
  assert.deepEqual(told.differences, ['connect: pass null -> refuse-at-banner no-such-network']);
  assert.deepEqual([told.summary['notReached'], told.summary['goodMail'], told.summary['goodMailTouched']], [3, 1, 1]);
});

test('detectors and playbook run over the same past: the measure, and what it would have met', async () => {
  const guess = (n: number) =>
    judged('rcpt', { ...envelope, to: `nobody${n}@hub.example` }, [found('unknown-recipient', 'permission', 'reject', {})], {
      recipient: { value: 'refused 550 5.1.1' },
    });
  const told = await replay([opened, judged('helo', envelope), judged('mail', envelope), ...Array.from({ length: 60 }, (_, n) => guess(n))]);
  const measure = told.measures.find(({ detector }) => detector === 'directory-harvest');
  assert.equal(measure?.action, 'defer');
  assert.ok(measure.recipients >= 40, `${measure.recipients}`);
  assert.deepEqual(told.differences, [], 'what the hub refused it refuses again');
});

test('a cap that turned somebody away is no decision of policy, and not judged again', async () => {
  const told = await replay([
    make.connectionRefused({ session, ip, port: 1, listener: 'mx', ref: 'S1-1', reply: '421 4.7.0 later', reason: 'sessionsPerAddress', findings: [] }),
  ]);
  assert.deepEqual([told.summary['notJudged'], told.summary['decisions']], [1, 0]);
});

test('an inside address behind which the world stood is no insider in the replay either', async () => {
  const inside = { session, ip: '10.1.2.3' };
  const refused = found('relay-not-allowed', 'permission', 'reject', { domain: 'far.example' });
  const stage = (name: 'helo' | 'mail' | 'rcpt', input: object, findings: readonly Finding[] = []): EventBody =>
    make.stageJudged({ ...inside, stage: name, input, facts: {}, action: findings[0]?.action ?? 'pass', findings });
  const bodies = [
    make.sessionOpened({ ...inside, port: 1, listener: 'mx', role: 'mx', inside: true, localIp: '10.0.0.1', localPort: 25 }),
    stage('helo', envelope),
    stage('mail', envelope),
    stage('rcpt', { ...envelope, to: 'victim@far.example' }, [refused]),
  ];
  const lost = make.clientAddressLost({ ip: inside.ip, heloNames: 50, senderDomains: 50, samples: [], until: start + 3_600_000 });
  assert.deepEqual((await replay([lost, ...bodies])).differences, []);
  assert.deepEqual((await replay(bodies)).differences, ['rcpt: reject relay-not-allowed -> pass null']);
});
