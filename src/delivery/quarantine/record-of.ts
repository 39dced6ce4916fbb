// A kept message as the index shows it, from what stands on the disk.
import { addressOf } from '../../model/mailbox.ts';
import type { HeldRecord, HeldState, QuarantineItem, QuarantineNotes } from '../../model/quarantine.ts';
import { decodeWords } from '../../wire/message/encoded-word.ts';
import { nothingKnown } from '../../store/held-row.ts';
import type { ClearEnvelope } from './envelope.ts';

/** Envelope addresses of an item as lists and events show them. */
export const addressesOf = ({ from, recipients }: Pick<QuarantineItem, 'from' | 'recipients'>): { readonly from: string; readonly to: readonly string[] } => ({
  from: addressOf(from),
  to: recipients.map(addressOf),
});

/** The row of an item; a release that nobody is at any more was broken off. */
export function recordOf(item: QuarantineItem, notes: QuarantineNotes, state: HeldState): HeldRecord {
  const { id, reference, queuedAt, wireBytes, handover, subject, messageId, because } = item;
  const release = notes.release ?? null;
  return {
    id,
    reference,
    state,
    queuedAt,
    expiresAt: notes.expiresAt ?? item.expiresAt,
    ...addressesOf(item),
    size: wireBytes,
    user: handover.user,
    ip: handover.client.ip,
    // People look for what they would read.
    subject: subject === null ? null : decodeWords(subject),
    messageId,
    ...because,
    release: release?.outcome === 'under-way' ? { ...release, outcome: 'interrupted', why: 'broken off; it may have been delivered' } : release,
    discarded: notes.discarded ?? null,
    refused: item.refused === true,
    virus: item.virus === true,
    unreadable: null,
  };
}

/** The row of one that cannot be opened: there it is, and counts. */
export const unreadableRecord = ({ id, queuedAt, expiresAt, wireBytes, refused }: ClearEnvelope, state: HeldState, why: string): HeldRecord => ({
  ...nothingKnown,
  id,
  reference: id,
  state,
  queuedAt,
  expiresAt,
  size: wireBytes,
  refused: refused === true,
  unreadable: why,
});
