// The keeper's side of the quarantine: an index over the folders, and what a person does with a message that is held. The folders are
// the truth: the index is compared with them at the start and wherever a door may not have had the time to tell.
import type { SharedStock } from '../../lib/shared-stock.ts';
import type { Recorder } from '../../model/events.ts';
import type { HeldRecord, HeldState, QuarantineItem, QuarantineNotes, ReleaseNote } from '../../model/quarantine.ts';
import type { HeldFilter, HeldPage, HeldTotals, QuarantineRepository } from '../../store/quarantine.ts';
import { addressOf, type Mailbox } from '../../model/mailbox.ts';
import { addressesOf } from './holding-place.ts';
import { contentPath, itemIds, makeFolders, moveItem, readItem, removeItem, stateOfItem, sweepUnfinished, writeNotes } from './item-folder.ts';
import { previewFile, type Preview } from './preview.ts';
import { releaseItem, type ReleaseParts } from './release.ts';

export interface QuarantineParts extends ReleaseParts {
  /** `quarantine` in the state directory. */
  readonly dir: string;
  readonly index: QuarantineRepository;
  readonly stock: SharedStock;
  readonly record: Recorder;
  /** Milliseconds a discarded message can be had back. */
  undoForMs(): number;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** `error` is one sentence for the operator. */
export type Handled = { readonly ok: true; readonly record: HeldRecord } | { readonly ok: false; readonly error: string };

/** Expired messages are looked for so often, in ms, and so many are removed in one go. */
const sweepEveryMs = 60_000;
const sweepAtOnce = 500;
/** Messages read at the same time where the index must be made anew. */
const readAtOnce = 64;
/** Damaged messages told of at most. */
const maxDamaged = 1000;
/** What a door writes now is younger; in ms. */
const unfinishedAfterMs = 3_600_000;

export class Quarantine {
  readonly #parts: QuarantineParts;
  /** Items that somebody is doing something with: nobody else does. Bounded by the operators' requests. */
  readonly #busy = new Set<string>();
  #totals: Record<HeldState, HeldTotals> = { held: { messages: 0, bytes: 0 }, trash: { messages: 0, bytes: 0 } };
  #sweeping: NodeJS.Timeout | undefined;
  /** Something failed halfway: index and folders may not agree until they are compared. */
  #mayDiffer = false;
  /** Messages whose envelope cannot be read, as far as that was told. */
  readonly #damaged = new Set<string>();
  /** One comparison with the folders after the other. */
  #comparing: Promise<void> = Promise.resolve();

  constructor(parts: QuarantineParts) {
    this.#parts = parts;
  }

