import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoredContent } from './stored-content.ts';

/** What is kept of chunks written in this order, and the bytes taken from the budget. */
async function keep(...chunks: readonly Buffer[]): Promise<{ readonly blocks: readonly Buffer[]; readonly charged: number; readonly sha256: string }> {
  let charged = 0;
  const budget = { keep: (bytes: number) => ((charged += bytes), true), letGo: () => {}, send: () => {}, sent: () => {} };
  const content = new StoredContent({ dir: '/nowhere', memoryBytes: 1_000_000 }, budget as unknown as ConstructorParameters<typeof StoredContent>[1]); // what it asks of a budget
  for (const chunk of chunks) void content.write(chunk);
  const kept = await content.finish();
  assert.ok('chunks' in kept);
  return { blocks: [...(kept.chunks() as Iterable<Buffer>)], charged, sha256: kept.sha256 };
}

const filled = (bytes: number, letter: string): Buffer => Buffer.from(new ArrayBuffer(bytes)).fill(letter);

test('a large chunk that fills its buffer is kept as it is: a copy would cost memory outside the heap for every message', async () => {
  const chunk = filled(60_000, 'a');
  const { blocks, charged } = await keep(chunk);
  assert.equal(blocks[0]?.buffer, chunk.buffer);
  assert.equal(charged, 60_000);
});

test('a slice of a much larger buffer is copied: it would keep all of that alive', async () => {
  const slice = filled(60_000, 'a').subarray(0, 4096);
  const { blocks } = await keep(slice);
  assert.notEqual(blocks[0]?.buffer, slice.buffer);
  assert.deepEqual(blocks, [slice]);
});

test('small and large chunks in turn keep their order, and the digest is that of the whole', async () => {
  const chunks = [filled(10, 'a'), filled(4096, 'b'), filled(10, 'c'), filled(10, 'd'), filled(9000, 'e'), filled(1, 'f')];
  const { blocks, sha256 } = await keep(...chunks);
  assert.deepEqual(Buffer.concat(blocks), Buffer.concat(chunks));
  assert.equal(sha256, (await keep(Buffer.concat(chunks))).sha256);
});

test('what is kept is charged with the whole buffer, slack included', async () => {
  const { charged } = await keep(filled(5000, 'a').subarray(0, 3000));
  assert.equal(charged, 5000);
});
