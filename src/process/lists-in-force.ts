// The operators' lists as the keeper holds them: files and database, the desk that changes them, and the snapshot in force.
import type { Config } from '../config/options.ts';
import { createListDesk, type ListDesk } from '../facts/list-desk.ts';
import { createListKeeper, type ListKeeper, type ListsRead } from '../facts/list-keeper.ts';
import { compileLists, type ListsSnapshot } from '../facts/lists.ts';
import type { Recorder } from '../model/events.ts';
import { createListEntries } from '../store/list-entries.ts';
import type { Store } from '../store/open.ts';

export interface ListsInForce {
  snapshot(): ListsSnapshot;
  /** Commands and queries; always those of the configuration in force. */
  readonly desk: ListDesk;
  /** Lists whose file cannot be used as it is, until it can. */
  trouble(): readonly string[];
  /** The configuration names other lists now. */
  reload(lists: Config['lists']): Promise<void>;
  close(): void;
}

export interface ListsParts {
  readonly store: Store;
  readonly lists: Config['lists'];
  readonly record: Recorder;
  changed(snapshot: ListsSnapshot): void;
}

/** Reads every list; resolves when the first snapshot is there. */
export async function openListsInForce({ store, lists: first, record, changed }: ListsParts): Promise<ListsInForce> {
  const repository = createListEntries(store.queries);
  let snapshot: ListsSnapshot = compileLists([]);
  const keep = (lists: Config['lists'], before?: ListsRead): ListKeeper =>
    createListKeeper({
      lists,
      ...(before === undefined ? {} : { before }),
      repository,
      record,
      now: Date.now,
      onSnapshot: (next) => {
        snapshot = next;
        changed(next);
      },
    });
  let keeper = keep(first);
  await keeper.start();
  const desk = (): ListDesk => createListDesk({ repository, keeper, record, now: Date.now });
  return {
    snapshot: () => snapshot,
    desk: { show: () => desk().show(), add: (raw, by) => desk().add(raw, by), remove: (raw, by) => desk().remove(raw, by) },
    trouble: () => keeper.status().flatMap(({ list, trouble }) => (trouble === null ? [] : [`list ${list}: ${trouble}`])),
    reload: async (lists) => {
      keeper.stop();
      keeper = keep(lists, keeper.read());
      await keeper.start();
    },
    close: () => keeper.stop(),
  };
}