  /** To be called before any door runs: clears what a crash left unfinished, and knows every message afterwards. */
  async start(): Promise<void> {
    makeFolders(this.#parts.dir);
    await sweepUnfinished(this.#parts.dir);
    await this.rescan();
    const { held, trash } = this.#totals;
    this.#parts.stock.add({ pieces: held.messages + trash.messages, bytes: held.bytes + trash.bytes });
    this.#sweeping = setInterval(() => void this.sweep(), sweepEveryMs).unref();
  }

  close(): void {
    clearInterval(this.#sweeping);
  }

  totals(): Readonly<Record<HeldState, HeldTotals>> {
    return this.#totals;
  }

  /** A door has kept a message. */
  async take(item: QuarantineItem): Promise<void> {
    await this.#guarded(item.id, async () => {
      if ((await this.#parts.index.find(item.id)) !== null) return;
      await this.#parts.index.save(recordOf(item, {}, 'held'));
      this.#count('held', 1, item.wireBytes);
    });
  }

  /** Compares the index with the folders, and makes it agree. */
  rescan(): Promise<void> {
    return (this.#comparing = this.#comparing.then(() => this.#guarded('the index', () => this.#compare())));
  }

  find(id: string): Promise<HeldRecord | null> {
    return this.#parts.index.find(id);
  }

  select(filter: HeldFilter, page: HeldPage): Promise<readonly HeldRecord[]> {
    return this.#parts.index.select(filter, page);
  }

  /** Null where there is no such message. */
  async preview(id: string): Promise<Preview | null> {
    const record = await this.find(id);
    return record === null ? null : previewFile(contentPath(this.#parts.dir, record.state, id));
  }

  /** Recipients who have not got it, as the index shows them; none where it is not held. */
  async waitingFor(id: string): Promise<readonly string[]> {
    const record = await this.find(id);
    if (record?.state !== 'held') return [];
    const { item, notes } = await readItem(this.#parts.dir, 'held', id);
    return addressesOf({ ...item, recipients: without(item.recipients, notes.delivered) }).to;
  }

  /** Delivers it, to the recipient `only` alone where one is named. What was not delivered to everybody stays, with the reason. */
  release(id: string, by: string, only?: string): Promise<Handled> {
    return this.#withItem(id, 'held', async (record) => {
      const { dir, now } = this.#parts;
      const { item, notes } = await readItem(dir, 'held', id);
      const waiting = without(item.recipients, notes.delivered);
      const to = only === undefined ? waiting : waiting.filter((each) => addressOf(each) === only);
      if (only !== undefined && to.length === 0) return { ok: false, error: `${id} does not wait for ${only}` };
      const note = (outcome: ReleaseNote['outcome'], why: string): ReleaseNote => ({ at: now(), by, outcome, why });
      // Should we die now, the next who looks is told that it may be there already.
      const begun = note('under-way', '');
      await writeNotes(dir, 'held', id, { ...notes, release: begun });
      await this.#parts.index.save({ ...record, release: begun });
      const released = await releaseItem(item, to, contentPath(dir, 'held', id), this.#parts).catch((error: unknown) => ({
        delivered: [],
        left: to.map((each) => ({ to: each, why: String(error) })),
        said: error instanceof Error ? error.message : String(error),
      }));
      const told = { type: 'quarantine-released', by, ...(only === undefined ? {} : { to: only }) } as const;
      if (released.left.length === 0 && to.length === waiting.length) {
        await this.#remove(record);
        this.#tell(record, { ...told, outcome: 'delivered', why: released.said });
        return { ok: true, record: { ...record, release: null } };
      }
      const delivered = [...(notes.delivered ?? []), ...released.delivered.map(({ text }) => text)];
      const why = [...new Set(released.left.map((each) => each.why))].slice(0, 3).join('; ');
      const outcome = delivered.length > 0 ? 'partly' : 'failed';
      const { release: _, ...before } = notes;
      const kept = { ...before, ...(delivered.length === 0 ? {} : { delivered }), ...(why === '' ? {} : { release: note(outcome, why) }) };
      await writeNotes(dir, 'held', id, kept);
      const saved = recordOf(item, kept, 'held');
      await this.#parts.index.save(saved);
      this.#tell(record, { ...told, outcome: why === '' ? 'delivered' : outcome, why: why === '' ? released.said : why });
      if (why === '') return { ok: true, record: saved }; // the others have not asked for it
      return { ok: false, error: `${id} is still held: ${outcome === 'partly' ? `${released.left.length} of its recipients have not got it: ` : ''}${why}` };
    });
  }

  /** Throws it away; `restore` brings it back for a while. */
  discard(id: string, by: string): Promise<Handled> {
    return this.#withItem(id, 'held', async (record) => {
      const { dir, now } = this.#parts;
      const { item, notes } = await readItem(dir, 'held', id);
      const discarded = { ...notes, discarded: { at: now(), by } };
      await writeNotes(dir, 'held', id, discarded);
      await moveItem(dir, id, 'held', 'trash');
      const saved = await this.#moved(recordOf(item, discarded, 'trash'), 'held');
      this.#tell(record, { type: 'quarantine-discarded', by });
      return { ok: true, record: saved };
    });
  }

  restore(id: string, by: string): Promise<Handled> {
    return this.#withItem(id, 'trash', async (record) => {
      const { dir, now, undoForMs } = this.#parts;
      const { item, notes } = await readItem(dir, 'trash', id);
      const { discarded: _, ...before } = notes;
      // What would have expired meanwhile must not go the moment it is back.
      const expiresAt = Math.max(notes.expiresAt ?? item.expiresAt, now() + undoForMs());
      const restored: QuarantineNotes = expiresAt > item.expiresAt ? { ...before, expiresAt } : before;
      await writeNotes(dir, 'trash', id, restored);
      await moveItem(dir, id, 'trash', 'held');
      const saved = await this.#moved(recordOf(item, restored, 'held'), 'trash');
      this.#tell(record, { type: 'quarantine-restored', by });
      return { ok: true, record: saved };
    });
  }

