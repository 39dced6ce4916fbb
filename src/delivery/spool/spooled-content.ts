// The content of a spooled message on its way out: read from its segment, and compared with what was kept before a byte leaves.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Content } from '../../model/delivery.ts';
import type { SpoolEnvelope, SpoolSpot } from '../../model/spool.ts';

/** Bytes: content up to this size is read in one go. */
const inMemoryBytes = 256 * 1024;

/** Rejects where the content is not what was kept: a message that lost a byte must not go out as if it were whole. */
export async function spooledContent(dir: string, { segment, at, headBytes }: SpoolSpot, { id, wireBytes, sha256 }: SpoolEnvelope): Promise<Content> {
  const path = join(dir, segment);
  const from = at + headBytes;
  const about = { wireBytes, sha256, dispose: () => {} };
  const hash = createHash('sha256');
  if (wireBytes <= inMemoryBytes) {
    const octets = Buffer.alloc(wireBytes);
    const file = await open(path, 'r');
    try {
      await file.read(octets, 0, wireBytes, from);
    } finally {
      await file.close();
    }
    if (hash.update(octets).digest('hex') !== sha256) throw new Error(`${id}: its content in ${segment} is damaged`);
    return { ...about, chunks: () => [octets] };
  }
  const chunks = (): AsyncIterable<Buffer> => createReadStream(path, { start: from, end: from + wireBytes - 1 }) as AsyncIterable<Buffer>; // without an encoding its chunks are buffers
  for await (const chunk of chunks()) hash.update(chunk);
  if (hash.digest('hex') !== sha256) throw new Error(`${id}: its content in ${segment} is damaged`);
  return { ...about, chunks };
}
