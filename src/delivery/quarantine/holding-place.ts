// The door's side of the quarantine: takes a message in, within the limits, and says so only when it is on the disk.
import type { Recorder } from '../../model/events.ts';
import type { HoldingPlace, HoldRequest, QuarantineItem } from '../../model/quarantine.ts';
import type { SharedStock } from '../../lib/shared-stock.ts';
import { freeSpace } from '../content-store.ts';
import type { FairShare } from '../fair-share.ts';
import { makeFolders, publishItem, type FolderSteps } from './item-folder.ts';
import { noVault, type Vault } from './vault.ts';

/** Of the configuration in force; times in milliseconds. */
export interface QuarantineLimits {
  readonly keepFor: number;
  readonly maxBytes: number;
  readonly maxMessages: number;
  readonly freeDisk: number;
  /** Copies of refused mail: how long, and which per cent of the limits they may take. */
  readonly refusedFor: number;
  readonly refusedShare: number;
}

export interface HoldingPlaceParts {
  /** `quarantine` in the state directory; made when missing. */
  readonly dir: string;
  /** What all doors have put there, and the keeper has not removed. */
  readonly stock: SharedStock;
  /** The part of it that copies of refused mail take; where there is none, no copy is kept. */
  readonly refusedStock?: SharedStock;
  /** What one network or recipient may take; default: all of it. Copies of refused mail have a share of their own. */
  readonly shares?: FairShare;
  /** With what it is sealed; default: nothing is. */
  vault?(): Vault;
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
/** Copies of refused mail that are written at once. No client waits for them long, so nothing else bounds what a disk that hangs leaves in memory. */
const mostCopiesAtOnce = 32;

export function createHoldingPlace(parts: HoldingPlaceParts): HoldingPlace {
  const { dir, stock, limits, kept, now } = parts;
  makeFolders(dir);
  const free = freeSpace({ dir, now, ...(parts.freeBytes === undefined ? {} : { freeBytes: parts.freeBytes }) });
  const sayFull = atMostEvery(now, (why) => parts.record({ type: 'quarantine-full', why, messages: stock.read().pieces, bytes: stock.read().bytes }));
  const sayBroken = atMostEvery(now, (why) => parts.record({ type: 'quarantine-broken', why }));
  const hasRoom = (bytes: number): boolean => free() - bytes >= limits().freeDisk;
  const giveBack = (item: QuarantineItem): void => {
    stock.giveBack(item.wireBytes);
    if (item.refused) parts.refusedStock?.giveBack(item.wireBytes);
  };
  let copies = 0;
  const keep: HoldingPlace['keep'] = async (hold) => {
    const { keepFor, refusedFor } = limits();
    const item = itemOf(hold, now(), hold.refused ? refusedFor : keepFor);
    const most = { pieces: limits().maxMessages, bytes: limits().maxBytes };
    const usedUp = hold.refused ? null : (parts.shares?.usedUp(hold.request, stock.read(), most) ?? null);
    const limit = usedUp ?? takeRoom(item, limits(), parts);
    const isDiskFull = limit === null && !hasRoom(item.wireBytes);
    if (isDiskFull) giveBack(item);
    const why = isDiskFull ? 'the disk has less free than quarantine.freeDisk' : limit;
    if (why !== null) {
      if (!hold.refused) sayFull(why); // nobody waits for a copy of what is refused
      return { kind: 'full', why };
    }
    try {
      await publishItem(dir, item, hold.request.content.chunks(), { ...(parts.steps && { steps: parts.steps }), vault: parts.vault?.() ?? noVault });
    } catch (error) {
      giveBack(item);
      const failure = error instanceof Error ? error.message : String(error);
      sayBroken(`${item.id} could not be kept: ${failure}`);
      return { kind: 'failed', why: failure };
    }
    if (!hold.refused) parts.shares?.count(hold.request, most);
    kept(item);
    return { kind: 'kept', id: item.id, expiresAt: item.expiresAt };
  };
  return {
    keep: async (hold) => {
      if (!hold.refused) return keep(hold);
      if (copies >= mostCopiesAtOnce) return { kind: 'full', why: `${mostCopiesAtOnce} copies of refused mail are being written: the disk is too slow` };
      copies += 1;
      return keep(hold).finally(() => (copies -= 1));
    },
  };
}

/** Takes room within the limits; names the one that leaves none, and then nothing is taken. */
function takeRoom({ wireBytes, refused }: QuarantineItem, limits: QuarantineLimits, { stock, refusedStock }: HoldingPlaceParts): string | null {
  const { maxMessages, maxBytes, refusedShare } = limits;
  if (refused) {
    const share = { pieces: Math.floor((maxMessages * refusedShare) / 100), bytes: Math.floor((maxBytes * refusedShare) / 100) };
    if (refusedStock === undefined || refusedStock.take(wireBytes, share) !== null) return 'quarantine.refusedShare is reached';
  }
  const limit = stock.take(wireBytes, { pieces: maxMessages, bytes: maxBytes });
  if (limit === null) return null;
  if (refused) refusedStock?.giveBack(wireBytes);
  return limit === 'pieces' ? 'quarantine.maxMessages is reached' : 'quarantine.maxBytes is reached';
}

function atMostEvery(now: () => number, say: (why: string) => void): (why: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (why) => {
    if (now() - last < troubleEveryMs) return;
    last = now();
    say(why);
  };
}

function itemOf({ session, request, subject, messageId, because, refused, virus }: HoldRequest, at: number, keepForMs: number): QuarantineItem {
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
    ...(refused && { refused }),
    ...(virus && { virus }),
  };
}
