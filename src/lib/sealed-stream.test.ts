import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { CannotOpen, keyIdOf, openBytes, openStream, sealBytes, sealStream, type SealingKey } from './sealed-stream.ts';

const key: SealingKey = { id: 'k-one', secret: Buffer.alloc(32, 1) };
const keyOf = (id: string): SealingKey | null => (id === key.id ? key : null);
const piece = 64 * 1024;
const sealedPiece = piece + 16;
/** Magic, length and name of the key, salt. */
const headerOctets = 4 + 1 + key.id.length + 32;

function* inChunks(whole: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

for (const length of [0, 1, piece - 1, piece, piece + 1, 2 * piece, 3 * piece + 5]) {
  test(`${length} octets come back as they were, however they arrive`, async () => {
    const plain = randomBytes(length);
    const sealed = sealBytes(plain, key, 'a');
    assert.deepEqual(openBytes(sealed, keyOf, 'a'), plain);
    for (const size of [1000, 65_536, 100_000]) {
      const streamed = await buffer(sealStream(inChunks(plain, size), key, 'a'));
      assert.equal(streamed.length, sealed.length);
      assert.deepEqual(await buffer(openStream(inChunks(streamed, size), keyOf, 'a')), plain);
      assert.deepEqual(await buffer(openStream(inChunks(sealed, size), keyOf, 'a')), plain);
    }
  });
}

test('a header that comes octet by octet is read', async () => {
  const sealed = sealBytes(Buffer.from('hello'), key, 'a');
  assert.equal((await buffer(openStream(inChunks(sealed, 1), keyOf, 'a'))).toString(), 'hello');
});

test('nothing of what is sealed can be read in it, and the same is never sealed the same', () => {
  const plain = Buffer.from('a subject that must not be found'.repeat(100));
  const [one, other] = [sealBytes(plain, key, 'a'), sealBytes(plain, key, 'a')];
  assert.ok(!one.includes('subject'));
  assert.ok(!one.subarray(headerOctets, headerOctets + 64).equals(other.subarray(headerOctets, headerOctets + 64)));
});

const long = randomBytes(3 * piece + 7);
const whole = sealBytes(long, key, 'a');
const [head, body] = [whole.subarray(0, headerOctets), whole.subarray(headerOctets)];
const pieces = [...inChunks(body, sealedPiece)];
const joined = (...order: readonly number[]): Buffer => Buffer.concat([head, ...order.map((at) => pieces[at] ?? Buffer.alloc(0))]);
const flipped = (at: number): Buffer => {
  const changed = Buffer.from(whole);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
};
const tampered: readonly [what: string, sealed: Buffer][] = [
  ['cut off between two pieces', joined(0, 1)],
  ['cut off within a piece', whole.subarray(0, -1)],
  ['cut off behind the header', head],
  ['cut off in the header', whole.subarray(0, 20)],
  ['nothing at all', Buffer.alloc(0)],
  ['two pieces change places', joined(1, 0, 2, 3)],
  ['a piece is left out', joined(0, 2, 3)],
  ['a piece comes twice', joined(0, 0, 1, 2, 3)],
  ['more behind the end', Buffer.concat([whole, Buffer.alloc(20)])],
  ['a bit of the content', flipped(headerOctets + 100)],
  ['a bit of the salt', flipped(headerOctets - 1)],
  ['a bit of the seal', flipped(whole.length - 1)],
  ['a bit of the magic', flipped(0)],
];
for (const [what, sealed] of tampered) {
  test(`does not open: ${what}`, async () => {
    assert.throws(() => openBytes(sealed, keyOf, 'a'), CannotOpen);
    await assert.rejects(buffer(openStream(inChunks(sealed, 50_000), keyOf, 'a')), CannotOpen);
  });
}

test('sealed as one thing it does not open as another', () => {
  assert.throws(() => openBytes(whole, keyOf, 'b'), CannotOpen);
});

test('another key of the same name does not open it', () => {
  assert.throws(() => openBytes(whole, () => ({ id: key.id, secret: Buffer.alloc(32, 2) }), 'a'), CannotOpen);
});

test('a key that is not at hand is named', () => {
  assert.throws(
    () => openBytes(whole, () => null, 'a'),
    (error) => error instanceof CannotOpen && error.missingKey === 'k-one' && /the key k-one, which is not at hand/.test(error.message),
  );
  assert.equal(keyIdOf(whole), 'k-one');
  assert.equal(keyIdOf(Buffer.from('Subject: hello\r\n')), null);
});

test('a stream is never in memory as a whole', async () => {
  let given = 0;
  function* endless(): Generator<Buffer> {
    for (; given < 100; given += 1) yield Buffer.alloc(piece);
  }
  for await (const _ of openStream(sealStream(endless(), key, 'a'), keyOf, 'a')) break;
  assert.ok(given < 10, `${given} pieces were asked for to give the first`);
});

test('a producer that uses the memory of its chunks again spoils nothing, neither sealing nor opening', async () => {
  /** The whole in chunks that all lie in the same place, as a reader with one buffer gives them. */
  function* inOnePlace(octets: Buffer, size: number): Generator<Buffer> {
    const place = Buffer.alloc(size);
    for (const chunk of inChunks(octets, size)) yield place.subarray(0, chunk.copy(place));
  }
  for (const size of [7, 1000, piece - 1, piece + 1]) {
    const plain = randomBytes(2 * piece + 9);
    const sealed = await buffer(sealStream(inOnePlace(plain, size), key, 'a'));
    assert.ok((await buffer(openStream(inOnePlace(sealed, size), keyOf, 'a'))).equals(plain), `in chunks of ${size}`);
    assert.ok(openBytes(sealed, keyOf, 'a').equals(plain));
  }
});
