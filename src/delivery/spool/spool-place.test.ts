import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { contentOf, deliveryRequest, mailbox } from '../../../test/harness/delivery-request.ts';
import { scratchDirectory, type Owner } from '../../../test/harness/scratch.ts';
import { until } from '../../../test/harness/until.ts';
import { SharedStock } from '../../lib/shared-stock.ts';
import { FairShare } from '../fair-share.ts';
import type { EventBody } from '../../model/events.ts';
import type { SpoolItem, SpoolOutcome } from '../../model/spool.ts';
import { parseHead } from './record.ts';
import { diskSteps, type SegmentSteps } from './segment-file.ts';
import { createSpoolPlace, type SpoolLimits } from './spool-place.ts';

const route = { key: 'hub', address: { kind: 'smtp', host: '127.0.0.1', port: 25 } } as const;
const wide: SpoolLimits = { maxBytes: 1_000_000, maxMessages: 100, freeDisk: 0 };

interface Sketch {
  readonly limits?: SpoolLimits;
  readonly shares?: FairShare;
  readonly steps?: SegmentSteps;
  readonly segmentBytes?: number;
  freeBytes?(): number;
}

function start(t: Owner, { limits = wide, ...parts }: Sketch = {}) {
  const dir = scratchDirectory(t, 'spool');
  const events: EventBody[] = [];
  const told: SpoolItem[] = [];
  /** How many were told at once. */
  const tellings: number[] = [];
  const clock = { ms: 1000 };
  const stock = new SharedStock(SharedStock.allocate());
  const record = (event: EventBody): void => void events.push(event);
  const place = createSpoolPlace({
    dir,
    name: 'smtp-1',
    stock,
    limits: () => limits,
    keepForMs: () => 5000,
    record,
    kept: (items) => {
      told.push(...items);
      tellings.push(items.length);
    },
    now: () => clock.ms,
    steady: () => clock.ms,
    ...parts,
  });
  t.after(() => place.close());
  let number = 0;
  const keep = (
    content = 'Subject: x\r\n\r\nhello\r\n',
    more: { readonly from?: string; readonly sender?: string; readonly to?: readonly string[] } = {},
  ): Promise<SpoolOutcome> => {
    number += 1;
    const request = deliveryRequest({
      route,
      reference: `1M7YNPXHV1000-${number}`,
      content: contentOf(content),
      ...(more.from === undefined ? {} : { from: more.from }),
      ...(more.to === undefined ? {} : { to: more.to }),
    });
    const sender = more.sender === undefined ? {} : { sender: mailbox(more.sender) };
    return place.keep({ session: '1M7YNPXHV1000', request, ...sender, proven: null, subject: 'x', messageId: null, class: 'person', why: 'the hub is away' });
  };
  return { dir, events, told, tellings, clock, stock, keep };
}

/** The disk, with what it did written down, and a fault where one is asked for. */
function watchedDisk(log: string[], fault: (step: string) => boolean = () => false): SegmentSteps {
  const step = (name: string): void => {
    log.push(name);
    if (fault(name)) throw new Error(`EIO at ${name}`);
  };
  return {
    create: async (path) => {
      step('create');
      const file = await diskSteps.create(path);
      return {
        write: async (pieces) => {
          step('write');
          await file.write(pieces);
        },
        flush: async () => {
          step('flush');
          await file.flush();
        },
        cutTo: (bytes) => file.cutTo(bytes),
        close: () => file.close(),
      };
    },
    flushFolder: async (dir) => {
      step('folder');
      await diskSteps.flushFolder(dir);
    },
  };
}

test('kept only after the flush of the segment, and of the folder where the segment is new', async (t) => {
  const log: string[] = [];
  const { keep, told } = start(t, { steps: watchedDisk(log) });
  assert.deepEqual(await keep(), { kind: 'spooled', expiresAt: 6000 });
  assert.deepEqual(log, ['create', 'folder', 'write', 'flush']);
  await keep();
  assert.deepEqual(log.slice(4), ['write', 'flush'], 'the folder knows the segment already');
  assert.deepEqual(
    told.map(({ id, segment, to }) => [id, segment, to]),
    [1, 2].map((number) => [`1M7YNPXHV1000-${number}`, 'smtp-1-00000001.seg', ['user@hub.example']]),
  );
});

test('many at once share a flush, and the keeper is told of all of them at once, before any client is', async (t) => {
  const log: string[] = [];
  const { keep, told, tellings } = start(t, { steps: watchedDisk(log) });
  const toldBefore = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const { kind } = await keep();
      assert.equal(kind, 'spooled');
      return told.length;
    }),
  );
  assert.equal(log.filter((step) => step === 'flush').length, 1);
  assert.deepEqual([Math.min(...toldBefore), tellings], [100, [100]]);
});

test('who comes while a flush is under way goes with the next one, all together', async (t) => {
  const log: string[] = [];
  const flushed = Promise.withResolvers<void>();
  const disk = watchedDisk(log);
  const slow: SegmentSteps = {
    ...disk,
    create: async (path) => {
      const file = await disk.create(path);
      return {
        ...file,
        flush: async () => {
          await file.flush();
          if (log.filter((step) => step === 'flush').length === 1) await flushed.promise;
        },
      };
    },
  };
  const { keep, tellings } = start(t, { steps: slow });
  const first = keep();
  await until('the first to be flushed', () => log.includes('flush'));
  const others = Promise.all([keep(), keep(), keep()]);
  await new Promise(setImmediate);
  assert.deepEqual([log, tellings], [['create', 'folder', 'write', 'flush'], []], 'one flush is under way at a time');
  flushed.resolve();
  await first;
  await others;
  assert.deepEqual(
    [log.slice(4), tellings],
    [
      ['write', 'flush'],
      [1, 3],
    ],
  );
});

