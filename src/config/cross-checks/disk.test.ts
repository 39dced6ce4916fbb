import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../../test/harness/policy-inputs.ts';
import type { CrossContext } from '../cross-check.ts';
import { diskChecks } from './disk.ts';

const mib = 1024 ** 2;
const warned = (room: { readonly free: number; readonly total: number } | null, sections: object = {}): readonly string[] =>
  diskChecks
    .flatMap((check) => [...check.find(configOf({ state: '/state', ...sections }), { files: { room: () => room } } as unknown as CrossContext)]) // all it looks at
    .map(({ path, message }) => `${path.join('.')}: ${message}`);

test('a disk that is smaller than what must stay free is told: each message would hear 452', () =>
  assert.deepEqual(warned({ free: 39 * mib, total: 40 * mib }), [
    'limits.freeDisk: the disk of /state has 40 MiB in all: all mail is put off with 452',
    'quarantine.freeDisk: the disk of /state has 40 MiB in all: what should be held is put off with 452',
  ]));

test('one that is nearly full now is told, for what is switched on', () => {
  const room = { free: 700 * mib, total: 40_000 * mib };
  assert.deepEqual(warned(room), []);
  assert.deepEqual(warned(room, { spool: { enabled: true } }), [
    'spool.freeDisk: the disk of /state has less than 1 GiB free now: no mail waits for a next hop that is away',
  ]);
});

test('where the system does not tell nothing is said', () => assert.deepEqual(warned(null), []));
