// A spooled message on its way out: envelope and content read from its segment, and compared with what was kept before a byte leaves.
import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Content } from '../../model/delivery.ts';
import type { SpoolEnvelope, SpoolItem } from '../../model/spool.ts';
import { parseHead } from './record.ts';
import type { SegmentReader } from './segment-reader.ts';

export interface SpooledMessage {
  readonly envelope: SpoolEnvelope;
  readonly content: Content;
}

/** Where segments are, and who reads small pieces of them. */
export interface SpoolFiles {
  readonly dir: string;
  readonly reader: SegmentReader;
}

/** Bytes: content up to this size is read in one go, together with its envelope. */
const inMemoryBytes = 256 * 1024;

/** Rejects where envelope or content is not what was kept: a message that lost a byte must not go out as if it were whole. */
export async function readSpooled({ dir, reader }: SpoolFiles, item: SpoolItem): Promise<SpooledMessage> {
  const isSmall = item.wireBytes <= inMemoryBytes;
  const octets = await reader.read(item.segment, item.at, isSmall ? item.headBytes + item.wireBytes : item.headBytes);
  const envelope = envelopeIn(octets, item);
  const { wireBytes, sha256 } = envelope;
  const about = { wireBytes, sha256, dispose: () => {} };
  const from = item.at + item.headBytes;
  const small = octets.subarray(item.headBytes);
  const chunks = isSmall
    ? (): Iterable<Buffer> => [small]
    : (): AsyncIterable<Buffer> => createReadStream(join(dir, item.segment), { start: from, end: from + wireBytes - 1 }) as AsyncIterable<Buffer>; // without an encoding its chunks are buffers
  const found = isSmall ? hash('sha256', small, 'hex') : await hashOf(chunks());
  if (found !== sha256) throw new Error(`${item.id}: its content in ${item.segment} is damaged`);
  return { envelope, content: { ...about, chunks } };
}

async function hashOf(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of chunks) sum.update(chunk);
  return sum.digest('hex');
}

/** The envelope and the first octets of a message, for a look. */
export async function readBeginning(
  reader: SegmentReader,
  item: SpoolItem,
  mostBytes: number,
): Promise<{ readonly envelope: SpoolEnvelope; readonly wire: Buffer }> {
  const octets = await reader.read(item.segment, item.at, item.headBytes + Math.min(item.wireBytes, mostBytes));
  return { envelope: envelopeIn(octets, item), wire: octets.subarray(item.headBytes) };
}

function envelopeIn(octets: Buffer, { id, segment }: SpoolItem): SpoolEnvelope {
  const head = parseHead(octets);
  if (head === null) throw new Error(`${id}: its envelope in ${segment} is damaged`);
  return head.envelope;
}
