// What is in the spool's folder and not for this version to read: it is told, never cut, never removed, and the mail around it is delivered.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deliveryRequest } from '../../../test/harness/delivery-request.ts';
import { scratchDirectory } from '../../../test/harness/scratch.ts';
import { until } from '../../../test/harness/until.ts';
import { SharedStock } from '../../lib/shared-stock.ts';
import type { EventBody } from '../../model/events.ts';
import { reply } from '../../model/reply.ts';
import type { SpoolEnvelope } from '../../model/spool.ts';
import { readMarks } from './marks.ts';
import { oldSign, recordHead } from './record.ts';
import { SegmentLedger } from './segment-ledger.ts';
import { Spool } from './spool.ts';

const route = { key: 'hub', address: { kind: 'smtp', host: '127.0.0.1', port: 25 } } as const;
const content = Buffer.from('Subject: x\r\n\r\nhello\r\n');

/** A record as it stands on the disk. */
function record(id: string, format = 1): Buffer {
  const { handover, from, parameters, recipients, prependedHeaders } = deliveryRequest({ route });
  const envelope = {
    format,
    id,
    session: 's',
    queuedAt: 0,
    expiresAt: Number.MAX_SAFE_INTEGER,
    class: 'person',
    why: 'away',
    from,
    recipients,
    parameters,
    handover,
    route: 'hub',
    prependedHeaders,
    wireBytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    subject: null,
    messageId: null,
  };
  return Buffer.concat([recordHead(envelope as SpoolEnvelope, oldSign), content]);
}

function spoolIn(dir: string) {
  const delivered: string[] = [];
  const events: EventBody[] = [];
  const spool = new Spool({
    dir,
    stock: new SharedStock(SharedStock.allocate()),
    delivery: {
      deliver: ({ reference }) => {
        delivered.push(reference);
        return Promise.resolve({ kind: 'delivered', hubReply: reply(250, '2.0.0', 'Ok'), queueId: null });
      },
    },
    routeOf: () => ({ route, away: null }),
    quarantine: { keep: () => Promise.resolve({ kind: 'failed', why: 'not in this test' }) },
    tellAuthor: () => Promise.resolve('unproven'),
    record: (event) => void events.push(event),
    settings: () => ({ atOnce: 4, longestPauseMs: 1000 }),
    now: () => 1000,
    steady: () => 1000,
  });
  return { spool, delivered, said: () => events.flatMap((event) => (event.type === 'spool-broken' ? [event.why] : [])) };
}

test('a record of a newer version: told, left where it is, and the others of its segment are delivered', async (t) => {
  const dir = scratchDirectory(t, 'spool');
  const path = join(dir, 'smtp-1-00000001.seg');
  const whole = Buffer.concat([record('a'), record('newer', 2), record('b')]);
  writeFileSync(path, whole);
  writeFileSync(join(dir, 'smtp-1-00000002.seg'), record('c')); // so that the first can be removed at all
  const { spool, delivered, said } = spoolIn(dir);
  await spool.start();
  spool.tick();
  await until('the others to be delivered', () => spool.size === 0);
  assert.deepEqual(delivered.toSorted(), ['a', 'b', 'c']);
  assert.deepEqual(said(), ['newer in smtp-1-00000001.seg was written by a newer Floodgate: it stays there until that version runs again']);
  await spool.close(1000);
  const again = spoolIn(dir);
  await again.spool.start();
  await again.spool.close(1000);
  assert.deepEqual(again.delivered, [], 'nothing twice');
  assert.ok(readFileSync(path).equals(whole), 'through two starts, octet for octet');
});

test('a segment whose records are of another kind altogether is neither cut nor removed', async (t) => {
  const dir = scratchDirectory(t, 'spool');
  const path = join(dir, 'smtp-1-00000001.seg');
  const whole = Buffer.concat([record('a'), Buffer.from('FGS2 what only a newer version can read')]);
  writeFileSync(path, whole);
  for (const round of [1, 2]) {
    const { spool, delivered, said } = spoolIn(dir);
    await spool.start();
    spool.tick();
    await until('what can be read to be delivered', () => spool.size === 0);
    await spool.close(1000);
    assert.equal(delivered.length, round === 1 ? 1 : 0);
    assert.match(said().join(), /smtp-1-00000001\.seg cannot be read beyond byte/);
    assert.ok(readFileSync(path).equals(whole));
  }
});

test('pages that never reached the disk are passed over without a word: nobody was promised anything', async (t) => {
  const dir = scratchDirectory(t, 'spool');
  writeFileSync(join(dir, 'smtp-1-00000001.seg'), Buffer.concat([record('a'), Buffer.alloc(5000)]));
  const { spool, said } = spoolIn(dir);
  await spool.start();
  assert.deepEqual([spool.size, said()], [1, []]);
  await spool.close(1000);
});

test('a damaged message keeps its segment when all others have left it', async (t) => {
  const dir = scratchDirectory(t, 'spool');
  const path = join(dir, 'smtp-1-00000001.seg');
  const damaged = record('damaged');
  damaged.write('HELLO', damaged.indexOf('hello'));
  writeFileSync(path, Buffer.concat([record('a'), damaged]));
  writeFileSync(join(dir, 'smtp-1-00000002.seg'), record('b'));
  const { spool, said } = spoolIn(dir);
  await spool.start();
  spool.tick();
  await until('the others to be delivered', () => spool.size === 0);
  await spool.close(1000);
  assert.match(said().join(), /damaged in smtp-1-00000001\.seg is damaged/);
  assert.ok(existsSync(path), 'a person may still read something in it');
});

test('words of a newer version in the log of marks do no harm', async (t) => {
  const dir = scratchDirectory(t, 'spool');
  writeFileSync(join(dir, 'smtp-1-00000001.seg'), Buffer.concat([record('a'), record('b')]));
  const ledger = new SegmentLedger(dir, { trouble: () => {}, removed: () => {} });
  ledger.mark('smtp-1-00000001.seg', { id: 'a', done: 'delivered' });
  ledger.mark('smtp-1-00000001.seg', { id: 'b', moved: 'elsewhere' } as unknown as { id: string; done: 'held' });
  ledger.close();
  appendFileSync(join(dir, 'smtp-1-00000001.marks'), '\ngarbage');
  const { spool, delivered } = spoolIn(dir);
  await spool.start();
  spool.tick();
  await until('the other to be delivered', () => spool.size === 0);
  assert.deepEqual(delivered, ['b']);
  await spool.close(1000);
});

test('a mark that cannot be written is told once and written when the disk takes it', async (t) => {
  const dir = scratchDirectory(t, 'spool');
  const segment = 'smtp-1-00000001.seg';
  const inTheWay = join(dir, 'smtp-1-00000001.marks');
  writeFileSync(join(dir, segment), Buffer.concat([record('a'), record('b')]));
  mkdirSync(inTheWay);
  const said: string[] = [];
  const ledger = new SegmentLedger(dir, { trouble: (why) => void said.push(why), removed: () => {} });
  ledger.enter(segment);
  ledger.enter(segment);
  assert.equal(ledger.done(segment, { id: 'a', done: 'delivered' }), false);
  await ledger.flush();
  await ledger.flush();
  assert.equal(said.length, 1);
  rmdirSync(inTheWay);
  await ledger.flush();
  ledger.close();
  assert.deepEqual(await readMarks(dir, segment), [{ id: 'a', done: 'delivered' }]);
});
