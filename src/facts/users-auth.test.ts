import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { AuthPeer, AuthService } from '../model/auth.ts';
import { createUsersAuth, type UsersAuthOptions } from './users-auth.ts';

/** A hash of 'right' that costs next to nothing. */
const cheap = '{ARGON2ID}$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$kgPwZ9DAehBT966hqnz1RvMedn9cKCTI012WUoxq9i8';
/** A hash that costs some 100 ms: time enough to see who works. */
const dear = '{ARGON2ID}$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';

const peer: AuthPeer = { ip: '192.0.2.7', port: 40_000, localIp: '192.0.2.1', localPort: 587, secured: true, binding: null, certificate: null };

/** The service, asked by a usual client where nothing else is said. */
interface Tried {
  verify(user: string, password: string, from?: Partial<AuthPeer>): ReturnType<AuthService['verify']>;
  mechanisms(from?: Partial<AuthPeer>): readonly string[];
}

const tried = (auth: AuthService): Tried => ({
  verify: (user, password, from) => auth.verify(user, password, { ...peer, ...from }),
  mechanisms: (from) => auth.mechanisms({ ...peer, ...from }),
});

interface Setting {
  readonly auth: Tried;
  readonly trouble: string[][];
  /** Puts a new file in place and lets the time pass after which it is looked at. */
  readonly change: (text: string) => Promise<void>;
  readonly file: string;
  readonly pass: () => void;
}

async function setUp(context: TestContext, text: string, more: Partial<UsersAuthOptions> = {}): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), 'floodgate-users-'));
  context.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'users.txt');
  await writeFile(file, text);
  const trouble: string[][] = [];
  const clock = { now: 0 };
  const pass = (): void => void (clock.now += 1000);
  const auth = await createUsersAuth({ file, secret: Buffer.alloc(32), now: () => clock.now, onTrouble: (errors) => trouble.push([...errors]), ...more });
  const change = async (fresh: string): Promise<void> => {
    await writeFile(`${file}.new`, fresh);
    await rename(`${file}.new`, file);
    pass();
  };
  return { auth: tried(auth), trouble, change, file, pass };
}

test('the right password gives the name as the file has it; a wrong one and a wrong name give the same answer', async (context) => {
  const { auth } = await setUp(context, `Anna:${cheap}\n`);
  assert.deepEqual(await auth.verify('anna', 'right'), { ok: true, user: 'Anna' });
  assert.deepEqual(await auth.verify('anna', 'wrong'), { ok: false, why: 'wrong' });
  assert.deepEqual(await auth.verify('nobody', 'right'), { ok: false, why: 'wrong' });
  assert.deepEqual(await auth.verify('anna', ''), { ok: false, why: 'wrong' });
});

test('a name that does not exist costs the same work: the answer does not come before a hash was computed', async (context) => {
  const { auth } = await setUp(context, `anna:${dear}\n`);
  // The quickest of three, in turn: a machine that does other work makes single ones slow.
  let [known, unknown] = [Infinity, Infinity];
  const timeOf = async (name: string): Promise<number> => {
    const start = performance.now();
    await auth.verify(name, 'guess');
    return performance.now() - start;
  };
  for (let tries = 0; tries < 3; tries += 1) {
    known = Math.min(known, await timeOf('anna'));
    unknown = Math.min(unknown, await timeOf('nobody'));
  }
  assert.ok(unknown > known / 4, `unknown name ${unknown} ms, known name ${known} ms`);
});

test('an empty file lets nobody in, and costs work too', async (context) => {
  const { auth } = await setUp(context, '# nobody yet\n');
  const start = performance.now();
  assert.deepEqual(await auth.verify('anna', 'right'), { ok: false, why: 'wrong' });
  assert.ok(performance.now() - start > 3, 'a hash was computed');
});

test('guessing cannot pile up work: the queue is bounded, and who finds it full is told to come back', async (context) => {
  const { auth } = await setUp(context, `anna:${dear}\n`, { atOnce: 1, maxWaiting: 1 });
  const answers = await Promise.all(Array.from({ length: 10 }, () => auth.verify('anna', 'guess')));
  const whys = answers.map((answer) => (answer.ok ? 'ok' : answer.why));
  assert.deepEqual(whys, ['wrong', 'wrong', ...Array<string>(8).fill('unavailable')]);
});

test('one network that guesses does not keep another from logging in', async (context) => {
  const { auth } = await setUp(context, `anna:${dear}\n`, { atOnce: 1, maxWaiting: 4 });
  const guesses = Array.from({ length: 20 }, (_, index) => auth.verify('anna', 'guess', { ip: `203.0.113.${index}` }));
  const honest = await auth.verify('anna', 'guess', { ip: '198.51.100.1' });
  assert.deepEqual(honest, { ok: false, why: 'wrong' }, 'it was looked at');
  const looked = (await Promise.all(guesses)).filter((answer) => !answer.ok && answer.why === 'wrong').length;
  assert.equal(looked, 4, 'one ran, four waited, and one of them made room');
});

const scram = '{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=';

test('SCRAM is offered where every user of the file can use it, and with the channel binding of TLS 1.3 as the better one', async (context) => {
  const { auth, change } = await setUp(context, `anna:${scram}\nbob:{PLAIN}secret\n`);
  assert.deepEqual(auth.mechanisms(), ['SCRAM-SHA-256', 'PLAIN', 'LOGIN']);
  assert.deepEqual(auth.mechanisms({ binding: Buffer.alloc(32) }), ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', 'PLAIN', 'LOGIN']);
  await change(`anna:${scram}\nbob:${cheap}\n`);
  await auth.verify('anna', 'wrong');
  assert.deepEqual(auth.mechanisms(), ['PLAIN', 'LOGIN'], 'a client of bob would take SCRAM and never get in');
});

test('a removed user is out, a new one is in, without a restart', async (context) => {
  const { auth, change } = await setUp(context, `anna:${cheap}\n`);
  await change(`bob:${cheap}\n`);
  assert.equal((await auth.verify('anna', 'right')).ok, false);
  assert.equal((await auth.verify('bob', 'right')).ok, true);
});

test('a broken or missing file changes nothing and is told once', async (context) => {
  const { auth, change, trouble, file, pass } = await setUp(context, `anna:${cheap}\n`);
  await change('anna:oops\n');
  for (let look = 0; look < 2; look++, pass()) assert.equal((await auth.verify('anna', 'right')).ok, true);
  assert.equal(trouble.length, 1);
  assert.match(trouble[0]?.[0] ?? '', /users\.txt:1: no scheme/);

  await rm(file);
  for (let look = 0; look < 2; look++, pass()) assert.equal((await auth.verify('anna', 'right')).ok, true);
  assert.equal(trouble.length, 2);

  await change(`bob:${cheap}\n`);
  assert.equal((await auth.verify('anna', 'right')).ok, false, 'a good file is taken again');
});

test('a file with errors is refused at the start, with every line', async (context) => {
  await assert.rejects(setUp(context, 'anna:oops\nbob\n'), /users\.txt:1: .*\n.*users\.txt:2: /);
});
