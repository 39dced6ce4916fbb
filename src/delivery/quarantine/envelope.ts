// The envelope of a kept message as a file: in clear (format 1), or sealed (format 2) but for what expiry and counting need.
import { crc32c } from '../../lib/crc32c.ts';
import { z } from '../../lib/zod.ts';
import type { QuarantineItem, QuarantineNotes } from '../../model/quarantine.ts';
import type { Vault } from './vault.ts';

/** What of a message is never sealed. Times in milliseconds since the epoch. */
export interface ClearEnvelope {
  readonly id: string;
  readonly queuedAt: number;
  readonly expiresAt: number;
  readonly wireBytes: number;
  readonly refused?: true | undefined;
}

/** An envelope as it was read; `isSealed` tells that the content is so too. */
export interface OpenedEnvelope {
  readonly item: QuarantineItem;
  readonly isSealed: boolean;
}

const notOurs = 'its envelope is not of this version';
const sealedEnvelope = z.object({
  format: z.literal(2),
  id: z.string(),
  queuedAt: z.number(),
  expiresAt: z.number(),
  wireBytes: z.number(),
  refused: z.literal(true).optional(),
  sealed: z.string(),
});

/** The file's text; sealed where the vault has a key to write with. */
export function envelopeText(item: QuarantineItem, vault: Vault): string {
  const whole = JSON.stringify(item);
  if (vault.writesWith === null) return withCheck(whole);
  const { id, queuedAt, expiresAt, wireBytes, refused } = item;
  const clear: ClearEnvelope = { id, queuedAt, expiresAt, wireBytes, ...(refused && { refused }) };
  return JSON.stringify({ format: 2, ...clear, sealed: vault.sealText('envelope', id, whole) });
}

/** Throws where it is none of ours, `CannotOpen` where it is sealed and cannot be opened. */
export function readEnvelope(text: string, id: string, vault: Vault): OpenedEnvelope {
  const written: unknown = JSON.parse(sound(text));
  if (isItem(written, id)) return { item: written, isSealed: false };
  const clear = sealedEnvelope.safeParse(written);
  if (!clear.success || clear.data.id !== id) throw new Error(notOurs);
  const item: unknown = JSON.parse(vault.openText('envelope', id, clear.data.sealed));
  if (!isItem(item, id)) throw new Error(notOurs);
  // Whoever can write to the disk must not make us forget or keep what he likes.
  const same = item.queuedAt === clear.data.queuedAt && item.expiresAt === clear.data.expiresAt && item.wireBytes === clear.data.wireBytes;
  if (!same || item.refused !== clear.data.refused) throw new Error('what stands in clear of its envelope is not what was sealed');
  return { item, isSealed: true };
}

/** What is known of a sealed envelope that cannot be opened; null where it is not a sealed one. */
export function clearPartOf(text: string, id: string): ClearEnvelope | null {
  try {
    const clear = sealedEnvelope.safeParse(JSON.parse(text));
    return clear.success && clear.data.id === id ? clear.data : null;
  } catch {
    return null; // torn: not even that is known
  }
}

/** The text of a message's notes. */
export const notesText = (id: string, notes: QuarantineNotes, vault: Vault): string =>
  vault.writesWith === null ? withCheck(JSON.stringify(notes)) : JSON.stringify({ sealed: vault.sealText('notes', id, JSON.stringify(notes)) });

/** Throws where they are torn or damaged, `CannotOpen` where they are sealed and cannot be opened. */
export function readNotes(text: string, id: string, vault: Vault): QuarantineNotes {
  const written: unknown = JSON.parse(sound(text));
  if (typeof written === 'object' && written !== null && 'sealed' in written) {
    return JSON.parse(vault.openText('notes', id, String(written.sealed))) as QuarantineNotes; // notesText wrote it
  }
  return written as QuarantineNotes; // as above
}

/** An object with its CRC-32C in front. What is sealed needs none; in clear one flipped bit makes another recipient of one. */
function withCheck(json: string): string {
  const rest = json.slice(1);
  return `{"check":"${checkOf(rest)}"${rest === '}' ? '' : ','}${rest}`;
}

/** The text without its check; as it is where it has none, as versions before wrote it. Throws where it is damaged. */
function sound(text: string): string {
  const found = /^\{"check":"([0-9a-f]{8})",?/.exec(text);
  if (found === null) return text;
  const rest = text.slice(found[0].length);
  if (checkOf(rest) !== found[1]) throw new Error('it is damaged: its check sum does not fit');
  return `{${rest}`;
}

const checkOf = (text: string): string => crc32c(Buffer.from(text)).toString(16).padStart(8, '0');

/** Our own program wrote it; the look is for files of another version, or put there by hand. */
const isItem = (value: unknown, id: string): value is QuarantineItem =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === 1 &&
  'id' in value &&
  value.id === id &&
  'recipients' in value &&
  Array.isArray(value.recipients);
