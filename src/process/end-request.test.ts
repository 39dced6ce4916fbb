import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endRequest } from './end-request.ts';

const cases: readonly [signals: readonly (readonly [atMs: number, signal: NodeJS.Signals])[], does: readonly string[], why: string][] = [
  [[[0, 'SIGTERM']], ['drain'], 'a service manager asks once'],
  [
    [
      [0, 'SIGINT'],
      [3, 'SIGINT'],
    ],
    ['drain'],
    'one Ctrl-C, from the terminal and passed on by npm',
  ],
  [
    [
      [0, 'SIGINT'],
      [1200, 'SIGINT'],
    ],
    ['drain', 'at once'],
    'a second Ctrl-C means it',
  ],
  [
    [
      [0, 'SIGTERM'],
      [3, 'SIGINT'],
    ],
    ['drain', 'at once'],
    'two signals are two requests',
  ],
];
for (const [signals, does, why] of cases) {
  test(`${signals.map(([at, signal]) => `${signal} at ${at} ms`).join(', ')}: ${does.join(', then ')} (${why})`, () => {
    const done: string[] = [];
    let clock = 1000;
    const ask = endRequest({ drain: () => done.push('drain'), atOnce: () => done.push('at once'), now: () => clock });
    for (const [at, signal] of signals) {
      clock = 1000 + at;
      ask(signal);
    }
    assert.deepEqual(done, does);
  });
}
