// The door's side of the quarantine: takes a message in, within the limits, and says so only when it is on the disk.
import type { Recorder } from '../../model/events.ts';
import { addressOf } from '../../model/mailbox.ts';
import type { HoldingPlace, HoldOutcome, HoldRequest, QuarantineItem } from '../../model/quarantine.ts';
import type { SharedStock } from '../../lib/shared-stock.ts';
import { freeSpaceGuard } from '../content-store.ts';
import { diskSteps, makeFolders, publishItem, type FolderSteps } from './item-folder.ts';

/** Of the configuration in force; times in milliseconds. */
export interface QuarantineLimits {
  readonly keepFor: number;
  readonly maxBytes: number;
  readonly maxMessages: number;
  readonly freeDisk: number;
}

export interface HoldingPlaceParts {
  /** `quarantine` in the state directory; made when missing. */
  readonly dir: string;
  /** What all doors have put there, and the keeper has not removed. */
  readonly stock: SharedStock;
  limits(): QuarantineLimits;
  readonly record: Recorder;
  /** A message is kept: the index must know. */
  kept(item: QuarantineItem): void;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly steps?: FolderSteps;
  /** Free bytes where `dir` is; default asks the system. */
  freeBytes?(dir: string): number;
}

/** The operator hears of trouble so often at most, in ms: each message that is put off is in the record anyway. */
const troubleEveryMs = 60_000;

export function createHoldingPlace(parts: HoldingPlaceParts): HoldingPlace {
  const { dir, stock, limits, kept, now, steps = diskSteps } = parts;
  makeFolders(dir);
  const guard = { dir, now, ...(parts.freeBytes === undefined ? {} : { freeBytes: parts.freeBytes }) };
  const sayFull = atMostEvery(now, (why) => parts.record({ type: 'quarantine-full', why, messages: stock.read().pieces, bytes: stock.read().bytes }));
  const sayBroken = atMostEvery(now, (why) => parts.record({ type: 'quarantine-broken', why }));
  const full = (why: string): HoldOutcome => {
    sayFull(why);
    return { kind: 'full', why };
  };
  const hasRoom = (bytes: number): boolean => freeSpaceGuard({ ...guard, freeDiskBytes: limits().freeDisk })(bytes);
  return {
    keep: async (hold) => {
      const { maxBytes, maxMessages, keepFor } = limits();
      const item = itemOf(hold, now(), keepFor);
      const limit = stock.take(item.wireBytes, { pieces: maxMessages, bytes: maxBytes });
      if (limit !== null) return full(limit === 'pieces' ? 'quarantine.maxMessages is reached' : 'quarantine.maxBytes is reached');
      if (!hasRoom(item.wireBytes)) {
        stock.giveBack(item.wireBytes);
        return full('the disk has less free than quarantine.freeDisk');
      }
      try {
        await publishItem(dir, item, hold.request.content.chunks(), steps);
      } catch (error) {
        stock.giveBack(item.wireBytes);
        const why = error instanceof Error ? error.message : String(error);
        sayBroken(`${item.id} could not be kept: ${why}`);
        return { kind: 'failed', why };
      }
      kept(item);
      return { kind: 'kept', id: item.id, expiresAt: item.expiresAt };
    },
  };
}

function atMostEvery(now: () => number, say: (why: string) => void): (why: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (why) => {
    if (now() - last < troubleEveryMs) return;
    last = now();
    say(why);
  };
}

function itemOf({ session, request, subject, messageId, because }: HoldRequest, at: number, keepForMs: number): QuarantineItem {
  const { reference, handover, route, from, parameters, recipients, prependedHeaders, content } = request;
  return {
    format: 1,
    id: reference,
    reference,
    session,
    queuedAt: at,
    expiresAt: at + keepForMs,
    from,
    recipients,
    parameters,
    handover,
    route: route.key,
    prependedHeaders,
    wireBytes: content.wireBytes,
    sha256: content.sha256,
    subject,
    messageId,
    because,
  };
}

/** Envelope addresses of an item as lists and events show them. */
export const addressesOf = ({ from, recipients }: Pick<QuarantineItem, 'from' | 'recipients'>): { readonly from: string; readonly to: readonly string[] } => ({
  from: addressOf(from),
  to: recipients.map(addressOf),
});
