import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { until } from '../../test/harness/until.ts';
import type { AuthPeer } from '../model/auth.ts';
import { createDovecotAuth, type DovecotAuth, type DovecotAuthOptions } from './dovecot-auth.ts';

const peer: AuthPeer = { ip: '192.0.2.7', port: 40_000, localIp: '192.0.2.1', localPort: 587, secured: true, binding: null, certificate: null };
const greeting = 'VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tSCRAM-SHA-256\tmutual-auth\nSPID\t1\nCOOKIE\tabc\nDONE\n';

interface Scene {
  readonly auth: DovecotAuth;
  /** Request lines that came, without greetings. */
  readonly asked: string[];
  readonly trouble: string[];
  /** Cuts every connection; a new one may come. */
  cut(): void;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** A Dovecot that answers each request line as told; undefined: not at all. */
async function scene(t: TestContext, answer: (line: string) => string | undefined, more: Partial<DovecotAuthOptions> = {}, isUp = true): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'floodgate-dovecot-'));
  const socket = join(folder, 'auth');
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  const trouble: string[] = [];
  let server = createServer();
  const start = async (): Promise<void> => {
    server = createServer((client) => {
      sockets.add(client);
      client.on('error', () => {});
      client.on('close', () => sockets.delete(client));
      client.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n')) {
          if (line.startsWith('CPID')) client.write(greeting);
          if (!/^(?:AUTH|CONT|CANCEL)/.test(line)) continue;
          asked.push(line);
          const said = answer(line);
          if (said !== undefined) client.write(said);
        }
      });
    }).listen(socket);
    await once(server, 'listening');
  };
  const stop = async (): Promise<void> => {
    server.close();
    for (const client of sockets) client.destroy();
    await rm(socket, { force: true });
  };
  if (isUp) await start();
  const auth = createDovecotAuth({ socket, newConnectionId: () => 7, onTrouble: (why) => trouble.push(why), firstWaitMs: 5, longestWaitMs: 5, ...more });
  t.after(async () => {
    auth.close();
    await stop();
    await rm(folder, { recursive: true });
  });
  return { auth, asked, trouble, cut: () => sockets.forEach((client) => client.destroy()), stop, start };
}

const idOf = (line: string): string => line.split('\t')[1] ?? '';
const respOf = (line: string): string => Buffer.from(/resp=(.*)$/.exec(line)?.[1] ?? '', 'base64').toString();
/** anna's password is pencil. */
const usual = (line: string): string => (respOf(line) === '\0anna\0pencil' ? `OK\t${idOf(line)}\tuser=anna@example.org\n` : `FAIL\t${idOf(line)}\tuser=x\n`);

test('the name that Dovecot gives is the name; a wrong password is wrong; who asks is told', async (t) => {
  const { auth, asked } = await scene(t, usual);
  assert.deepEqual(await auth.verify('anna', 'pencil', peer), { ok: true, user: 'anna@example.org' });
  assert.deepEqual(await auth.verify('anna', 'pencils', peer), { ok: false, why: 'wrong' });
  assert.match(asked[0] ?? '', /^AUTH\t1\tPLAIN\tservice=smtp\tnologin\tlip=192\.0\.2\.1\trip=192\.0\.2\.7\tlport=587\trport=40000\tsecured\tresp=/);
  assert.deepEqual(auth.mechanisms(peer), ['SCRAM-SHA-256', 'PLAIN', 'LOGIN']);
});

test('requests are pipelined, and each answer finds its own, in whatever order they come', async (t) => {
  const held: string[] = [];
  const { auth } = await scene(t, (line) => {
    held.push(usual(line));
    return held.length === 3 ? held.reverse().join('') : undefined;
  });
  const answers = await Promise.all(['pencil', 'no', 'pencil'].map((password) => auth.verify('anna', password, peer)));
  assert.deepEqual(
    answers.map(({ ok }) => ok),
    [true, false, true],
  );
});

