// What an earlier run was killed in the middle of: a letter that was being handed over. Nobody knows whether it arrived, so it is counted and told
// of, not sent again; what it names stays held, and the next round lists it again (docs/adr/release-by-mail.md).
import type { Recorder } from '../../model/events.ts';
import type { HeldRecord } from '../../model/quarantine.ts';

/** As the database has it; the recipient is a print. */
interface UnderWay {
  readonly letter: string;
  readonly recipient: string;
  readonly items: readonly string[];
}

export interface UnderWayParts {
  underWay(): Promise<readonly UnderWay[]>;
  settle(letter: string): Promise<void>;
  find(id: string): Promise<Pick<HeldRecord, 'to'> | null>;
  print(address: string): string;
  readonly record: Recorder;
}

/** Tells of each such letter once; gives their number. */
export async function tellOfUnderWay({ underWay, settle, find, print, record }: UnderWayParts): Promise<number> {
  const letters = await underWay();
  for (const { letter, recipient, items } of letters) {
    const held = await Promise.all(items.map(find));
    const to = held.flatMap((each) => each?.to ?? []).find((address) => print(address) === recipient);
    const why = `killed while letter ${letter} was handed over: it may have arrived; what it names is listed again in the next round`;
    // Without an address where nothing of it is held any more: then nobody misses it.
    record({ type: 'digest-failed', to: to ?? 'a recipient of mail that is held no more', why, uncertain: true });
    await settle(letter);
  }
  return letters.length;
}
