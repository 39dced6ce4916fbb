// A log as a stream of bytes, whatever it is packed in: plain, gzip, zstd, xz, or standard input. Packing is told by the first bytes, because
// names of rotated logs vary.
import { spawn } from 'node:child_process';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';

/** Bytes read at once: large enough that calls cost nothing, small enough to stay in the processor's cache. */
const readBytes = 262_144;

type Packing = 'plain' | 'gzip' | 'zstd' | 'xz';

/**
 * The bytes of a log, unpacked; `-` is standard input (plain). A chunk holds until the next is asked for: its memory is used again. Throws
 * with one clear line when it cannot be read.
 */
export function openLog(path: string): AsyncIterable<Buffer> {
  if (path === '-') return process.stdin;
  const packing = packingOf(path);
  if (packing === 'xz') return unpackXz(path);
  if (packing === 'plain') return readPlain(path);
  const bytes = createReadStream(path, { highWaterMark: readBytes });
  const unpacked = packing === 'gzip' ? createGunzip({ chunkSize: readBytes }) : createZstdDecompress({ chunkSize: readBytes });
  bytes.on('error', (error) => unpacked.destroy(error));
  return bytes.pipe(unpacked);
}

/** Two pieces of memory in turn: while one is looked at, the other is filled. */
async function* readPlain(path: string): AsyncGenerator<Buffer> {
  const handle = await open(path);
  try {
    let [now, next] = [Buffer.allocUnsafeSlow(readBytes), Buffer.allocUnsafeSlow(readBytes)];
    let reading = handle.read(now, 0, readBytes, null);
    // Whoever reads may leave before the end: then nobody waits for the piece that is under way.
    reading.catch(() => undefined);
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      reading = handle.read(next, 0, readBytes, null);
      reading.catch(() => undefined);
      yield now.subarray(0, bytesRead);
      [now, next] = [next, now];
    }
  } finally {
    await handle.close();
  }
}

/** What the first bytes of a file say; a pipe or a terminal is plain. */
export function packingOf(path: string): Packing {
  const descriptor = openSync(path, 'r');
  try {
    const head = Buffer.alloc(6);
    const length = readSync(descriptor, head, 0, 6, 0);
    return length < 4 ? 'plain' : packingOfHead(head);
  } catch (error) {
    if (codeOf(error) === 'ESPIPE') return 'plain';
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

function packingOfHead(head: Buffer): Packing {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'; // RFC 1952 2.3.1
  if (head.readUInt32LE(0) === 0xfd2fb528) return 'zstd'; // RFC 8878 3.1.1
  return head.toString('latin1') === '\xfd7zXZ\0' ? 'xz' : 'plain';
}

/** Node cannot unpack xz; the program of that name can. */
async function* unpackXz(path: string): AsyncGenerator<Buffer> {
  const child = spawn('xz', ['--decompress', '--stdout', '--', path], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr.on('data', (bytes: Buffer) => (said.length < 10 ? said.push(bytes) : 0));
  const over = new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(codeOf(error) === 'ENOENT' ? 'the program xz is not installed' : error.message));
    child.once('close', (code) => resolve(code === 0 ? null : Buffer.concat(said).toString().trim() || `xz ended with ${String(code)}`));
  });
  try {
    for await (const bytes of child.stdout) yield bytes as Buffer;
    const trouble = await over;
    if (trouble !== null) throw new Error(trouble);
  } finally {
    child.kill(); // the reader may have gone before the end
  }
}
