// What the content tells, between the final dot and the verdict: its traits, and who has proved to have sent it. A help for policy and
// detectors, never a condition: a fault or a delay here leaves the traits unknown, and the mail goes on.
import type { HashKey } from '../../lib/half-sip-hash.ts';
import type { LoadLevel } from '../../lib/load-level.ts';
import type { ContentReader, MessageToRead, SenderAuthentication, SenderProof } from '../../model/content-reading.ts';
import type { Content } from '../../model/delivery.ts';
import type { Recorder } from '../../model/events.ts';
import { addressOf } from '../../model/mailbox.ts';
import type { MessageTraits, SignatureTrait } from '../../model/message-traits.ts';
import { beginningBytes, readContent } from '../../wire/message/content-traits.ts';

export interface ContentReaderParts {
  /** Secret of the installation. */
  readonly key: HashKey;
  /** Null: nothing is looked up. */
  readonly authentication: SenderAuthentication | null;
  /** From 2 on there is no time for looks. */
  level(): LoadLevel;
  readonly record: Recorder;
}

const busy = 2;

/** Reads the traits of messages; whoever does not want it has no reader. */
export function createContentReader({ key, authentication, level, record }: ContentReaderParts): ContentReader {
  const failed = ({ session, client }: MessageToRead, error: unknown): null => {
    record({ type: 'content-unread', session, ip: client.ip, why: error instanceof Error ? error.message : String(error) });
    return null;
  };
  const traitsOf = (message: MessageToRead, beginning: Buffer): MessageTraits | null => {
    try {
      const { from, recipients } = message;
      return readContent({ beginning, from: addressOf(from), recipients: recipients.map((to) => addressOf(to).toLowerCase()), key });
    } catch (error) {
      return failed(message, error);
    }
  };
  const readSlowly = async (message: MessageToRead, proving: Promise<SenderProof> | null): Promise<MessageTraits | null> => {
    try {
      const traits = traitsOf(message, await beginningOf(message.content));
      return traits === null ? null : withProof(traits, await proving);
    } catch (error) {
      return failed(message, error);
    }
  };
  return {
    read: (message) => {
      if (level() >= busy) return null;
      const proving = authentication !== null && comesFromOutside(message) ? authentication.prove(message) : null;
      const beginning = proving === null ? beginningInMemory(message.content) : null;
      return beginning === null ? readSlowly(message, proving) : traitsOf(message, beginning);
    },
  };
}

/** Insiders and users are known by other means. */
const comesFromOutside = ({ client, user }: MessageToRead): boolean => client.role === 'mx' && !client.inside && user === null;

/** The first octets of content that is in memory; null where it is in a file. */
function beginningInMemory(content: Content): Buffer | null {
  const chunks = content.chunks();
  if (!(Symbol.iterator in chunks)) return null;
  const read: Buffer[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    read.push(chunk);
    bytes += chunk.length;
    if (bytes >= beginningBytes) break;
  }
  return read.length === 1 ? (read[0] ?? null) : Buffer.concat(read);
}

async function beginningOf(content: Content): Promise<Buffer> {
  const read: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content.chunks()) {
    read.push(chunk);
    bytes += chunk.length;
    if (bytes >= beginningBytes) break;
  }
  return Buffer.concat(read);
}

function withProof(traits: MessageTraits, proof: SenderProof | null): MessageTraits {
  if (proof === null) return traits;
  const { spf, dmarc, author, dkim = [] } = proof;
  const resultOf = ({ domain, mark }: SignatureTrait): string | undefined => dkim.find((each) => each.domain === domain && each.mark === mark)?.result;
  const signatures = traits.signatures?.map((signature) => {
    const result = resultOf(signature);
    return result === undefined ? signature : { ...signature, result };
  });
  return {
    ...traits,
    ...(spf === undefined ? {} : { spf }),
    ...(dmarc === undefined ? {} : { dmarc }),
    ...(author === undefined ? {} : { provenAuthor: author }),
    ...(signatures === undefined ? {} : { signatures }),
  };
}
