// The keeper's side of the quarantine: an index over the folders, and what a person does with a message that is held. The folders are
// the truth: the index is compared with them at the start and wherever a door may not have had the time to tell.
import { ClockGuard } from '../../lib/clock-guard.ts';
import type { SharedStock } from '../../lib/shared-stock.ts';
import type { Recorder } from '../../model/events.ts';
import type { HeldRecord, HeldState, QuarantineItem, QuarantineNotes, ReleaseNote } from '../../model/quarantine.ts';
import { addressOf, type Mailbox } from '../../model/mailbox.ts';
import type { HeldFilter, HeldPage, QuarantineRepository } from '../../store/quarantine.ts';
import { contentPath, contentReader, makeFolders, moveItem, readItem, removeItem, sweepUnfinished, writeNotes, type ReadItem } from './item-folder.ts';
import { headerOf, previewContent, type Preview } from './preview.ts';
import { addressesOf, recordOf } from './record-of.ts';
import { compareWithFolders } from './comparison.ts';
import { releaseItem, type ReleaseParts } from './release.ts';
import { placeOf, totalsOf, type QuarantineTotals } from './totals.ts';
import { noVault, type Vault } from './vault.ts';

export interface QuarantineParts extends ReleaseParts {
  /** `quarantine` in the state directory. */
  readonly dir: string;
  readonly index: QuarantineRepository;
  readonly stock: SharedStock;
  /** The share of it that copies of refused mail take. */
  readonly refusedStock?: SharedStock;
  /** With what it is sealed; default: nothing is. */
  vault?(): Vault;
  readonly record: Recorder;
  /** Ids of messages whose release somebody was promised and that is not done yet: they do not expire. */
  promised(): Promise<ReadonlySet<string>>;
  /** Milliseconds a discarded message can be had back. */
  undoForMs(): number;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of any origin, which nobody sets. */
  steady(): number;
}

/** Messages that cannot be opened, and why not, of the first. */
export interface Unreadable {
  readonly messages: number;
  readonly why: string;
}

/**
 * `error` is one sentence for the operator; `isUncertain`: the next hop's answer was lost, and it may have the message; `isRefused`: it was refused
 * for good for all who have not got it.
 */
export type Handled =
  | { readonly ok: true; readonly record: HeldRecord }
  | { readonly ok: false; readonly error: string; readonly isUncertain?: boolean; readonly isRefused?: boolean };

/** Expired messages are looked for so often, in ms, and so many are removed in one go. */
const sweepEveryMs = 60_000;
const sweepAtOnce = 500;
/** So many are removed between two looks at what was promised. */
const removedAtOnce = 20;
/** A promised message is looked at again after so long, in ms. */
const promisedForMs = 24 * 3_600_000;
/** Damaged messages told of at most. */
const maxDamaged = 1000;
/** What a door writes now is younger; in ms. */
const unfinishedAfterMs = 3_600_000;

export class Quarantine {
  readonly #parts: QuarantineParts;
  readonly #clock: ClockGuard;
  /** Items that somebody is doing something with: nobody else does. Bounded by the operators' requests. */
  readonly #busy = new Set<string>();
  #totals: QuarantineTotals = totalsOf([]);
  #unreadable: Unreadable | null = null;
  #sweeping: NodeJS.Timeout | undefined;
  /** Something failed halfway: index and folders may not agree until they are compared. */
  #mayDiffer = false;
  /** Messages whose envelope cannot be read, as far as that was told. */
  readonly #damaged = new Set<string>();
  /** One comparison with the folders after the other. */
  #comparing: Promise<void> = Promise.resolve();

  constructor(parts: QuarantineParts) {
    this.#parts = parts;
    this.#clock = new ClockGuard(parts);
  }

