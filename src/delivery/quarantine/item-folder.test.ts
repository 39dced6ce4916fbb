import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buffer } from 'node:stream/consumers';
import { heldItem, wireMessage } from '../../../test/harness/held-item.ts';
import { scratchDirectory, type Owner } from '../../../test/harness/scratch.ts';
import type { KeyRing } from '../../lib/key-ring.ts';
import { CannotOpen } from '../../lib/sealed-stream.ts';
import {
  contentPath,
  contentReader,
  diskSteps,
  isItemId,
  itemIds,
  makeFolders,
  moveItem,
  publishItem,
  readClearPart,
  readItem,
  removeItem,
  sweepUnfinished,
  writeNotes,
  type FolderSteps,
} from './item-folder.ts';
import { notesText, readEnvelope, readNotes } from './envelope.ts';
import { noVault, Vault } from './vault.ts';

const item = heldItem();
const ring: KeyRing = [
  { id: 'k-2', secret: Buffer.alloc(32, 2) },
  { id: 'k-1', secret: Buffer.alloc(32, 1) },
];
/** With what an item is written and read: in clear, and sealed. */
const vaults: readonly (readonly [how: string, vault: Vault])[] = [
  ['in clear', noVault],
  ['sealed', new Vault(ring)],
];
function folder(t: Owner): string {
  const dir = scratchDirectory(t, 'held');
  makeFolders(dir);
  return dir;
}

/** The item is there as a whole, or there is no trace of it in what operators see. */
async function assertAllOrNothing(dir: string, why: string, vault = noVault): Promise<boolean> {
  await sweepUnfinished(dir);
  assert.deepEqual(readdirSync(join(dir, 'new')), [], `${why}: what was unfinished is swept`);
  const ids = [...(await itemIds(dir, 'held')), ...(await itemIds(dir, 'trash'))];
  if (ids.length === 0) return false;
  assert.deepEqual(ids, [item.id], why);
  const state = existsSync(join(dir, 'held', item.id)) ? 'held' : 'trash';
  const read = await readItem(dir, state, item.id, vault);
  assert.deepEqual([read.item, read.isSealed], [item, vault.writesWith !== null], why);
  const content = await buffer(contentReader(read, contentPath(dir, state, item.id), vault)());
  assert.equal(createHash('sha256').update(content).digest('hex'), item.sha256, `${why}: byte for byte`);
  return true;
}

test('an item is published by one rename after everything in it is on the disk, and its name is before the promise resolves', async (t) => {
  const dir = folder(t);
  const done: string[] = [];
  const noted: FolderSteps = {
    makeFolder: (path) => (done.push(`make ${path.slice(dir.length)}`), diskSteps.makeFolder(path)),
    write: (path, chunks) => (done.push(`write ${path.slice(dir.length)}`), diskSteps.write(path, chunks)),
    rename: (from, to) => (done.push(`rename ${to.slice(dir.length)}`), diskSteps.rename(from, to)),
    sync: (path) => (done.push(`sync ${path.slice(dir.length)}`), diskSteps.sync(path)),
    remove: (path) => (done.push(`remove ${path.slice(dir.length)}`), diskSteps.remove(path)),
  };
  await publishItem(dir, item, [wireMessage], { steps: noted });
  const at = `/new/${item.id}`;
  assert.deepEqual(done, [`make ${at}`, `write ${at}/message`, `write ${at}/item.json`, `sync ${at}`, `rename /held/${item.id}`, 'sync /held']);
  assert.equal(await assertAllOrNothing(dir, 'published'), true);
});