  /** Removes what is over; puts right what failed before. */
  async sweep(): Promise<void> {
    const { dir, index, now, undoForMs } = this.#parts;
    if (this.#mayDiffer) {
      this.#mayDiffer = false;
      await this.rescan();
    }
    await this.#guarded('the sweep', async () => {
      await sweepUnfinished(dir, unfinishedAfterMs);
      for (const over of await index.ended(now(), now() - undoForMs(), sweepAtOnce)) {
        await this.#withItem(over.id, over.state, async (record) => {
          await this.#remove(record);
          this.#tell(record, { type: 'quarantine-expired', state: record.state, from: record.from, recipients: record.to, bytes: record.size });
          return { ok: true, record };
        });
      }
    });
  }

  /** One after the other: two operators must not deliver a message twice. */
  async #withItem(id: string, state: HeldState, act: (record: HeldRecord) => Promise<Handled>): Promise<Handled> {
    if (this.#busy.has(id)) return { ok: false, error: `somebody is at work on ${id} already` };
    this.#busy.add(id);
    try {
      const record = await this.find(id);
      if (record === null) return { ok: false, error: `there is no ${id} in the quarantine` };
      if (record.state !== state) return { ok: false, error: state === 'held' ? `${id} is discarded; undo that first` : `${id} is not discarded` };
      return await act(record);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#parts.record({ type: 'quarantine-broken', why: `${id}: ${why}` });
      this.#mayDiffer = true;
      return { ok: false, error: `${id}: ${why}` };
    } finally {
      this.#busy.delete(id);
    }
  }

  async #guarded(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#mayDiffer = true;
      this.#parts.record({ type: 'quarantine-broken', why: `${what}: ${error instanceof Error ? error.message : String(error)}` });
    }
  }

  async #moved(record: HeldRecord, from: HeldState): Promise<HeldRecord> {
    await this.#parts.index.save(record);
    this.#count(from, -1, -record.size);
    this.#count(record.state, 1, record.size);
    return record;
  }

  async #remove(record: HeldRecord): Promise<void> {
    await removeItem(this.#parts.dir, record.id, record.state);
    await this.#parts.index.remove(record.id);
    this.#parts.stock.giveBack(record.size);
    this.#count(record.state, -1, -record.size);
  }

  #count(state: HeldState, messages: number, bytes: number): void {
    const before = this.#totals[state];
    this.#totals[state] = { messages: before.messages + messages, bytes: before.bytes + bytes };
  }

  async #compare(): Promise<void> {
    const { dir, index } = this.#parts;
    const known = new Map((await index.all()).map((row) => [row.id, row]));
    for (const state of ['held', 'trash'] as const) {
      const differ: string[] = [];
      for (const id of await itemIds(dir, state)) {
        const row = known.get(id);
        known.delete(id);
        // A release that was under way when we died: only now is it known that nobody works on it.
        const agrees = row?.state === state && !row.isUnderWay;
        if (!agrees && !this.#busy.has(id)) differ.push(id);
      }
      for (let at = 0; at < differ.length; at += readAtOnce) await this.#readIn(differ.slice(at, at + readAtOnce), state);
    }
    // What was moved while we looked was seen in neither place.
    for (const id of known.keys()) if (!this.#busy.has(id) && (await stateOfItem(dir, id)) === null) await index.remove(id);
    this.#totals = { ...(await index.totals()) };
  }

  async #readIn(ids: readonly string[], state: HeldState): Promise<void> {
    const records: HeldRecord[] = [];
    const read = async (id: string): Promise<void> => {
      const { item, notes } = await readItem(this.#parts.dir, state, id);
      records.push(recordOf(item, notes, state));
    };
    await Promise.all(ids.map((id) => read(id).catch((error: unknown) => this.#tellDamaged(id, error))));
    await this.#parts.index.saveAll(records);
  }

  /** Once each: it stays where it is, and is looked at again whenever the folders are. */
  #tellDamaged(id: string, error: unknown): void {
    if (this.#damaged.has(id) || this.#damaged.size >= maxDamaged) return;
    this.#damaged.add(id);
    this.#parts.record({ type: 'quarantine-broken', why: `${id} cannot be read: ${error instanceof Error ? error.message : String(error)}` });
  }

  #tell(record: HeldRecord, fate: Fate): void {
    const session = record.reference.slice(0, record.reference.indexOf('-'));
    this.#parts.record({ ...fate, session, ip: record.ip, ref: record.reference });
  }
}

const without = (recipients: readonly Mailbox[], delivered: readonly string[] = []): readonly Mailbox[] =>
  recipients.filter(({ text }) => !delivered.includes(text));

type Body = Parameters<Recorder>[0];
type FateOf<T> = T extends { readonly session: string } ? Omit<T, 'session' | 'ip' | 'ref'> : never;
type Fate = FateOf<Extract<Body, { readonly type: 'quarantine-released' | 'quarantine-discarded' | 'quarantine-restored' | 'quarantine-expired' }>>;

/** The row of an item as it stands on the disk; a release that nobody is at any more was broken off. */
function recordOf(item: QuarantineItem, notes: QuarantineNotes, state: HeldState): HeldRecord {
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
    subject,
    messageId,
    ...because,
    release: release?.outcome === 'under-way' ? { ...release, outcome: 'interrupted', why: 'broken off; it may have been delivered' } : release,
    discarded: notes.discarded ?? null,
  };
}