  /** To be called before any door runs: clears what a crash left unfinished, and knows every message afterwards. */
  async start(): Promise<void> {
    makeFolders(this.#parts.dir);
    await sweepUnfinished(this.#parts.dir);
    await this.rescan();
    for (const sum of await this.#parts.index.sums()) {
      const stock = { pieces: sum.messages, bytes: sum.bytes };
      this.#parts.stock.add(stock);
      if (sum.refused) this.#parts.refusedStock?.add(stock);
    }
    this.#sweeping = setInterval(() => void this.sweep(), sweepEveryMs).unref();
  }

  close(): void {
    clearInterval(this.#sweeping);
  }

  totals(): QuarantineTotals {
    return this.#totals;
  }

  /** Null where all can be opened; as the folders were looked at last. */
  unreadable(): Unreadable | null {
    return this.#unreadable;
  }

  /** A door has kept a message. */
  async take(item: QuarantineItem): Promise<void> {
    await this.#guarded(item.id, async () => {
      if ((await this.#parts.index.find(item.id)) !== null) return;
      const record = recordOf(item, {}, 'held');
      await this.#parts.index.save(record);
      this.#count(record, 1);
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

  /** Null where there is no such message; rejects with `CannotOpen` where it is sealed. */
  preview(id: string): Promise<Preview | null> {
    return this.#look(id, previewContent);
  }

  /** The same with its header alone, which costs little whatever stands behind it. */
  header(id: string): Promise<readonly string[] | null> {
    return this.#look(id, headerOf);
  }

  /** Recipients who have not got it, as the index shows them; none where it is not held. */
  async waitingFor(id: string): Promise<readonly string[]> {
    const record = await this.find(id);
    if (record?.state !== 'held') return [];
    const { item, notes } = await this.#read('held', id);
    return addressesOf({ ...item, recipients: without(item.recipients, notes.delivered) }).to;
  }

  /** Delivers it, to the recipient `only` alone where one is named. What was not delivered to everybody stays, with the reason. */
  release(id: string, by: string, only?: string): Promise<Handled> {
    return this.#withItem(id, 'held', async (record) => {
      const { now } = this.#parts;
      const read = await this.#read('held', id);
      const { item, notes } = read;
      const waiting = without(item.recipients, notes.delivered);
      const to = only === undefined ? waiting : waiting.filter((each) => addressOf(each) === only);
      if (only !== undefined && to.length === 0) return { ok: false, error: `${id} does not wait for ${only}` };
      const note = (outcome: ReleaseNote['outcome'], why: string): ReleaseNote => ({ at: now(), by, outcome, why });
      // Should we die now, the next who looks is told that it may be there already.
      const begun = note('under-way', '');
      await this.#write('held', id, { ...notes, release: begun });
      await this.#parts.index.save({ ...record, release: begun });
      const released = await releaseItem(item, to, this.#contentOf(read, 'held'), this.#parts).catch((error: unknown) => ({
        delivered: [],
        left: to.map((each) => ({ to: each, why: String(error), isFinal: false })),
        said: reasonOf(error),
        isUncertain: false,
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
      await this.#write('held', id, kept);
      const saved = recordOf(item, kept, 'held');
      await this.#parts.index.save(saved);
      this.#tell(record, { ...told, outcome: why === '' ? 'delivered' : outcome, why: why === '' ? released.said : why });
      if (why === '') return { ok: true, record: saved }; // the others have not asked for it
      const others = outcome === 'partly' ? `${released.left.length} of its recipients have not got it: ` : '';
      return {
        ok: false,
        error: `${id} is still held: ${others}${why}`,
        isUncertain: released.isUncertain,
        isRefused: released.left.every(({ isFinal }) => isFinal),
      };
    });
  }

  /** Throws it away; `restore` brings it back for a while. */
  discard(id: string, by: string): Promise<Handled> {
    return this.#withItem(id, 'held', async (record) => {
      const { dir, now } = this.#parts;
      const { item, notes } = await this.#read('held', id);
      const discarded = { ...notes, discarded: { at: now(), by } };
      await this.#write('held', id, discarded);
      await moveItem(dir, id, 'held', 'trash');
      const saved = await this.#moved(record, recordOf(item, discarded, 'trash'));
      this.#tell(record, { type: 'quarantine-discarded', by });
      return { ok: true, record: saved };
    });
  }

  restore(id: string, by: string): Promise<Handled> {
    return this.#withItem(id, 'trash', async (record) => {
      const { dir, now, undoForMs } = this.#parts;
      const { item, notes } = await this.#read('trash', id);
      const { discarded: _, ...before } = notes;
      // What would have expired meanwhile must not go the moment it is back.
      const expiresAt = Math.max(notes.expiresAt ?? item.expiresAt, now() + undoForMs());
      const restored: QuarantineNotes = expiresAt > item.expiresAt ? { ...before, expiresAt } : before;
      await this.#write('trash', id, restored);
      await moveItem(dir, id, 'trash', 'held');
      const saved = await this.#moved(record, recordOf(item, restored, 'held'));
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
      if (!this.#clock.isBelieved()) return;
      const ended = await index.ended(now(), now() - undoForMs(), sweepAtOnce);
      for (let at = 0; at < ended.length; at += removedAtOnce) {
        const promised = await this.#parts.promised();
        for (const { id, state } of ended.slice(at, at + removedAtOnce)) {
          await this.#withItem(id, state, (record) => (state === 'held' && promised.has(id) ? this.#prolong(record) : this.#expire(record)));
        }
      }
    });
  }

  async #expire(record: HeldRecord): Promise<Handled> {
    await this.#remove(record);
    this.#tell(record, { type: 'quarantine-expired', state: record.state, from: record.from, recipients: record.to, bytes: record.size });
    return { ok: true, record };
  }

  /** Its release was promised, and the next hop has not taken it yet. */
  async #prolong({ id }: HeldRecord): Promise<Handled> {
    const { item, notes } = await this.#read('held', id);
    const prolonged = { ...notes, expiresAt: this.#parts.now() + promisedForMs };
    await this.#write('held', id, prolonged);
    const record = recordOf(item, prolonged, 'held');
    await this.#parts.index.save(record);
    return { ok: true, record };
  }

  /** One after the other: two operators must not deliver a message twice. */
  async #withItem(id: string, state: HeldState, act: (record: HeldRecord) => Promise<Handled>): Promise<Handled> {
    if (this.#busy.has(id)) return { ok: false, error: `somebody is at work on ${id} already` };
    this.#busy.add(id);
    try {
      const record = await this.find(id);
      if (record === null) return { ok: false, error: `there is no ${id} in the quarantine; floodgate explain ${id} tells what became of it` };
      if (record.state !== state) return { ok: false, error: state === 'held' ? `${id} is discarded; undo that first` : `${id} is not discarded` };
      return await act(record);
    } catch (error) {
      const why = reasonOf(error);
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
      this.#parts.record({ type: 'quarantine-broken', why: `${what}: ${reasonOf(error)}` });
    }
  }

  get #vault(): Vault {
    return this.#parts.vault?.() ?? noVault;
  }

