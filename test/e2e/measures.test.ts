// Measures (mission X1): put in force by a command while sessions run, felt at the next command within a second, ended by themselves.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ShownMeasure } from '../../src/facts/measure-desk.ts';
import type { MeasureRecord } from '../../src/model/measure.ts';
import { createMeasures } from '../../src/store/measures.ts';
import { openStore } from '../../src/store/open.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { deliverOnce, referenceIn, SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const whole: Owner = { after };
const inForceMs = 1000;
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  listeners: { mx: {}, out: { role: 'submission' } },
  tls: true,
  users: { ulla: 'secret', otto: 'secret' },
  config: { threads: 2, limits: { errors: 10_000, errorsBeforeDelay: 10_000, junkCommands: 10_000 }, neverBlock: { networks: ['127.7.0.0/16'] } },
});
const stranger = (from = '127.0.0.2') => ({ port: gateway.port('mx'), from });

/** The code of RCPT, or of what was refused before, in a transaction of its own within the session. */
async function rcptCode(client: SmtpClient, to = 'anna@hub.example'): Promise<number> {
  await client.ask('RSET');
  const mail = await client.ask('MAIL FROM:<x@sender.example>');
  return mail.code === 250 ? (await client.ask(`RCPT TO:<${to}>`)).code : mail.code;
}
const hears = (client: SmtpClient, code: number, to?: string, withinMs = inForceMs): Promise<true> =>
  until(`RCPT to be answered ${code}`, async () => (await rcptCode(client, to)) === code, withinMs);

async function measure(...args: readonly string[]): Promise<ShownMeasure> {
  const { code, stdout, stderr } = await gateway.command('measure', ...args, '--json');
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as ShownMeasure;
}
const add = (...args: readonly string[]) => measure('add', '--reason', 'a test', ...(args.includes('--for') ? [] : ['--for', '1h']), ...args);
const undo = (id: string) => measure('undo', id);
const listed = async (...args: readonly string[]): Promise<readonly ShownMeasure[]> =>
  (await gateway.command('measure', 'list', '--json', ...args)).stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as ShownMeasure]));

test('a measure is felt by a session under way within a second, explained, and gone as fast', async (t) => {
  const client = await SmtpClient.greet(t, stranger());
  assert.equal(await rcptCode(client), 250);
  const { id, actor } = await add('--client', '127.0.0.2/31', '--action', 'defer');
  await hears(client, 450);
  await client.ask('RSET');
  await client.ask('MAIL FROM:<x@sender.example>');
  const refusal = await client.ask('RCPT TO:<anna@hub.example>');
  assert.equal(refusal.code, 450);
  assert.ok(!refusal.text.includes(id), 'the client is not told by what');
  const [told] = await gateway.explain(referenceIn(refusal) ?? '');
  const decision = told?.['decision'] as { evidence: unknown } | undefined; // as explanation.ts has it
  assert.deepEqual(decision?.evidence, {
    measure: id,
    scope: 'client 127.0.0.2/31',
    by: `person ${actor.name}`,
    reason: 'a test',
  });
  assert.equal(await rcptCode(client, 'postmaster@hub.example'), 250, 'postmaster is still reached (RFC 5321 4.5.1)');
  await undo(id);
  await hears(client, 250);
});

test('at the banner means at once: the newcomer is refused, and who is inside already hears it at the next command', async (t) => {
  const client = await SmtpClient.greet(t, stranger('127.0.0.3'));
  const { id } = await add('--client', '127.0.0.3', '--action', 'refuse-at-banner');
  await hears(client, 550);
  const newcomer = await SmtpClient.connect(t, stranger('127.0.0.3'));
  assert.equal((await newcomer.reply()).code, 554);
  await until('its hits to be counted', async () => ((await measure('show', id)).hits ?? 0) >= 2);
  await undo(id);
});

test('a recipient alone is meant, and a diverted message says so', async (t) => {
  const reject = await add('--recipient', 'otto@hub.example', '--action', 'reject');
  const divert = await add('--recipient', 'anna@hub.example', '--action', 'divert');
  const client = await SmtpClient.greet(t, stranger());
  await hears(client, 550, 'otto@hub.example');
  assert.equal(await rcptCode(client), 250);
  await deliverOnce(t, stranger(), { from: 'x@sender.example', to: ['anna@hub.example'], content: letter() });
  assert.match(hub.messages.at(-1)?.data.toString() ?? '', /^X-Floodgate-Divert: yes\r$/m);
  await undo(reject.id);
  await undo(divert.id);
});

test('a user is meant wherever he sits, and his neighbour is not', async (t) => {
  const { id } = await add('--user', 'ulla', '--action', 'reject');
  const codes: number[] = [];
  for (const [user, from] of [
    ['ulla', '127.0.0.2'],
    ['ulla', '127.0.0.1'],
    ['otto', '127.0.0.1'],
  ] as const) {
    const client = await SmtpClient.greet(t, { port: gateway.port('out'), from });
    await client.startTls();
    await client.ask('EHLO client.example');
    assert.equal((await client.ask(`AUTH PLAIN ${Buffer.from(`\0${user}\0secret`).toString('base64')}`)).code, 235);
    codes.push(await rcptCode(client));
  }
  assert.deepEqual(codes, [550, 550, 250]);
  await undo(id);
});

