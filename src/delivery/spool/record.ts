// One message in a segment of the spool: a head with lengths and a check sum, the envelope, the content in wire form.
// The head's CRC-32C covers lengths and envelope; the content is covered by the SHA-256 in the envelope, which was made while it arrived.
import { createHash } from 'node:crypto';
import { addressOf } from '../../model/mailbox.ts';
import type { SpoolEnvelope, SpoolItem } from '../../model/spool.ts';
import { crc32c } from '../../lib/crc32c.ts';

const magic = 0x46475331; // FGS1
/** Bytes: magic, length of the envelope, length of the content, CRC-32C. */
const fixedBytes = 16;
/** Bytes: more than a thousand recipients with the longest addresses; a length beyond it is no length. */
const mostEnvelopeBytes = 16 * 1024 ** 2;

/** Head and envelope as they are written in front of the content. */
export function recordHead(envelope: SpoolEnvelope): Buffer {
  const text = Buffer.from(JSON.stringify(envelope));
  const head = Buffer.alloc(fixedBytes + text.length);
  head.writeUInt32BE(magic, 0);
  head.writeUInt32BE(text.length, 4);
  head.writeUInt32BE(envelope.wireBytes, 8);
  text.copy(head, fixedBytes);
  head.writeUInt32BE(crc32c(text, crc32c(head.subarray(0, 12))), 12);
  return head;
}

/** The head at `at` of the octets; null where none stands there whole and sound. */
export function parseHead(octets: Buffer, at: number): { readonly envelope: SpoolEnvelope; readonly headBytes: number } | null {
  if (octets.length - at < fixedBytes || octets.readUInt32BE(at) !== magic) return null;
  const textBytes = octets.readUInt32BE(at + 4);
  const end = at + fixedBytes + textBytes;
  if (textBytes > mostEnvelopeBytes || end > octets.length) return null;
  const text = octets.subarray(at + fixedBytes, end);
  if (crc32c(text, crc32c(octets.subarray(at, at + 12))) !== octets.readUInt32BE(at + 12)) return null;
  const envelope = JSON.parse(text.toString()) as SpoolEnvelope; // our own words, as the check sum shows; of which version, `format` says
  return envelope.wireBytes === octets.readUInt32BE(at + 8) ? { envelope, headBytes: end - at } : null;
}

/** What a walk through a segment finds. */
export interface SegmentFindings {
  readonly items: readonly SpoolItem[];
  /** Bytes up to which everything is sound; beyond it stands nothing that was acknowledged. */
  readonly soundBytes: number;
  /** Sound records stand behind what cannot be read: then it is not just the end of a write that never ended. */
  readonly isBroken: boolean;
  /** Records whose content is not what was kept, in a segment that goes on behind them. */
  readonly damaged: readonly string[];
  /** Records that a newer Floodgate has written in a way that is not known here. */
  readonly foreign: readonly string[];
  /** What stands behind the sound records looks like the end of a write that never ended, and may be cut off. */
  readonly isTorn: boolean;
}

/** The way of writing records that is known here. */
const knownFormat = 1;

/**
 * Every sound record of a segment. The last segment of a door may end in a record that was being written when we died: it ends there.
 * In an earlier one a record with damaged content is left out and named; what stands behind it was acknowledged too.
 */
export function readRecords(octets: Buffer, segment: string, isLast: boolean): SegmentFindings {
  const items: SpoolItem[] = [];
  const damaged: string[] = [];
  const foreign: string[] = [];
  let at = 0;
  for (let head = parseHead(octets, at); head !== null; head = parseHead(octets, at)) {
    const { envelope, headBytes } = head;
    const end = at + headBytes + envelope.wireBytes;
    if (end > octets.length) break;
    const isSound =
      createHash('sha256')
        .update(octets.subarray(at + headBytes, end))
        .digest('hex') === envelope.sha256;
    if (!isSound && isLast) break;
    if (!isSound) damaged.push(envelope.id);
    else if ((envelope.format as number) === knownFormat) items.push(itemOf(envelope, { segment, at, headBytes }));
    else foreign.push(envelope.id);
    at = end;
  }
  const isBroken = hasHeadBehind(octets, at);
  return { items, soundBytes: at, damaged, foreign, isBroken, isTorn: at < octets.length && !isBroken && beginsAsOurs(octets.subarray(at)) };
}

/** The beginning of a record, or pages that never reached the disk. Anything else may be what a newer version calls a record: it is not ours to cut. */
function beginsAsOurs(rest: Buffer): boolean {
  const sign = Buffer.alloc(4);
  sign.writeUInt32BE(magic);
  const begin = rest.subarray(0, 4);
  return begin.equals(sign.subarray(0, begin.length)) || begin.every((octet) => octet === 0);
}

function hasHeadBehind(octets: Buffer, from: number): boolean {
  const sign = Buffer.alloc(4);
  sign.writeUInt32BE(magic);
  for (let at = octets.indexOf(sign, from + 1); at >= 0; at = octets.indexOf(sign, at + 1)) if (parseHead(octets, at) !== null) return true;
  return false;
}

/** A record as it is kept in memory. */
export const itemOf = (
  { id, session, queuedAt, expiresAt, class: ofClass, why, route, wireBytes, from, sender = from, recipients, handover }: SpoolEnvelope,
  spot: Pick<SpoolItem, 'segment' | 'at' | 'headBytes'>,
): SpoolItem => ({
  ...spot,
  id,
  session,
  queuedAt,
  expiresAt,
  class: ofClass,
  why,
  route,
  wireBytes,
  ip: handover.client.ip,
  from: addressOf(sender),
  to: recipients.map(addressOf),
});