for (const step of ['makeFolder', 'write message', 'write item.json', 'sync 1', 'rename', 'sync 2'])
  for (const [how, vault] of vaults) {
    test(`the disk fails at ${step}, ${how}: the promise rejects and nothing is left`, async (t) => {
      const dir = folder(t);
      let syncs = 0;
      const fail = (name: string): void => {
        if (name === step) throw new Error('ENOSPC: no space left on device');
      };
      const steps: FolderSteps = {
        ...diskSteps,
        makeFolder: async (path) => (fail('makeFolder'), diskSteps.makeFolder(path)),
        write: async (path, chunks) => {
          const name = `write ${path.slice(path.lastIndexOf('/') + 1)}`;
          if (name === step) writeFileSync(path, 'half'); // what a full disk leaves
          fail(name);
          return diskSteps.write(path, chunks);
        },
        rename: async (from, to) => (fail('rename'), diskSteps.rename(from, to)),
        sync: async (path) => (fail(`sync ${++syncs}`), diskSteps.sync(path)),
      };
      await assert.rejects(publishItem(dir, item, [wireMessage], { steps, vault }), /ENOSPC/);
      assert.deepEqual([readdirSync(join(dir, 'new')), readdirSync(join(dir, 'held'))], [[], []]);
    });
  }

interface Death {
  readonly step: number;
  readonly moment: 'before' | 'half' | 'after';
  readonly vault: Vault;
}

/** A process that does `what` and kills itself by SIGKILL before, in or after its step number `step`. Says `done` where it came to the end. */
function dyingProcess(dir: string, what: string, { step, moment, vault }: Death): { readonly done: boolean; readonly died: boolean } {
  const [here, vaultFile] = ['item-folder.ts', 'vault.ts'].map((name) => JSON.stringify(new URL(name, import.meta.url).href));
  const keys = vault.writesWith === null ? 'null' : `[{ id: 'k-2', secret: Buffer.alloc(32, 2) }]`;
  const script = `
    import { writeFileSync } from 'node:fs';
    import * as m from ${here};
    import { Vault } from ${vaultFile};
    const vault = new Vault(${keys});
    const [dir, item, wire] = [${JSON.stringify(dir)}, ${JSON.stringify(item)}, Buffer.from(${JSON.stringify(wireMessage.toString('base64'))}, 'base64')];
    const die = () => process.kill(process.pid, 'SIGKILL');
    let step = 0;
    const dying = (name) => async (...args) => {
      const now = ++step === ${step};
      if (now && '${moment}' === 'before') die();
      if (now && '${moment}' === 'half') { if (name === 'write') writeFileSync(args[0], 'half'); die(); }
      await m.diskSteps[name](...args);
      if (now && '${moment}' === 'after') die();
    };
    const steps = Object.fromEntries(Object.keys(m.diskSteps).map((name) => [name, dying(name)]));
    await (${what});
    process.stdout.write('done');`;
  const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', timeout: 20_000 });
  return { done: stdout === 'done', died: signal === 'SIGKILL' };
}

const deeds: readonly [what: string, deed: string, before: boolean, after: boolean][] = [
  ['a message is taken in', 'm.publishItem(dir, item, [wire], { steps, vault })', false, true],
  ['it is discarded', "m.moveItem(dir, item.id, 'held', 'trash', steps)", true, true],
  ['it is removed', "m.removeItem(dir, item.id, 'held', steps)", true, false],
  ['a note is written', "m.writeNotes(dir, 'held', item.id, { delivered: ['a'] }, { steps, vault })", true, true],
];
for (const [what, deed, before, afterwards] of deeds) {
  for (const [how, vault] of vaults) {
    test(`kill -9 at every step while ${what}, ${how}: the whole item or nothing, and all of it once that was said`, async (t) => {
      for (let step = 1, ended = false; !ended; step += 1) {
        for (const moment of ['before', 'half', 'after'] as const) {
          const dir = folder(t);
          if (before) await publishItem(dir, item, [wireMessage], { vault });
          const { done, died } = dyingProcess(dir, deed, { step, moment, vault });
          ended = done;
          assert.ok(done !== died, `${moment} step ${step}`);
          const there = await assertAllOrNothing(dir, `${what}, ${moment} step ${step}`, vault);
          if (done || (before && afterwards)) assert.equal(there, afterwards, `${moment} step ${step}`);
        }
      }
    });
  }
}

