import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { deliveryRequest } from '../../../test/harness/delivery-request.ts';
import { scratchDirectory, type Owner } from '../../../test/harness/scratch.ts';
import { crc32c } from '../../lib/crc32c.ts';
import type { SpoolEnvelope } from '../../model/spool.ts';
import { newSign, oldSign, recordHead, segmentHead } from './record.ts';
import { walkSegment, type SegmentFindings, type WalkOptions } from './segment-walk.ts';

const route = { key: 'hub', address: { kind: 'smtp', host: '127.0.0.1', port: 25 } } as const;

function recordOf(id: string, content: Buffer, sign: Buffer): Buffer {
  const { handover, from, parameters, recipients, prependedHeaders } = deliveryRequest({ route });
  const about = { format: 1, id, session: 's', queuedAt: 0, expiresAt: 1, class: 'person', why: 'away', route: 'hub', subject: null, messageId: null } as const;
  const envelope: SpoolEnvelope = {
    ...about,
    from,
    recipients,
    parameters,
    handover,
    prependedHeaders,
    wireBytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
  return Buffer.concat([recordHead(envelope, sign), content]);
}

const hello = Buffer.from('Subject: x\r\n\r\nhello\r\n');

async function walk(t: Owner, octets: Buffer, options: Partial<WalkOptions> = {}): Promise<SegmentFindings> {
  const path = join(scratchDirectory(t, 'segment'), 'x.seg');
  writeFileSync(path, octets);
  const file = await open(path, 'r');
  try {
    return await walkSegment(file, { segment: 'x.seg', ...options });
  } finally {
    await file.close();
  }
}

const ids = ({ items }: SegmentFindings): readonly string[] => items.map(({ id }) => id);

/** What a stranger who knows our way of writing can put into his mail: a head of the old kind, check sum and all, with these words as envelope. */
function forgedHead(words: string): Buffer {
  const text = Buffer.from(words);
  const head = Buffer.alloc(16 + text.length);
  oldSign.copy(head);
  head.writeUInt32BE(text.length, 4);
  text.copy(head, 16);
  head.writeUInt32BE(crc32c(text, crc32c(head.subarray(0, 8 + 4))), 12);
  return head;
}

test('a segment larger than the window is read like one that fits into it', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 900 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 700 }),
      fc.nat(400),
      async (contents, windowBytes, cut) => {
        const sign = newSign();
        const whole = Buffer.concat([segmentHead(sign), ...contents.map((content, index) => recordOf(`m${index}`, Buffer.from(content), sign))]);
        const octets = whole.subarray(0, Math.max(0, whole.length - cut));
        const [narrow, wide] = [await walk(t, octets, { windowBytes }), await walk(t, octets)];
        assert.deepEqual(narrow, wide);
        if (octets.length === whole.length) assert.equal(wide.items.length, contents.length);
        else assert.ok(wide.isTorn || wide.soundBytes === octets.length, 'the end of a write that never ended');
      },
    ),
    { numRuns: 60 },
  );
});

for (const [kind, sign] of [
  ['with a sign of its own', newSign()],
  ['of the old kind', oldSign],
] as const)
  test(`what a stranger writes into the mail that was cut off does not take the others along, in a segment ${kind}`, async (t) => {
    const begin = sign === oldSign ? Buffer.alloc(0) : segmentHead(sign);
    const mine = [begin, recordOf('a', hello, sign), recordOf('b', hello, sign)];
    for (const words of ['no JSON', 'null', '{}', '[1]', '{"id":1,"wireBytes":0}']) {
      const torn = recordOf('c', Buffer.concat([forgedHead(words), Buffer.alloc(50), forgedHead(words)]), sign).subarray(0, -20);
      const found = await walk(t, Buffer.concat([...mine, torn]));
      assert.deepEqual([ids(found), found.isTorn], [['a', 'b'], true], words);
    }
  });

test('thousands of heads that are nearly right cost a moment, and are not cut off where they cannot all be tried', async (t) => {
  const nearly = Buffer.alloc(32);
  oldSign.copy(nearly);
  nearly.writeUInt32BE(4 * 1024 ** 2, 4);
  const torn = recordOf('c', Buffer.concat([...Array.from({ length: 20_000 }, () => nearly), Buffer.alloc(5 * 1024 ** 2)]), oldSign).subarray(0, -1);
  const found = await walk(t, Buffer.concat([recordOf('a', hello, oldSign), torn]));
  assert.deepEqual([ids(found), found.isTorn], [['a'], false]);
});

test('a whole record of the old kind inside a mail is part of that mail', async (t) => {
  const sign = newSign();
  const mail = recordOf('inside', hello, oldSign);
  const found = await walk(t, Buffer.concat([segmentHead(sign), recordOf('a', mail, sign), recordOf('b', mail, sign).subarray(0, -1)]));
  assert.deepEqual([ids(found), found.isTorn], [['a'], true]);
});

test('behind a damaged head the mail is found again', async (t) => {
  const sign = newSign();
  const [begin, a, b, c] = [segmentHead(sign), recordOf('a', hello, sign), recordOf('b', hello, sign), recordOf('c', hello, sign)];
  b.write('X', 30);
  const from = begin.length + a.length;
  const found = await walk(t, Buffer.concat([begin, a, b, c]));
  assert.deepEqual([ids(found), found.gaps, found.soundBytes === found.bytes], [['a', 'c'], [{ from, to: from + b.length }], true]);
});

test('a segment whose beginning is gone is not cut where mail may stand in it', async (t) => {
  const sign = newSign();
  const octets = Buffer.concat([segmentHead(sign), recordOf('a', hello, sign), recordOf('b', hello, sign)]);
  octets.fill(0, 0, 16);
  const found = await walk(t, octets);
  assert.deepEqual([ids(found), found.isTorn], [[], false]);
});

test('a segment that was only begun is nothing', async (t) => {
  const head = segmentHead(newSign());
  for (let bytes = 0; bytes <= head.length; bytes += 1) {
    const found = await walk(t, head.subarray(0, bytes));
    assert.deepEqual([ids(found), found.isTorn || found.soundBytes === bytes], [[], true], `${bytes} bytes`);
  }
});

test('one bit that is wrong costs one message at most, and is never passed over in silence', async (t) => {
  const sign = newSign();
  const whole = Buffer.concat([segmentHead(sign), ...['a', 'b', 'c', 'd'].map((id) => recordOf(id, hello, sign))]);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
      const octets = Buffer.from(whole);
      octets[bit >> 3] = (octets[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const found = await walk(t, octets);
      const isSilent = found.damaged.length + found.gaps.length === 0 && (found.isTorn || found.soundBytes === found.bytes);
      const inSegmentHead = bit < 8 * segmentHead(sign).length;
      if (inSegmentHead) assert.equal(isSilent, false, 'the sign is not known: a person must look');
      else assert.ok(found.items.length === 3 && (!isSilent || lengthOfLast(whole, bit)), `bit ${bit}: ${ids(found).join()}`);
    }),
    { numRuns: 400 },
  );
});

/** In the last record, in the length of its envelope: longer than the file, it looks like the beginning of a write that never ended. */
function lengthOfLast(whole: Buffer, bit: number): boolean {
  const last = whole.lastIndexOf(Buffer.from('FGR2'));
  return bit >= 8 * (last + 12) && bit < 8 * (last + 16);
}
