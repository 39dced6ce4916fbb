// Who has mail in the quarantine that no letter has told of yet: looked through once a round, in portions, within a bound of recipients.
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { HeldRecord } from '../../model/quarantine.ts';

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

/** What waits for everybody, by address. */
export async function gatherWaiting(parts: GatherParts): Promise<ReadonlyMap<string, Waiting>> {
  const waiting = new Map<string, { newest: HeldRecord[]; count: number }>();
  for (let after: string | null = null; ;) {
    const records = await parts.select({ after, limit: portion });
    const told = new Set((await parts.told(records.map(({ id }) => id))).map(({ item, recipient }) => `${item} ${recipient}`));
    for (const record of records.filter(isForRecipients)) {
      for (const address of new Set(record.to)) {
        if (!parts.isTold(address) || told.has(`${record.id} ${parts.print(address)}`)) continue;
        const known = waiting.get(address);
        if (known === undefined && waiting.size >= mostRecipients) continue;
        const one = known ?? { newest: [], count: 0 };
        if (known === undefined) waiting.set(address, one);
        one.count += 1;
        one.newest.push(record);
        if (one.newest.length > parts.lines) one.newest.shift();
      }
    }
    const last = records.at(-1);
    if (last === undefined || records.length < portion) return waiting;
    after = last.id;
    // The database answers at once, each time: without a pause nothing else would run until all of it is read.
    await letOthersRun();
  }
}