test('moved to the trash and back, with its notes', async (t) => {
  const dir = folder(t);
  await publishItem(dir, item, [wireMessage]);
  await writeNotes(dir, 'held', item.id, { discarded: { at: 5, by: 'anna' } });
  await moveItem(dir, item.id, 'held', 'trash');
  assert.deepEqual([await itemIds(dir, 'held'), await itemIds(dir, 'trash')], [[], [item.id]]);
  assert.deepEqual((await readItem(dir, 'trash', item.id)).notes, { discarded: { at: 5, by: 'anna' } });
  await moveItem(dir, item.id, 'trash', 'held');
  await removeItem(dir, item.id, 'held');
  assert.deepEqual(
    readdirSync(dir).flatMap((name) => readdirSync(join(dir, name))),
    [],
  );
});

test('an item is never put in the place of another', async (t) => {
  const dir = folder(t);
  await publishItem(dir, item, [wireMessage]);
  await assert.rejects(publishItem(dir, item, [Buffer.from('other\r\n')]));
  assert.equal(await assertAllOrNothing(dir, 'the first stays'), true);
});

test('an envelope that is torn, or of another version, is not taken for a message', async (t) => {
  const dir = folder(t);
  for (const [id, text] of [
    ['A', '{"format":1,'],
    ['B', '{"format":2,"id":"B","recipients":[]}'],
    ['C', '{"format":1,"id":"X","recipients":[]}'],
  ] as const) {
    mkdirSync(join(dir, 'held', id));
    writeFileSync(join(dir, 'held', id, 'item.json'), text);
    await assert.rejects(readItem(dir, 'held', id), id);
  }
});

test('one flipped bit of an envelope in clear is seen: a message must not go to somebody else', async (t) => {
  const dir = scratchDirectory(t, 'quarantine');
  makeFolders(dir);
  await publishItem(dir, item, [wireMessage]);
  const path = join(dir, 'held', item.id, 'item.json');
  const whole = readFileSync(path);
  const misread: number[] = [];
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    try {
      const { item: read } = readEnvelope(flipped.toString('utf8'), item.id, noVault);
      // A flip within the name of the check alone leaves a key that nobody reads.
      assert.deepEqual(Object.fromEntries(Object.entries(read).filter(([key]) => key in item)), item);
    } catch (error) {
      if (error instanceof assert.AssertionError) misread.push(bit);
    }
  }
  assert.deepEqual(misread, []);
  const { check: _, ...older } = JSON.parse(whole.toString()) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify(older));
  assert.deepEqual((await readItem(dir, 'held', item.id)).item, item, 'what versions before wrote has no check sum');
});

test('a flipped bit in the notes makes nobody pass for served: they are as none', async (t) => {
  const dir = scratchDirectory(t, 'quarantine');
  makeFolders(dir);
  await publishItem(dir, item, [wireMessage]);
  for (const notes of [{}, { delivered: ['anna@hub.example'] }]) assert.deepEqual(readNotes(notesText(item.id, notes, noVault), item.id, noVault), notes);
  const text = notesText(item.id, { delivered: ['anna@hub.example'] }, noVault);
  writeFileSync(join(dir, 'held', item.id, 'notes.json'), text.replace('anna', 'inna'));
  assert.deepEqual((await readItem(dir, 'held', item.id)).notes, {});
});

test('an id is a reference and nothing that leads out of the folder', () => {
  for (const good of ['1M7YNPXHV1000-4', 'A']) assert.ok(isItemId(good), good);
  for (const bad of ['', '..', '../held/x', 'a/b', 'x.gone', '-A', 'A'.repeat(65)]) assert.ok(!isItemId(bad), bad);
});

test('what is younger is spared: a door may be writing it', async (t) => {
  const dir = folder(t);
  mkdirSync(join(dir, 'new', item.id));
  assert.equal(await sweepUnfinished(dir, 60_000), 0);
  assert.equal(await sweepUnfinished(dir), 1);
});

