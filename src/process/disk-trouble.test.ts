import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { diskTrouble } from './disk-trouble.ts';

const mib = 1024 ** 2;
const config = configOf({ state: '/state' });
const said = (level: 0 | 1 | 3 | 4, freeMib: number, sections = config): string =>
  diskTrouble({ level, room: { free: freeMib * mib, total: 4e10 } }, sections).join('\n');

test('with room nothing is wrong, nor where the system does not tell', () => {
  assert.equal(said(0, 5000), '');
  assert.equal(said(1, 900), '', 'debug lines are nobody’s trouble');
  assert.deepEqual(diskTrouble({ level: 0, room: null }, config), []);
});

test('below the floor of content: what is put off, how much there is and which option says so', () =>
  assert.equal(said(4, 39.7), 'the disk of /state has 39 MiB free (limits.freeDisk: 100 MiB): all mail is put off with 452 (docs/disk-guard.md)'));

test('below the floors of the quarantine, and of the spool where there is one', () => {
  assert.match(said(1, 400), /^the disk of \/state has 400 MiB free \(quarantine\.freeDisk: 500 MiB\): what should be held is put off with 452$/);
  assert.match(said(1, 800, configOf({ spool: { enabled: true } })), /spool\.freeDisk: 1 GiB\): no mail waits/);
  assert.match(said(3, 200), /the oldest journal is removed[^]*quarantine\.freeDisk/);
});
