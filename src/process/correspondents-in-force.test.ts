import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Correspondents } from '../facts/correspondents.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { openCorrespondentsInForce } from './correspondents-in-force.ts';

const goodOf = (text: string, ip: string): number => {
  const door = new Correspondents({ now: Date.now });
  door.addText(text);
  return Math.round(door.find(ip)?.good ?? 0);
};

test('what doors learned is merged and known after a restart', async (t) => {
  const dir = scratchDirectory(t, 'correspondents');
  const fail = (why: string): void => assert.fail(why);
  const first = await openCorrespondentsInForce({ dir, trouble: fail });
  first.take([['192.0.2.1', 12, 0]]);
  first.take([['192.0.2.1', 3, 1]]);
  assert.equal(goodOf(first.text(), '192.0.2.1'), 15);
  await first.close();
  const second = await openCorrespondentsInForce({ dir, trouble: fail });
  assert.equal(goodOf(second.text(), '192.0.2.1'), 15);
  assert.deepEqual(readdirSync(dir), ['correspondents'], 'nothing half-written is left');
  await second.close();
});

test('a broken file is left out line by line, an unreadable one is told; both let the gateway start', async (t) => {
  const dir = scratchDirectory(t, 'correspondents');
  writeFileSync(join(dir, 'correspondents'), `\0\0garbage\n192.0.2.1 5.000 0.000 ${Date.now()}\n192.0.2.2 5.0`);
  const told: string[] = [];
  const some = await openCorrespondentsInForce({ dir, trouble: (why) => void told.push(why) });
  assert.equal(some.size, 1);
  await some.close();
  const other = scratchDirectory(t, 'correspondents');
  mkdirSync(join(other, 'correspondents'));
  const none = await openCorrespondentsInForce({ dir: other, trouble: (why) => void told.push(why) });
  assert.equal(none.size, 0);
  assert.match(told.join(), /cannot be read/);
  await none.close();
});