test('how much is free is asked once a second, not for each message', async (t) => {
  let asked = 0;
  const { keep, clock } = start(t, {
    freeBytes: () => {
      asked += 1;
      return 1e12;
    },
  });
  for (let count = 0; count < 5; count += 1) await keep();
  assert.equal(asked, 1);
  clock.ms += 1000;
  await keep();
  assert.equal(asked, 2);
});

test('a full segment is followed by another', async (t) => {
  const { keep, dir } = start(t, { segmentBytes: 10 });
  await keep();
  await keep();
  assert.deepEqual(readdirSync(dir).sort(), ['smtp-1-00000001.seg', 'smtp-1-00000002.seg']);
});

test('large messages of one moment do not make a segment without end', async (t) => {
  const { keep, dir } = start(t, { segmentBytes: 10_000 });
  const kinds = await Promise.all(Array.from({ length: 20 }, () => keep(`Subject: x\r\n\r\n${'x'.repeat(3000)}\r\n`)));
  assert.ok(kinds.every(({ kind }) => kind === 'spooled'));
  const sizes = readdirSync(dir).map((name) => statSync(join(dir, name)).size);
  assert.ok(Math.max(...sizes) < 25_000, `a batch more than a segment at most: ${sizes.join()}`);
});

for (const fails of ['create', 'folder', 'write', 'flush']) {
  test(`a disk that fails at ${fails}: nothing is acknowledged, the same flush is not tried again, later a fresh segment is`, async (t) => {
    const log: string[] = [];
    const broken = { is: true };
    const { keep, clock, events, told, stock } = start(t, { steps: watchedDisk(log, (step) => step === fails && broken.is) });
    assert.equal((await keep()).kind, 'failed');
    assert.equal((await keep()).kind, 'failed');
    assert.equal(log.filter((step) => step === fails).length, 1, 'a dying disk is left in peace');
    assert.deepEqual([told, stock.read()], [[], { pieces: 0, bytes: 0 }]);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['spool-broken'],
      'said once, not a message',
    );
    broken.is = false;
    clock.ms += 10_000;
    assert.equal((await keep()).kind, 'spooled');
  });
}

test('a full disk and the limits: full, and what waits stays', async (t) => {
  const full = start(t, { limits: { ...wide, freeDisk: 1000 }, freeBytes: () => 999 });
  assert.equal((await full.keep()).kind, 'full');
  const few = start(t, { limits: { ...wide, maxMessages: 1 } });
  assert.deepEqual([(await few.keep()).kind, (await few.keep()).kind], ['spooled', 'full']);
  const small = start(t, { limits: { ...wide, maxBytes: 30 } });
  assert.deepEqual([(await small.keep()).kind, (await small.keep()).kind], ['spooled', 'full']);
  assert.deepEqual(small.events, [{ type: 'spool-full', why: 'spool.maxBytes is reached', messages: 1, bytes: 21 }]);
});

test('who wrote it stands beside the tagged address that the next hop sees, and names it to the operator', async (t) => {
  const { dir, told, keep } = start(t);
  const plain = 'ann@hub.example';
  await keep(undefined, { from: 'prvs=0123abcdef=ann@hub.example', sender: plain });
  await keep(undefined, { from: plain, sender: plain });
  assert.deepEqual(
    told.map(({ from }) => from),
    [plain, plain],
  );
  const octets = readFileSync(join(dir, 'smtp-1-00000001.seg'));
  const envelopes = told.map(({ at }) => parseHead(octets.subarray(at))?.envelope);
  assert.deepEqual(
    envelopes.map((envelope) => [envelope?.from?.text, envelope?.sender?.text]),
    [
      ['prvs=0123abcdef=ann@hub.example', plain],
      [plain, undefined],
    ],
  );
});

test('an envelope that could not be read again is not kept', async (t) => {
  const { keep, dir } = start(t);
  const to = Array.from({ length: 50_000 }, (_, number) => `${'x'.repeat(60)}@${'y'.repeat(60)}.${'z'.repeat(60)}${number}.example`);
  assert.equal((await keep(undefined, { to })).kind, 'failed');
  assert.equal((await keep()).kind, 'spooled', 'the others are');
  assert.deepEqual(readdirSync(dir), ['smtp-1-00000001.seg']);
});

test('one stranger does not fill it: beyond half of it his share is over, nothing is taken for it, and others are served', async (t) => {
  const shares = new FairShare({ doors: 1, steady: () => 0 });
  const { keep, stock } = start(t, { limits: { ...wide, maxMessages: 300 }, shares });
  stock.add({ pieces: 150, bytes: 0 });
  for (let n = 0; n < 100; n += 1) assert.equal((await keep()).kind, 'spooled');
  const { kind } = await keep();
  assert.deepEqual([kind, stock.read().pieces], ['full', 250]);
});
