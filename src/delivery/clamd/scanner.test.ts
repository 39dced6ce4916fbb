import assert from 'node:assert/strict';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { contentOf } from '../../../test/harness/delivery-request.ts';
import { scratchDirectory, type Owner } from '../../../test/harness/scratch.ts';
import { until } from '../../../test/harness/until.ts';
import { createScanner, readAnswer } from './scanner.ts';

/** A clamd of our own on a socket of the file system: takes a stream apart by the protocol and gives the answer of `answer`; null: none. */
async function fakeClamd(t: Owner, answer: (content: Buffer) => string | null) {
  const path = join(scratchDirectory(t, 'clamd'), 'clamd.ctl');
  const seen = { open: 0, most: 0 };
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    seen.open += 1;
    seen.most = Math.max(seen.most, seen.open);
    socket.on('error', () => {});
    socket.on('close', () => (seen.open -= 1));
    let octets = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      octets = Buffer.concat([octets, chunk]);
      const content = streamed(octets);
      const said = content === null ? null : answer(content);
      if (said !== null) socket.end(`${said}\0`);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { path, seen };
}

/** The content of a whole INSTREAM; null where more is to come. */
function streamed(octets: Buffer): Buffer | null {
  const command = 'zINSTREAM\0';
  assert.equal(octets.toString('latin1', 0, Math.min(command.length, octets.length)), command.slice(0, octets.length));
  const parts: Buffer[] = [];
  for (let at = command.length; at + 4 <= octets.length;) {
    const length = octets.readUInt32BE(at);
    if (length === 0) return Buffer.concat(parts);
    parts.push(octets.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return null;
}

const usual = { timeoutMs: 5000, maxBytes: 10_000_000, atOnce: 2 };

test('the whole content is streamed, in however many pieces, and the answer is read', async (t) => {
  const wire = Buffer.alloc(300_000, 'x');
  const { path } = await fakeClamd(t, (content) => (content.equals(wire) ? 'stream: OK' : 'stream: Not.The.Same FOUND'));
  const scanner = createScanner({ ...usual, clamd: path });
  assert.deepEqual(await scanner.scan(contentOf(wire, 7777)), { kind: 'clean' });
  assert.deepEqual(await scanner.scan(contentOf('something else\r\n')), { kind: 'found', found: 'Not.The.Same' });
});

test('clamd sees the message as it was written, to the octet, wherever the wire was cut: dots are stuffed for the way only', async (t) => {
  const written = '.hidden\r\n..\r\nEVIL=\r\n.PAYLOAD=\r\n.OF\r\na.b\r\n.\r\n';
  const wire = Buffer.from(written.replace(/^\./gm, '..'));
  const { path } = await fakeClamd(t, (content) => (content.toString() === written ? 'stream: OK' : 'stream: Not.The.Same FOUND'));
  const scanner = createScanner({ ...usual, clamd: path });
  for (const cut of [wire.length, 1, 2, 7]) assert.deepEqual(await scanner.scan(contentOf(wire, cut)), { kind: 'clean' }, `in pieces of ${cut}`);
});

test('nobody there, no answer in time, too large: unknown, never clean', async (t) => {
  const { path } = await fakeClamd(t, () => null);
  const content = contentOf('Subject: x\r\n\r\n');
  const away = await createScanner({ ...usual, clamd: `${path}.not` }).scan(content);
  assert.equal(away.kind, 'unknown');
  assert.deepEqual(await createScanner({ ...usual, clamd: path, timeoutMs: 50 }).scan(content), { kind: 'unknown', why: 'clamd did not answer within 50 ms' });
  assert.deepEqual(await createScanner({ ...usual, clamd: path, maxBytes: 5 }).scan(content), {
    kind: 'too-large',
    why: 'larger than viruses.maxSize (14 bytes)',
  });
});

test('so many at once and no more; the others have their turn', async (t) => {
  const { path, seen } = await fakeClamd(t, () => 'stream: OK');
  const scanner = createScanner({ ...usual, clamd: path });
  const scans = await Promise.all(Array.from({ length: 20 }, () => scanner.scan(contentOf('x\r\n'))));
  assert.ok(scans.every(({ kind }) => kind === 'clean'));
  assert.ok(seen.most <= usual.atOnce + 1, `${seen.most} at once`); // the end of one crosses the beginning of the next
});

test('who waits too long for a turn is told so, and a place that was given back is used', async (t) => {
  const silent = { is: true };
  const { path, seen } = await fakeClamd(t, () => (silent.is ? null : 'stream: OK'));
  const scanner = createScanner({ ...usual, clamd: path, timeoutMs: 100, atOnce: 1 });
  const scans = await Promise.all([scanner.scan(contentOf('x\r\n')), scanner.scan(contentOf('y\r\n'))]);
  assert.ok(scans.every(({ kind }) => kind === 'unknown'));
  silent.is = false;
  await until('the connections to end', () => seen.open === 0);
  assert.deepEqual(await scanner.scan(contentOf('z\r\n')), { kind: 'clean' });
});

const answers: readonly [raw: string, kind: string, why: string][] = [
  ['stream: OK\0', 'clean', 'the one way to say clean'],
  ['stream: Win.Test.EICAR_HDB-1 FOUND\0', 'found', 'a name'],
  ['INSTREAM size limit exceeded. ERROR\0', 'too-large', 'it has not seen the whole, and that was the choice of the sender'],
  ['stream: OKAY\0', 'unknown', 'nearly clean is not clean'],
  ['', 'unknown', 'nothing'],
];
for (const [raw, kind, why] of answers) test(`${JSON.stringify(raw)} is ${kind}: ${why}`, () => assert.equal(readAnswer(raw).kind, kind));