  #read(state: HeldState, id: string): Promise<ReadItem> {
    return readItem(this.#parts.dir, state, id, this.#vault);
  }

  #write(state: HeldState, id: string, notes: QuarantineNotes): Promise<void> {
    return writeNotes(this.#parts.dir, state, id, notes, { vault: this.#vault });
  }

  async #look<T>(id: string, read: (content: AsyncIterable<Buffer>) => Promise<T>): Promise<T | null> {
    const record = await this.find(id);
    return record === null ? null : read(this.#contentOf(await this.#read(record.state, id), record.state)());
  }

  #contentOf(read: ReadItem, state: HeldState): () => AsyncIterable<Buffer> {
    return contentReader(read, contentPath(this.#parts.dir, state, read.item.id), this.#vault);
  }

  async #moved(before: HeldRecord, record: HeldRecord): Promise<HeldRecord> {
    await this.#parts.index.save(record);
    this.#count(before, -1);
    this.#count(record, 1);
    return record;
  }

  async #remove(record: HeldRecord): Promise<void> {
    await removeItem(this.#parts.dir, record.id, record.state);
    await this.#parts.index.remove(record.id);
    this.#parts.stock.giveBack(record.size);
    if (record.refused) this.#parts.refusedStock?.giveBack(record.size);
    this.#count(record, -1);
  }

  #count({ state, refused, size }: Pick<HeldRecord, 'state' | 'refused' | 'size'>, messages: 1 | -1): void {
    const place = placeOf({ state, refused });
    const before = this.#totals[place];
    this.#totals = { ...this.#totals, [place]: { messages: before.messages + messages, bytes: before.bytes + messages * size } };
  }

  async #compare(): Promise<void> {
    const { dir, index, now, undoForMs } = this.#parts;
    const unreadable = await compareWithFolders({
      dir,
      index,
      isBusy: (id) => this.#busy.has(id),
      read: (state, id) => this.#read(state, id),
      damaged: (id, error) => this.#tellDamaged(id, error),
      goneNotBefore: now() + undoForMs(),
    });
    this.#totals = totalsOf(await index.sums());
    const [why] = unreadable;
    const before = this.#unreadable;
    this.#unreadable = why === undefined ? null : { messages: unreadable.length, why };
    if (this.#unreadable === null || (before?.messages === unreadable.length && before.why === why)) return;
    this.#parts.record({ type: 'quarantine-broken', why: `${unreadable.length} kept messages cannot be opened, and stay: ${why}` });
  }

  /** Once each: it stays where it is, and is looked at again whenever the folders are. */
  #tellDamaged(id: string, error: unknown): void {
    if (this.#damaged.has(id) || this.#damaged.size >= maxDamaged) return;
    this.#damaged.add(id);
    this.#parts.record({ type: 'quarantine-broken', why: `${id} cannot be read: ${reasonOf(error)}` });
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

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
