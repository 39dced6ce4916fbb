// Who has mail in the quarantine that no letter has told of yet: looked through once a round, in portions, within a bound of recipients. A mailbox
// has one letter a round: whoever writes to it in a thousand spellings and subaddresses makes no flood of letters.
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { HeldRecord } from '../../model/quarantine.ts';
import { bareAddress } from './bare-address.ts';

/** What waits for one recipient. */
export interface Waiting {
  /** The newest, oldest of them first; as many as a letter has lines. */
  readonly newest: readonly HeldRecord[];
  /** All of them. */
  readonly count: number;
}

export interface GatherParts {
  /** Held messages in the order of their ids, behind `after`. */
  select(page: { readonly after: string | null; readonly limit: number }): Promise<readonly HeldRecord[]>;
  /** Of these messages those that a letter has told a recipient of. */
  told(ids: readonly string[]): Promise<readonly { readonly item: string; readonly recipient: string }[]>;
  /** The print by which recipients are known there. */
  print(address: string): string;
  /** A recipient gets letters: an address of ours. */
  isTold(address: string): boolean;
  /** Lines of a letter. */
  readonly lines: number;
}

/** Messages looked at in one go. */
const portion = 500;
/** Recipients in one round; others have their turn in the next, when these have been told. */
const mostRecipients = 20_000;

/** Mail that came in and waits for its recipients: not what a user of ours sent, what was only counted, or what its next hop does not want. */
export const isForRecipients = ({ user, check, refused, unreadable, state }: HeldRecord): boolean =>
  state === 'held' && user === null && !refused && unreadable === null && check !== 'sink-recipient' && check !== 'spool';

/** An address of a mailbox, without regard to its case. */
interface Turn extends Waiting {
  readonly key: string;
  /** As it was written first. */
  readonly address: string;
  readonly newest: HeldRecord[];
  count: number;
}

/** What waits for everybody, by address; of a mailbox the bare one, else the first of its subaddresses: the others have their turn later. */
export async function gatherWaiting(parts: GatherParts): Promise<ReadonlyMap<string, Waiting>> {
  const turns = new Map<string, Turn>();
  for (let after: string | null = null; ;) {
    const records = await parts.select({ after, limit: portion });
    const told = new Set((await parts.told(records.map(({ id }) => id))).map(({ item, recipient }) => `${item} ${recipient}`));
    for (const record of records.filter(isForRecipients)) {
      for (const [key, address] of spellings(record.to)) {
        if (!parts.isTold(address) || told.has(`${record.id} ${parts.print(address)}`)) continue;
        const turn = turnOf(turns, key, address);
        if (turn === null) continue;
        turn.count += 1;
        turn.newest.push(record);
        if (turn.newest.length > parts.lines) turn.newest.shift();
      }
    }
    const last = records.at(-1);
    if (last === undefined || records.length < portion) return new Map([...turns.values()].map((turn) => [turn.address, turn]));
    after = last.id;
    // The database answers at once, each time: without a pause nothing else would run until all of it is read.
    await letOthersRun();
  }
}

/** Each address once, in its first spelling. */
function spellings(to: readonly string[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  for (const address of to) if (!first.has(address.toLowerCase())) first.set(address.toLowerCase(), address);
  return first;
}

/** Null where it is not this address's turn. */
function turnOf(turns: Map<string, Turn>, key: string, address: string): Turn | null {
  const base = bareAddress(key);
  const known = turns.get(base);
  if (known?.key === key) return known;
  if (known === undefined ? turns.size >= mostRecipients : key !== base) return null;
  const turn: Turn = { key, address, newest: [], count: 0 };
  turns.set(base, turn);
  return turn;
}
