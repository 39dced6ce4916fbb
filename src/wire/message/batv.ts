// BATV (draft-levine-smtp-batv-01): the envelope sender of mail that leaves us carries a tag, `prvs=0123abcdef=anna@hub.example`, and what
// bounces comes back to it. A tag is worth something to its sender's address only, for a few days.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** A key and the digit by which the tag names it. */
export interface TagKey {
  /** 0 to 9. */
  readonly digit: number;
  readonly key: Buffer;
}

export interface TaggedLocalPart {
  /** As it was without the tag. */
  readonly localPart: string;
  readonly tag: string;
}

/** Days for which a tag holds: no queue tries longer than five. */
const lifeDays = 7;
/** RFC 5321 4.5.3.1.1, in octets. */
const longestLocalPart = 64;
const tagged = /^prvs=(\d{4}[0-9a-f]{6})=(.+)$/is;

/** The local part with its tag; as it is where it has one, or would become too long. `day` counts from the epoch. */
export function withTag({ digit, key }: TagKey, localPart: string, domain: string, day: number): string {
  const expiry = String((day + lifeDays) % 1000).padStart(3, '0');
  const dated = `${digit}${expiry}`;
  const result = `prvs=${dated}${macOf(key, dated, localPart, domain)}=${localPart}`;
  return tagged.test(localPart) || Buffer.byteLength(result) > longestLocalPart ? localPart : result;
}

/** Takes a local part apart; null where it carries no tag. Some servers change the case of what they return. */
export function tagOf(localPart: string): TaggedLocalPart | null {
  const [, tag, rest] = tagged.exec(localPart) ?? [];
  return tag === undefined || rest === undefined ? null : { localPart: rest, tag: tag.toLowerCase() };
}

/** Whether the tag was made with this key for this address and is not too old. */
export function isTagOf({ digit, key }: TagKey, { tag, localPart }: TaggedLocalPart, domain: string, day: number): boolean {
  const dated = tag.slice(0, 4);
  if (Number(dated[0]) !== digit) return false;
  const left = (Number(dated.slice(1)) - (day % 1000) + 1000) % 1000;
  return left <= lifeDays && timingSafeEqual(Buffer.from(tag.slice(4)), Buffer.from(macOf(key, dated, localPart, domain)));
}

/** Three octets: with a tag a day and address, guessing one takes millions of tries. */
const macOf = (key: Buffer, dated: string, localPart: string, domain: string): string =>
  createHmac('sha1', key).update(`${dated}${localPart.toLowerCase()}@${domain.toLowerCase()}`).digest('hex').slice(0, 6);