const outages: readonly [why: string, answer: (line: string) => string][] = [
  ['its user database is away', (line) => `FAIL\t${idOf(line)}\tuser=anna\ttemp\n`],
  ['its user database is away, in the words of a later version', (line) => `FAIL\t${idOf(line)}\tuser=anna\tcode=temp_fail\n`],
  ['a name that would be a header of its own', (line) => `OK\t${idOf(line)}\tuser=anna\u0001nX-Evil: yes\n`],
  ['it speaks nonsense', () => 'OK\tx\n'],
];
for (const [why, answer] of outages) {
  test(`unavailable, not wrong: ${why}`, async (t) => {
    const { auth } = await scene(t, answer);
    assert.deepEqual(await auth.verify('anna', 'pencil', peer), { ok: false, why: 'unavailable' });
  });
}

test('a dead Dovecot is unavailable at once, told once, and used again when it is back', async (t) => {
  const { auth, trouble, start, stop } = await scene(t, usual, {}, false);
  assert.deepEqual(auth.mechanisms(peer), ['PLAIN', 'LOGIN'], 'AUTH stays offered: 454 says more than no AUTH');
  await until('it says that it cannot', async () => !(await auth.verify('anna', 'pencil', peer)).ok);
  await until('it is told', () => trouble.length > 0);
  assert.equal(trouble.length, 1, trouble.join());
  await start();
  await until('it works again', async () => (await auth.verify('anna', 'pencil', peer)).ok);
  await stop();
  await until('it is gone again', async () => !(await auth.verify('anna', 'pencil', peer)).ok);
  assert.equal(trouble.length, 2);
});

test('a Dovecot that dies with a question open answers none, and the client need not wait', async (t) => {
  const { auth, cut, asked } = await scene(t, () => undefined);
  const waiting = auth.verify('anna', 'pencil', peer);
  await until('the question is there', () => asked.length === 1);
  cut();
  assert.deepEqual(await waiting, { ok: false, why: 'unavailable' });
});

test('a silent Dovecot costs no more than its deadline', async (t) => {
  const { auth, trouble } = await scene(t, () => undefined, { answerMs: 30 });
  assert.deepEqual(await auth.verify('anna', 'pencil', peer), { ok: false, why: 'unavailable' });
  assert.match(trouble[0] ?? '', /no answer within 0\.03 s/);
});

test('questions under way are bounded', async (t) => {
  const { auth, asked, cut } = await scene(t, () => undefined, { atOnce: 1, maxWaiting: 0 });
  const first = auth.verify('anna', 'pencil', peer);
  assert.deepEqual(await auth.verify('anna', 'pencil', peer), { ok: false, why: 'unavailable' });
  await until('the question is there', () => asked.length === 1);
  cut();
  await first;
});

test('an exchange of challenges is handed through, and a new connection knows nothing of it', async (t) => {
  const { auth, asked, cut } = await scene(t, (line) =>
    line.startsWith('AUTH') ? `CONT\t${idOf(line)}\t${Buffer.from('r=salt').toString('base64')}\n` : `OK\t${idOf(line)}\tuser=anna\n`,
  );
  const exchange = auth.begin('SCRAM-SHA-256', peer);
  assert.deepEqual(await exchange.next(Buffer.from('n,,n=anna,r=x')), { kind: 'challenge', text: Buffer.from('r=salt') });
  assert.deepEqual(await exchange.next(Buffer.from('p=proof')), { kind: 'accepted', user: 'anna' });
  assert.match(asked[0] ?? '', /\tSCRAM-SHA-256\t.*resp=biwsbj1hbm5hLHI9eA==$/);
  assert.equal(asked[1], `CONT\t1\t${Buffer.from('p=proof').toString('base64')}`);

  const given = auth.begin('SCRAM-SHA-256', peer);
  await given.next(Buffer.from('n,,n=anna,r=x'));
  given.cancel();
  await until('it is told', () => asked.at(-1) === 'CANCEL\t2');

  const lost = auth.begin('SCRAM-SHA-256', peer);
  await lost.next(Buffer.from('n,,n=anna,r=x'));
  cut();
  await until('it is connected again', async () => (await auth.begin('SCRAM-SHA-256', peer).next(Buffer.from('n,,n=anna,r=x'))).kind === 'challenge');
  assert.deepEqual(await lost.next(Buffer.from('p=proof')), { kind: 'refused', why: 'unavailable', user: '' });
});
