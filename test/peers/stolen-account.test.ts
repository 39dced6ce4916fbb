// A stolen account end to end (missions R5 and D7): somebody who has bob's password sends to 700 strangers with a real client. His mail is held,
// the owner's second contact and the postmaster are told, alice's mail flows, and one command lets all of it go as it came.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startFakeHub, type FakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway, type RawConfig } from '../harness/gateway.ts';
import { newToken, tokenOf } from '../harness/letter.ts';
import { missing, peerPath } from '../harness/peer.ts';
import { atEnd, runProgram, scratchDirectory } from '../harness/scratch.ts';
import { until } from '../harness/until.ts';

const passwords = { bob: 'wrong-horse', alice: 'right-horse' } as const;
type User = keyof typeof passwords;
const skip = missing('swaks', 'openssl');

interface House {
  readonly hub: FakeHub;
  readonly gateway: Gateway;
  /** One message by swaks: what it heard, and what was sent as it stood on the wire. */
  send(user: User, to: readonly string[]): Promise<{ readonly heard: string; readonly token: string; readonly wire: Buffer }>;
}

async function start(t: TestContext, config: RawConfig): Promise<House> {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const folder = scratchDirectory(t, 'stolen');
  writeFileSync(join(folder, 'contacts.txt'), '# second contacts\nbob: bob@elsewhere.example\n');
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    users: passwords,
    tls: true,
    listeners: { out: { role: 'submission' } },
    config: {
      threads: 2,
      quarantine: { freeDisk: '0' },
      auth: { contacts: join(folder, 'contacts.txt') },
      alerts: { mail: ['postmaster@hub.example'], gather: '200ms', perHour: 100 },
      ...config,
    },
  });
  const send: House['send'] = async (user, to) => {
    const token = newToken();
    const letter = [
      `From: ${user}@hub.example`,
      'To: undisclosed-recipients:;',
      'Subject: Your account needs your attention',
      `Message-ID: <${token}@hub.example>`,
      `X-Test-Token: ${token}`,
      '',
      'Dear customer, your mailbox is nearly full and will be closed today unless you confirm it on our page within the hour.',
      '.a line that begins with a dot, and one that ends in blanks   ',
      '',
    ].join('\r\n');
    const file = join(folder, `${token}.eml`);
    writeFileSync(file, letter.slice(0, -2)); // swaks ends the last line itself
    const server = ['--server', '127.0.0.1', '--port', String(gateway.port('out')), '--local-interface', '127.0.0.2', '--helo', 'laptop.example', '--tls'];
    const login = ['--auth', 'PLAIN', '--auth-user', user, '--auth-password', passwords[user]];
    const mail = ['--from', `${user}@hub.example`, '--to', to.join(','), '--data', `@${file}`];
    const { code, stdout, stderr } = await runProgram(peerPath('swaks'), [...server, ...login, ...mail]);
    const refusals = `${stdout}${stderr}`.split('\n').filter((line) => /^(?:<\S*\*|\*\*\*)/.test(line));
    return {
      heard: code === 0 ? 'all 250' : `swaks ends with ${code}: ${refusals.slice(0, 3).join(' / ')}`,
      token,
      wire: Buffer.from(letter.replaceAll('\r\n.', '\r\n..')),
    };
  };
  return { hub, gateway, send };
}

const strangersOf = (round: number): readonly string[] => Array.from({ length: 100 }, (_, n) => `stranger${round * 100 + n}@d${n % 37}.example`);
const arrived = (hub: FakeHub, token: string) => hub.messages.filter(({ data }) => tokenOf(data) === token);
const lettersTo = (hub: FakeHub, to: string): readonly string[] =>
  hub.messages
    .filter(({ from, recipients }) => from.startsWith('<>') && recipients.some((each) => each.startsWith(`<${to}>`)))
    .map(({ data }) => data.toString());

async function heldIds({ gateway }: House): Promise<readonly string[]> {
  const { stdout } = await gateway.command('quarantine', 'list', '--user', 'bob', '--json');
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { id: string }).id]));
}