test('sealed, nothing of content, envelope or notes can be read on the disk but what expiry and counting need', async (t) => {
  const dir = folder(t);
  const vault = new Vault(ring);
  await publishItem(dir, item, [wireMessage], { vault });
  await writeNotes(dir, 'held', item.id, { delivered: ['user@hub.example'], discarded: { at: 5, by: 'anna' } }, { vault });
  const files = ['message', 'item.json', 'notes.json'].map((name) => readFileSync(join(dir, 'held', item.id, name)));
  for (const word of ['hello', 'dots', 'client.example', 'hub.example', 'standing', 'bomb', '192.0.2.7', 'anna', item.sha256])
    for (const file of files) assert.ok(!file.includes(word), word);
  const { format, id, queuedAt, expiresAt, wireBytes, sealed, ...more } = JSON.parse(String(files[1])) as Record<string, unknown>;
  assert.deepEqual([format, id, queuedAt, expiresAt, wireBytes, typeof sealed, more], [2, item.id, 1000, 1_000_000, wireMessage.length, 'string', {}]);
  assert.deepEqual((await readItem(dir, 'held', item.id, vault)).notes.delivered, ['user@hub.example']);
});

const [, older] = ring;
test('a new key in front: what the old one sealed is read, and what is written from now on needs the new one', async (t) => {
  const dir = folder(t);
  await publishItem(dir, item, [wireMessage], { vault: new Vault([older ?? ring[0]]) });
  assert.deepEqual((await readItem(dir, 'held', item.id, new Vault(ring))).item, item);
  await writeNotes(dir, 'held', item.id, { delivered: ['a'] }, { vault: new Vault(ring) });
  await assert.rejects(
    readItem(dir, 'held', item.id, new Vault([older ?? ring[0]])),
    /the key k-2, which is not at hand/,
    'who has it already must not be forgotten',
  );
});

test('what was kept in clear is read when there is a key, and the other way round only what is in clear', async (t) => {
  const dir = folder(t);
  await publishItem(dir, item, [wireMessage]);
  const sealed = heldItem({ id: '1M7YNPXHV1000-2' });
  await publishItem(dir, sealed, [wireMessage], { vault: new Vault(ring) });
  assert.equal((await readItem(dir, 'held', item.id, new Vault(ring))).isSealed, false);
  await assert.rejects(readItem(dir, 'held', sealed.id), CannotOpen);
  const clear = await readClearPart(dir, 'held', sealed.id);
  assert.deepEqual([clear?.wireBytes, clear?.expiresAt], [wireMessage.length, sealed.expiresAt]);
});

test('files of one message do not open in the place of another, and a changed time is seen', async (t) => {
  const dir = folder(t);
  const vault = new Vault(ring);
  const other = heldItem({ id: '1M7YNPXHV1000-2' });
  for (const each of [item, other]) await publishItem(dir, each, [wireMessage], { vault });
  const path = (id: string, name: string): string => join(dir, 'held', id, name);
  const envelope = JSON.parse(readFileSync(path(item.id, 'item.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(path(item.id, 'item.json'), JSON.stringify({ ...envelope, expiresAt: 1 }));
  await assert.rejects(readItem(dir, 'held', item.id, vault), /is not what was sealed/);
  writeFileSync(
    path(item.id, 'item.json'),
    JSON.stringify({ ...envelope, sealed: (JSON.parse(readFileSync(path(other.id, 'item.json'), 'utf8')) as { sealed: string }).sealed }),
  );
  await assert.rejects(readItem(dir, 'held', item.id, vault), CannotOpen);
  writeFileSync(path(other.id, 'message'), readFileSync(path(item.id, 'message')));
  const read = await readItem(dir, 'held', other.id, vault);
  await assert.rejects(buffer(contentReader(read, path(other.id, 'message'), vault)()), CannotOpen);
});

test('a key that came and went does not shut a message in clear: its notes stay in clear, and lost ones are as none', async (t) => {
  const dir = folder(t);
  await publishItem(dir, item, [wireMessage]);
  await writeNotes(dir, 'held', item.id, { delivered: ['a'] }, { vault: new Vault(ring) });
  assert.deepEqual((await readItem(dir, 'held', item.id)).notes, { delivered: ['a'] }, 'read without the key');
  const notes = notesText(item.id, { delivered: ['a'] }, new Vault(ring));
  writeFileSync(join(dir, 'held', item.id, 'notes.json'), notes); // as versions before wrote them
  assert.deepEqual((await readItem(dir, 'held', item.id)).notes, {});
  assert.deepEqual((await readItem(dir, 'held', item.id, new Vault(ring))).notes, { delivered: ['a'] });
});