test('it ends by itself at its time, and says so', async (t) => {
  const client = await SmtpClient.greet(t, stranger());
  const { id, expiresAt } = await add('--client', '127.0.0.2', '--action', 'defer', '--for', '2s');
  await hears(client, 450);
  await hears(client, 250, undefined, 4000);
  assert.ok(Date.now() >= Date.parse(expiresAt), 'and not before');
  const ended = await gateway.event('measure-ended', (event) => event.id === id);
  assert.equal(ended.how, 'expired');
});

test('a cap of hits ends it within about a second', async (t) => {
  const client = await SmtpClient.greet(t, stranger());
  const { id } = await add('--client', '127.0.0.2', '--action', 'defer', '--max-hits', '3');
  await hears(client, 450);
  await hears(client, 250, undefined, 2000);
  const ended = await gateway.event('measure-ended', (event) => event.id === id);
  assert.ok(ended.how === 'hit-cap' && ended.hits >= 3, JSON.stringify(ended));
});

test('a dry run refuses nobody and records what it would have done', async (t) => {
  const { id } = await add('--client', '127.0.0.2', '--action', 'reject', '--dry-run');
  const client = await SmtpClient.greet(t, stranger());
  await until('it to be in force', async () => {
    assert.equal(await rcptCode(client), 250);
    return (await gateway.events()).some(
      (event) => event.type === 'stage-judged' && event.findings.some(({ wouldBe, check }) => check === 'standing-measure' && wouldBe === 'reject'),
    );
  });
  await undo(id);
});

test('what is never blocked is not blocked by mistake', async () => {
  for (const scope of [
    ['--client', '127.7.1.1'],
    ['--client', '127.0.0.0/8'],
    ['--recipient', 'hub.example'],
    ['--direction', 'in'],
  ]) {
    const { code, stderr } = await gateway.command('measure', 'add', ...scope, '--action', 'reject', '--for', '1h', '--reason', 'a test');
    assert.equal(code, 1, scope.join(' '));
    assert.match(stderr, /never blocked; narrow it, or say --force/);
  }
  await undo((await add('--client', '127.7.1.1', '--action', 'reject', '--force')).id);
});

const automatic: MeasureRecord = {
  id: 'm-00000000aa',
  scope: { client: '127.0.0.4/32' },
  action: 'defer',
  actor: { kind: 'auto', name: 'subscription-bomb' },
  reason: 'an alarm',
  createdAt: Date.now(),
  expiresAt: Date.now() + 3_600_000,
  maxHits: null,
  probeShare: 0,
  incident: 'i-1',
  dryRun: false,
  state: 'active',
  endedAt: null,
  hits: 0,
  probes: 0,
  recorded: 0,
};

test('measures and the switch survive a restart and a crash; observe mode suspends the automatic ones only', async (t) => {
  const person = await add('--client', '127.0.0.5', '--action', 'defer');
  await gateway.stop();
  // Responses to alarms come with detection; until then an automatic measure comes from where they will put it.
  const store = openStore(join(gateway.state, 'floodgate.sqlite'));
  await createMeasures(store.queries).save(automatic);
  await store.close();
  await gateway.start();
  const codes = async () => [
    await rcptCode(await SmtpClient.greet(t, stranger('127.0.0.4'))),
    await rcptCode(await SmtpClient.greet(t, stranger('127.0.0.5'))),
  ];
  const become = (expected: readonly number[]) => until(`answers ${expected.join(' ')}`, async () => (await codes()).join() === expected.join(), 3000);
  assert.deepEqual(await codes(), [450, 450]);

  assert.equal((await gateway.command('measure', 'suspend', '--reason', 'a wrong alarm')).code, 0);
  await become([250, 450]);
  await gateway.kill9();
  await gateway.start();
  assert.deepEqual(await codes(), [250, 450], 'the switch survives');
  assert.match((await gateway.command('measure', 'list')).stdout, /automatic measures are suspended since .* \(a wrong alarm\)/);
  assert.match((await gateway.command('status')).stdout, /automatic measures are suspended since/, 'a switch left thrown is seen');
  assert.equal((await gateway.command('measure', 'resume')).code, 0);
  await become([450, 450]);

  gateway.rewrite({ mode: 'observe' });
  await gateway.reload();
  await become([250, 450]);
  gateway.rewrite({ mode: 'enforce', neverBlock: { networks: ['127.0.0.4/32'] } });
  await gateway.reload();
  await become([250, 450]);
  gateway.rewrite({ neverBlock: { networks: [] } });
  await gateway.reload();
  await become([450, 450]);
  await undo(person.id);
  await undo(automatic.id);
  assert.deepEqual(await listed(), []);
  assert.ok((await listed('--ended')).some(({ id, state }) => id === person.id && state === 'undone'));
});
