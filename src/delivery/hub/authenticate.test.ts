import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeHub, type FakeHub } from '../../../test/harness/fake-hub.ts';
import { makeTestCertificate } from '../../../test/harness/test-certificate.ts';
import type { AuthPeer, AuthService } from '../../model/auth.ts';
import { createHubAuth, type HubAuthOptions } from './authenticate.ts';

const peer: AuthPeer = { ip: '192.0.2.7', port: 40_000, localIp: '192.0.2.1', localPort: 587, secured: true, binding: null, certificate: null };
const right = `AUTH PLAIN ${Buffer.from('\0Anna\0pencil').toString('base64')}`;
const withAuth = ['AUTH PLAIN LOGIN'] as const;

interface Scene {
  readonly auth: AuthService;
  readonly trouble: string[];
  readonly clock: { now: number };
}

function scene(hub: Pick<FakeHub, 'host' | 'port'>, more: Partial<HubAuthOptions> = {}): Scene {
  const trouble: string[] = [];
  const clock = { now: 1_000_000 };
  const target = { protocol: 'smtp', host: hub.host, port: hub.port, tls: 'off' } as const;
  return {
    auth: createHubAuth({
      target,
      hostname: 'mx.example',
      connectMs: 2000,
      commandMs: 2000,
      now: () => clock.now,
      onTrouble: (why) => trouble.push(why),
      ...more,
    }),
    trouble,
    clock,
  };
}

/** A hub that knows Anna. */
const startHub = (): Promise<FakeHub> =>
  startFakeHub({ capabilities: withAuth, script: { AUTH: ({ line }) => (line === right ? '235 2.7.0 Welcome' : undefined) } });

test('the hub says who is right; a connection is for one attempt, and the name is one whatever its case', async () => {
  await using hub = await startHub();
  const { auth } = scene(hub);
  assert.deepEqual(await auth.verify('Anna', 'pencil', peer), { ok: true, user: 'anna' });
  assert.deepEqual(await auth.verify('Anna', 'pencils', peer), { ok: false, why: 'wrong' });
  await hub.until(() => hub.sessions.length === 2 && hub.sessions.every(({ open }) => !open));
  assert.ok(hub.sessions.every(({ lines }) => lines.includes('C: QUIT')));
});

test('the same wrong guess is answered from memory for a minute, a right one never', async () => {
  await using hub = await startHub();
  const { auth, clock } = scene(hub);
  for (let turn = 0; turn < 3; turn++) await auth.verify('Anna', 'pencils', peer);
  assert.equal(hub.sessions.length, 1);
  clock.now += 60_000;
  await auth.verify('Anna', 'pencils', peer);
  assert.equal(hub.sessions.length, 2);
  for (let turn = 0; turn < 2; turn++) await auth.verify('Anna', 'pencil', peer);
  assert.equal(hub.sessions.length, 4, 'a user who was removed from the hub must be out');
});

test('a network that guesses does not reach the hub any more, its neighbours do, and time heals', async () => {
  await using hub = await startHub();
  const { auth, clock } = scene(hub);
  for (let guess = 0; guess < 15; guess++) await auth.verify('Anna', `guess ${guess}`, peer);
  assert.equal(hub.sessions.length, 10);
  assert.deepEqual(await auth.verify('Anna', 'pencil', { ...peer, ip: '192.0.2.99' }), { ok: false, why: 'unavailable' });
  assert.deepEqual(await auth.verify('Anna', 'pencil', { ...peer, ip: '198.51.100.1' }), { ok: true, user: 'anna' });
  clock.now += 2000;
  assert.deepEqual(await auth.verify('Anna', 'pencil', peer), { ok: true, user: 'anna' });
});

const troubles: readonly [why: string, hub: Parameters<typeof startFakeHub>[0], told: RegExp][] = [
  ['a hub that is busy', { capabilities: withAuth, script: { AUTH: '454 4.7.0 Later' } }, /AUTH was answered 454/],
  ['a hub that wants TLS first', { capabilities: withAuth, script: { AUTH: '538 5.7.11 TLS first' } }, /AUTH was answered 538/],
  ['a hub that asks for more', { capabilities: withAuth, script: { AUTH: '334 ' } }, /AUTH was answered 334/],
  ['a hub without AUTH', {}, /does not offer AUTH PLAIN/],
  ['a hub that turns us away', { script: { connect: '421 4.3.2 Busy' } }, /421/],
  ['a hub that dies at AUTH', { capabilities: withAuth, script: { AUTH: { drop: 'rst' } } }, /at AUTH/],
];
for (const [why, options, told] of troubles) {
  test(`unavailable, not wrong: ${why}`, async () => {
    await using hub = await startFakeHub(options);
    const { auth, trouble } = scene(hub);
    assert.deepEqual(await auth.verify('Anna', 'pencil', peer), { ok: false, why: 'unavailable' });
    assert.match(trouble.join(), told);
  });
}

test('a hub that is away is unavailable', async () => {
  const hub = await startHub();
  await hub.close();
  const { auth, trouble } = scene(hub);
  assert.deepEqual(await auth.verify('Anna', 'pencil', peer), { ok: false, why: 'unavailable' });
  assert.match(trouble.join(), /ECONNREFUSED/);
});

test('a password does not travel in clear to another machine', async () => {
  await using hub = await startHub();
  // A name for this machine that does not say so: it stands for any other machine.
  const { auth, trouble } = scene(hub, { target: { protocol: 'smtp', host: '::ffff:127.0.0.1', port: hub.port, tls: 'off' } });
  assert.deepEqual(await auth.verify('Anna', 'pencil', peer), { ok: false, why: 'unavailable' });
  assert.match(trouble.join(), /does not travel in clear/);
  assert.ok(hub.sessions.every(({ lines }) => lines.every((line) => !line.includes('AUTH PLAIN AE'))));
});

const certificate = makeTestCertificate();
test('under TLS it does', { skip: certificate === null && 'openssl is not installed' }, async () => {
  await using hub = await startFakeHub({ capabilities: withAuth, ...(certificate && { tls: certificate }), script: { AUTH: '235 2.7.0 Welcome' } });
  const { auth } = scene(hub, { target: { protocol: 'smtp', host: '::ffff:127.0.0.1', port: hub.port, tls: 'may' } });
  assert.deepEqual(await auth.verify('Anna', 'pencil', peer), { ok: true, user: 'anna' });
  assert.equal(hub.sessions[0]?.secure, true);
});

test('what cannot be a name or a password does not reach the hub', async () => {
  await using hub = await startHub();
  const { auth } = scene(hub);
  for (const [name, password] of [
    ['', 'pencil'],
    ['Anna', ''],
    ['Anna\0x', 'pencil'],
    ['Anna', 'pen\r\nMAIL FROM:<x>'],
    ['x'.repeat(300), 'pencil'],
  ] as const)
    assert.deepEqual(await auth.verify(name, password, peer), { ok: false, why: 'wrong' });
  assert.equal(hub.sessions.length, 0);
});
