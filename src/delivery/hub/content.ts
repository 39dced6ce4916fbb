// The content to the hub, byte for byte as it came, our headers in front, then the final dot (RFC 5321 4.1.1.4).
import type { DeliveryRequest } from '../../model/delivery.ts';
import type { Reply } from '../../model/reply.ts';
import { endOfData } from '../../wire/smtp/dot-stuffing.ts';
import type { HubClient, Lost } from './client.ts';
import { isHeaderBlock } from './envelope.ts';

/** Up to so many bytes all is put together for one write: copying 64 KiB costs less than a second system call. */
const oneWriteBytes = 65_536;

export interface ContentOptions {
  /** Replies the hub will owe for the final dot. */
  readonly answers: number;
  /** How long the hub may take nothing, and how long all of it may take, in milliseconds. */
  readonly stallMs: number;
  readonly totalMs: number;
}

/** Our own copy of the content is gone: the disk's fault, not the hub's. */
export interface Unreadable {
  readonly unreadable: string;
}

const unreadable = (error: unknown): Unreadable => ({ unreadable: `the content could not be read again: ${String(error)}` });

/**
 * Null: the dot is sent, and from here on the hub may have the message. Otherwise it was not sent and will not be;
 * a reply is what the hub said too early. The connection is then good for nothing but to be destroyed.
 */
export async function sendContent(client: HubClient, request: DeliveryRequest, options: ContentOptions): Promise<null | Reply | Lost | Unreadable> {
  if (!isHeaderBlock(request.prependedHeaders)) throw new Error('prepended headers are no header lines');
  client.expect(options.answers);
  const head = Buffer.from(request.prependedHeaders);
  const { content } = request;
  const chunks = content.chunks();
  const early = client.readNow();
  if (early !== null) return early;
  if (Symbol.iterator in chunks && head.length + content.wireBytes <= oneWriteBytes) {
    const whole = gathered(head, chunks);
    if (!Buffer.isBuffer(whole)) return whole;
    assertEnded(whole.subarray(0, -endOfData.length), undefined);
    client.write(whole);
    return null;
  }
  return stream(client, head, chunks, options);
}

function gathered(head: Buffer, chunks: Iterable<Buffer>): Buffer | Unreadable {
  try {
    return Buffer.concat([head, ...chunks, endOfData]);
  } catch (error) {
    return unreadable(error);
  }
}

async function stream(
  client: HubClient,
  head: Buffer,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
  { stallMs, totalMs }: ContentOptions,
): Promise<null | Reply | Lost | Unreadable> {
  const until = performance.now() + totalMs;
  let before: number | undefined;
  let held = head; // one chunk is kept back, so that the dot goes with the last
  try {
    for await (const chunk of chunks) {
      if (held.length > 0 && !client.write(held)) await client.drained(Math.max(1, Math.min(stallMs, until - performance.now())));
      const early = client.readNow();
      if (early !== null) return early;
      before = held.at(-1);
      held = chunk;
    }
  } catch (error) {
    return unreadable(error);
  }
  assertEnded(held, before);
  client.write(Buffer.concat([held, endOfData]));
  return null;
}

/** Without a line end before it the dot would be text, and both sides would wait for ever. `before`: the byte in front of these. */
function assertEnded(bytes: Buffer, before: number | undefined): void {
  const cr = bytes.length === 1 ? before : bytes.at(-2);
  if (bytes.length > 0 && !(cr === 0x0d && bytes.at(-1) === 0x0a)) throw new Error('content does not end with CRLF');
}
