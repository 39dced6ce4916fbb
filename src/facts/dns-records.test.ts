import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withMemory } from './dns-records.ts';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

test('who asks twice is answered once, also while the first answer is awaited, and may change what he got', async () => {
  let asked = 0;
  const lookUp = withMemory(
    () => {
      asked++;
      return Promise.resolve(['a', 'b']);
    },
    () => 0,
  );
  const [one, two] = await Promise.all([lookUp('X.example', 'TXT'), lookUp('x.example', 'TXT')]);
  (one as string[]).reverse();
  assert.deepEqual([asked, two, await lookUp('x.example', 'TXT')], [1, ['a', 'b'], ['a', 'b']]);
  await lookUp('x.example', 'A');
  assert.equal(asked, 2);
});

test('that there is none is kept for a minute, trouble for a third of it', async () => {
  let [clock, asked, code] = [0, 0, 'ENOTFOUND'];
  const lookUp = withMemory(
    () => {
      asked++;
      return Promise.reject(failure(code));
    },
    () => clock,
  );
  const ask = (name: string): Promise<void> => assert.rejects(lookUp(name, 'TXT'));
  const askedAt = async (name: string, at: number): Promise<number> => {
    clock = at;
    await ask(name);
    return asked;
  };
  assert.deepEqual([await askedAt('x', 0), await askedAt('x', 59_000), await askedAt('x', 61_000)], [1, 1, 2]);
  code = 'ETIMEOUT';
  assert.deepEqual([await askedAt('y', 61_000), await askedAt('y', 80_000), await askedAt('y', 82_000)], [3, 3, 4]);
});
