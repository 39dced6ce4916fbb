// The door's side of the spool: takes a message in, within the limits, and says so only when it is on the disk.
import { mkdirSync } from 'node:fs';
import type { Recorder } from '../../model/events.ts';
import { addressOf } from '../../model/mailbox.ts';
import type { SpoolEnvelope, SpoolItem, SpoolOutcome, SpoolPlace, SpoolRequest } from '../../model/spool.ts';
import type { SharedStock } from '../../lib/shared-stock.ts';
import { freeSpace } from '../content-store.ts';
import type { FairShare } from '../fair-share.ts';
import { itemOf } from './record.ts';
import type { SegmentSteps } from './segment-file.ts';
import { SegmentWriter } from './segment-writer.ts';

/** Of the configuration in force; times in milliseconds. */
export interface SpoolLimits {
  readonly maxBytes: number;
  readonly maxMessages: number;
  readonly freeDisk: number;
}

export interface SpoolPlaceParts {
  /** `spool` in the state directory; made when missing. */
  readonly dir: string;
  /** The name of this door: nobody else writes segments of that name. */
  readonly name: string;
  /** What waits in all; all doors together keep the limits. */
  readonly stock: SharedStock;
  /** What one network or recipient may take; default: all of it. */
  readonly shares?: FairShare;
  limits(): SpoolLimits;
  /** How long mail of a route is kept, in ms. */
  keepForMs(route: string): number;
  readonly record: Recorder;
  /** These are kept, all by one flush: the keeper delivers them. */
  kept(items: readonly SpoolItem[]): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of any origin, which nobody sets. */
  steady(): number;
  readonly segmentBytes?: number;
  readonly steps?: SegmentSteps;
  /** Free bytes where `dir` is; default asks the system. */
  freeBytes?(dir: string): number;
}

/** Bytes: one message that waits for long keeps a whole segment on the disk, and 64 MiB are read in half a second. */
const usualSegmentBytes = 64 * 1024 ** 2;
/** The operator hears of trouble so often at most, in ms. */
const troubleEveryMs = 60_000;

export interface OpenSpoolPlace extends SpoolPlace {
  close(): Promise<void>;
}

export function createSpoolPlace(parts: SpoolPlaceParts): OpenSpoolPlace {
  const { dir, name, stock, limits, kept, now, steady, record, segmentBytes = usualSegmentBytes } = parts;
  mkdirSync(dir, { recursive: true, mode: 0o750 });
  const writer = new SegmentWriter({
    dir,
    name,
    segmentBytes,
    steady,
    ...(parts.steps === undefined ? {} : { steps: parts.steps }),
    kept: (records) => kept(records.map(({ envelope, spot }) => itemOf(envelope, spot))),
  });
  const free = freeSpace({ dir, now: steady, ...(parts.freeBytes === undefined ? {} : { freeBytes: parts.freeBytes }) });
  let toldAt = Number.NEGATIVE_INFINITY;
  const isToldNow = (): boolean => {
    if (steady() - toldAt < troubleEveryMs) return false;
    toldAt = steady();
    return true;
  };
  const full = (why: string): SpoolOutcome => {
    if (isToldNow()) record({ type: 'spool-full', why, messages: stock.read().pieces, bytes: stock.read().bytes });
    return { kind: 'full', why };
  };
  return {
    keep: async (message) => {
      const { maxBytes, maxMessages, freeDisk } = limits();
      const envelope = envelopeOf(message, now(), parts.keepForMs(message.request.route.key));
      if (free() - envelope.wireBytes < freeDisk) return full('the disk has less free than spool.freeDisk');
      const usedUp = parts.shares?.usedUp(message.request, stock.read(), { pieces: maxMessages, bytes: maxBytes }) ?? null;
      if (usedUp !== null) return full(usedUp);
      const limit = stock.take(envelope.wireBytes, { pieces: maxMessages, bytes: maxBytes });
      if (limit !== null) return full(limit === 'pieces' ? 'spool.maxMessages is reached' : 'spool.maxBytes is reached');
      try {
        await writer.add(envelope, message.request.content);
      } catch (error) {
        stock.giveBack(envelope.wireBytes);
        const why = error instanceof Error ? error.message : String(error);
        if (isToldNow()) record({ type: 'spool-broken', why: `${envelope.id} could not be kept: ${why}` });
        return { kind: 'failed', why };
      }
      parts.shares?.count(message.request, { pieces: maxMessages, bytes: maxBytes });
      return { kind: 'spooled', expiresAt: envelope.expiresAt };
    },
    close: () => writer.close(),
  };
}

const envelopeOf = (
  { session, request, sender = request.from, proven, subject, messageId, class: ofClass, why }: SpoolRequest,
  at: number,
  keepForMs: number,
): SpoolEnvelope => ({
  format: 1,
  id: request.reference,
  session,
  queuedAt: at,
  expiresAt: at + keepForMs,
  class: ofClass,
  why,
  from: request.from,
  ...(addressOf(sender) === addressOf(request.from) ? {} : { sender }),
  recipients: request.recipients,
  parameters: request.parameters,
  handover: request.handover,
  route: request.route.key,
  prependedHeaders: request.prependedHeaders,
  wireBytes: request.content.wireBytes,
  sha256: request.content.sha256,
  subject,
  messageId,
  proven,
});
