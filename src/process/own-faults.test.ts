import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import type { EventBody } from '../model/events.ts';
import { faultTeller } from './own-faults.ts';

test('a rejection that nobody waited for is recorded with its place, ten at once and then one a minute', () => {
  const recorded: EventBody[] = [];
  let now = 0;
  const tell = faultTeller({ record: (body) => void recorded.push(body), steady: () => now });
  for (let each = 0; each < 100; each += 1) tell(new URIError('URI malformed'));
  assert.equal(recorded.length, 10);
  const [first] = recorded;
  assert.ok(first?.type === 'keeper-fault');
  assert.match(first.error, /URI malformed\n +at .*own-faults\.test/);
  now = 60_000;
  tell('no error at all');
  assert.deepEqual(recorded.at(-1), { type: 'keeper-fault', error: 'no error at all' });
});

test('with it a process goes on that node would end', () => {
  const program = (handler: string): string => `${handler}; Promise.reject(new Error('lost')); setTimeout(() => console.log('still here'), 20)`;
  const handler = `const { faultTeller } = await import(${JSON.stringify(new URL('own-faults.ts', import.meta.url).href)});
    process.on('unhandledRejection', faultTeller({ record: ({ error }) => console.log(error.split('\\n')[0]), steady: () => 0 }))`;
  const outcomes = ['', handler].map((each) => spawnSync(process.execPath, ['--input-type=module', '-e', program(each)], { encoding: 'utf8' }));
  assert.deepEqual(
    outcomes.map(({ status, stdout }) => [status, stdout]),
    [
      [1, ''],
      [0, 'Error: lost\nstill here\n'],
    ],
  );
});
