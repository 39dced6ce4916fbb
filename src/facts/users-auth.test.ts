import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createUsersAuth, type UsersAuth, type UsersAuthOptions } from './users-auth.ts';

/** A hash of 'right' that costs next to nothing. */
const cheap = '{ARGON2ID}$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$kgPwZ9DAehBT966hqnz1RvMedn9cKCTI012WUoxq9i8';
/** A hash that costs some 100 ms: time enough to see who works. */
const dear = '{ARGON2ID}$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';

interface Setting {
  readonly auth: UsersAuth;
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
  const auth = await createUsersAuth({ file, now: () => clock.now, onTrouble: (errors) => trouble.push([...errors]), ...more });
  const change = async (fresh: string): Promise<void> => {
    await writeFile(`${file}.new`, fresh);
    await rename(`${file}.new`, file);
    pass();
  };
  return { auth, trouble, change, file, pass };
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
  const timeOf = async (name: string): Promise<number> => {
    const start = performance.now();
    await auth.verify(name, 'guess');
    return performance.now() - start;
  };
  const [known, unknown] = [await timeOf('anna'), await timeOf('nobody')];
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