/** Everything that was sent is with its 700 recipients, as it was sent, once; and nobody but those two had a letter of ours. */
function assertAllArrived({ hub }: House, sent: readonly { readonly token: string; readonly wire: Buffer }[]): void {
  const reached = new Set<string>();
  for (const { token, wire } of sent) {
    const [message, ...more] = arrived(hub, token);
    assert.equal(more.length, 0, 'delivered once');
    const { data, recipients } = message ?? assert.fail(`${token} is lost`);
    assert.deepEqual(data.subarray(-wire.length), wire, 'byte for byte behind our trace line');
    for (const recipient of recipients) reached.add(recipient);
  }
  assert.equal(reached.size, 700);
  const others = hub.messages.filter(
    ({ from, recipients }) => from.startsWith('<>') && !/^<(?:postmaster@hub|bob@elsewhere)\.example>/.test(recipients.join()),
  );
  assert.deepEqual(others, [], 'no bounce, no letter to any sender');
}

test('the alarm holds his mail, tells owner and postmaster, and a release lets it go as it came', { skip }, async (t) => {
  const house = await start(t, { playbook: { 'stolen-account': {} } });
  const { hub, gateway, send } = house;
  const sent = [];
  for (let round = 0; round < 3; round++) sent.push(await send('bob', strangersOf(round)));
  const { alarm } = await gateway.event('alarm-raised', (event) => event.alarm.detector === 'stolen-account' && event.alarm.level !== 'watch');
  assert.deepEqual(alarm.key, { user: 'bob' });
  const measure = await gateway.event('measure-added', ({ action }) => action === 'quarantine');
  assert.deepEqual([measure.scope, measure.probeShare], ['user bob, direction out', 0]);

  await hub.until(() => lettersTo(hub, 'bob@elsewhere.example').length > 0);
  await until('the alert of the incident', () => lettersTo(hub, 'postmaster@hub.example').some((each) => /^Subject: .*stolen-account user=bob/m.test(each)));
  assert.match(lettersTo(hub, 'bob@elsewhere.example')[0] ?? '', /^Subject: \[\S+\] user bob: outgoing mail is held, the account may be stolen\r$/m);
  await until('the way to undo it', () => lettersTo(hub, 'postmaster@hub.example').some((each) => each.includes('floodgate quarantine release --user bob')));

  // A measure is told to the doors when it is in the journal already: one more message may go.
  await until('the doors to know', async () => {
    const early = await send('bob', strangersOf(0).slice(0, 1));
    sent.push(early);
    return arrived(hub, early.token).length === 0;
  });
  const known = sent.length;
  for (let round = 3; round < 7; round++) sent.push(await send('bob', strangersOf(round)));
  assert.deepEqual(
    sent.map(({ heard }) => heard),
    sent.map(() => 'all 250'),
  );
  assert.ok(
    sent.slice(known).every(({ token }) => arrived(hub, token).length === 0),
    'and nothing more goes out',
  );
  const alices = await send('alice', ['friend@elsewhere.example']);
  assert.equal(arrived(hub, alices.token).length, 1, 'her mail flows');

  const before = sent.filter(({ token }) => arrived(hub, token).length === 0).length;
  await until('all of it to be listed', async () => (await heldIds(house)).length === before);
  assert.equal((await gateway.command('measure', 'undo', measure.id)).code, 0);
  const released = await gateway.command('quarantine', 'release', '--user', 'bob');
  assert.equal(released.stdout, `${before} released\n`, released.stderr);
  assertAllArrived(house, sent);
});

test('without any alarm the quota alone holds it: 500 go out, 200 wait', { skip }, async (t) => {
  const house = await start(t, {});
  const { hub, gateway, send } = house;
  const sent = [];
  for (let round = 0; round < 7; round++) sent.push(await send('bob', strangersOf(round)));
  assert.deepEqual(
    sent.map(({ heard }) => heard),
    sent.map(() => 'all 250'),
  );
  assert.deepEqual(
    sent.map(({ token }) => arrived(hub, token).length),
    [1, 1, 1, 1, 1, 0, 0],
  );
  const alices = await send('alice', ['friend@elsewhere.example']);
  assert.equal(arrived(hub, alices.token).length, 1);
  await hub.until(
    () => lettersTo(hub, 'bob@elsewhere.example').length === 2 && lettersTo(hub, 'postmaster@hub.example').some((each) => each.includes('quota used up')),
  );
  assert.deepEqual(
    new Set(lettersTo(hub, 'bob@elsewhere.example').map((each) => /^Subject: \[\S+\] (.*)\r$/m.exec(each)?.[1])),
    new Set(['user bob: sending quota nearly used up', 'user bob: sending quota used up']),
  );
  await until('both to be listed', async () => (await heldIds(house)).length === 2);
  assert.equal((await gateway.command('quarantine', 'release', '--user', 'bob')).stdout, '2 released\n');
  assertAllArrived(house, sent);
});
