// One message in a segment of the spool: a head with lengths and a check sum, the envelope, the content in wire form.
// The head's CRC-32C covers sign, lengths and envelope; the content is covered by the SHA-256 in the envelope, which was made while it arrived.
//
// Each head of a segment begins with the segment's own sign, which holds 64 random bits: what strangers write into their mail is never taken for a head.
// Segments of before have no sign of their own; their heads begin with FGS1.
import { randomBytes } from 'node:crypto';
import { addressOf } from '../../model/mailbox.ts';
import type { SpoolEnvelope, SpoolItem } from '../../model/spool.ts';
import { crc32c } from '../../lib/crc32c.ts';

/** The sign of all segments that have none of their own. */
export const oldSign = Buffer.from('FGS1');
const segmentWord = Buffer.from('FGS2');
/** With it begin all signs of a segment's own. */
export const headWord = Buffer.from('FGR2');
const randomPart = 8;
/** Bytes of a segment's own sign. */
const signBytes = headWord.length + randomPart;
/** Bytes in front of the first head of a segment that has a sign of its own. */
export const segmentHeadBytes = segmentWord.length + signBytes;
/** Bytes behind the sign: length of the envelope, length of the content, CRC-32C. */
export const figuresBytes = 12;
/** Bytes of the longest beginning of a head; whoever has so many can tell how long the head is. */
export const mostFixedBytes = signBytes + figuresBytes;
/** Bytes: more than a thousand recipients with the longest addresses; a length beyond it is no length. */
const mostEnvelopeBytes = 16 * 1024 ** 2;

/** So few recipients fit into an envelope, however long their addresses. */
const fewRecipients = 1000;

/** It can be read again: one that is longer than that would take all behind it along. */
export const isReadable = (envelope: SpoolEnvelope): boolean =>
  envelope.recipients.length <= fewRecipients || Buffer.byteLength(JSON.stringify(envelope)) <= mostEnvelopeBytes;

/** A sign for a new segment. */
export const newSign = (): Buffer => Buffer.concat([headWord, randomBytes(randomPart)]);

/** What stands at the beginning of a segment with that sign. */
export const segmentHead = (sign: Buffer): Buffer => Buffer.concat([segmentWord, sign]);

/** The sign of the segment that begins with these octets, and where its first head stands; null where it begins with neither kind. */
export function signOf(octets: Buffer): { readonly sign: Buffer; readonly firstAt: number } | null {
  if (octets.subarray(0, oldSign.length).equals(oldSign)) return { sign: oldSign, firstAt: 0 };
  const sign = octets.subarray(segmentWord.length, segmentHeadBytes);
  const isWhole = octets.subarray(0, segmentWord.length).equals(segmentWord) && sign.length === signBytes && isOwnSign(sign);
  return isWhole ? { sign: Buffer.from(sign), firstAt: segmentHeadBytes } : null;
}

/** The octets are all that is left of the beginning of a segment, or pages that never reached the disk. */
export const beginsSegment = (octets: Buffer): boolean =>
  octets.length < segmentHeadBytes && octets.subarray(0, segmentWord.length).equals(segmentWord.subarray(0, octets.length));

const isOwnSign = (octets: Buffer): boolean => octets.subarray(0, headWord.length).equals(headWord);

/** Head and envelope as they are written in front of the content. */
export function recordHead(envelope: SpoolEnvelope, sign: Buffer): Buffer {
  const text = Buffer.from(JSON.stringify(envelope));
  const figures = sign.length;
  const head = Buffer.alloc(figures + figuresBytes + text.length);
  sign.copy(head);
  head.writeUInt32BE(text.length, figures);
  head.writeUInt32BE(envelope.wireBytes, figures + 4);
  text.copy(head, figures + figuresBytes);
  head.writeUInt32BE(crc32c(text, crc32c(head.subarray(0, figures + 8))), figures + 8);
  return head;
}

/** Bytes of the head that begins here, as it says itself; null where none of that sign begins here, or its length is none. */
export function headBytesAt(octets: Buffer, sign: Buffer): number | null {
  if (octets.length < sign.length + figuresBytes || !octets.subarray(0, sign.length).equals(sign)) return null;
  const textBytes = octets.readUInt32BE(sign.length);
  return textBytes > mostEnvelopeBytes ? null : sign.length + figuresBytes + textBytes;
}

/** The head that begins with these octets; null where none stands there whole and sound. Without a sign of the segment, any is taken. */
export function parseHead(octets: Buffer, sign = octets.subarray(0, isOwnSign(octets) ? signBytes : oldSign.length)): RecordHead | null {
  if (sign.length === oldSign.length && !sign.equals(oldSign)) return null;
  const headBytes = headBytesAt(octets, sign);
  if (headBytes === null || headBytes > octets.length) return null;
  const figures = sign.length;
  const text = octets.subarray(figures + figuresBytes, headBytes);
  if (crc32c(text, crc32c(octets.subarray(0, figures + 8))) !== octets.readUInt32BE(figures + 8)) return null;
  const envelope = envelopeIn(text);
  return envelope?.wireBytes === octets.readUInt32BE(figures + 4) ? { envelope, headBytes } : null;
}

export interface RecordHead {
  readonly envelope: SpoolEnvelope;
  readonly headBytes: number;
}

/** Our own words, of this version or, as `format` says, of another; where the segment has no sign of its own, perhaps a stranger's. */
function envelopeIn(text: Buffer): SpoolEnvelope | null {
  try {
    const words = JSON.parse(text.toString()) as Partial<SpoolEnvelope> | null; // looked at below
    const isOurs = typeof words === 'object' && typeof words?.id === 'string' && typeof words.sha256 === 'string' && typeof words.wireBytes === 'number';
    return isOurs ? (words as SpoolEnvelope) : null;
  } catch {
    return null;
  }
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
