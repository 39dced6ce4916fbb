// A mail queue of files in a folder, for tests of what is done to queues: `ID` waits, `ID.held` is held. It can be told to fail.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Handled, MailQueue } from '../../src/respond/queues/mail-queue.ts';
import { putFiles } from '../../src/respond/queues/put-file.ts';

export interface FolderQueue extends MailQueue {
  add(id: string, text: string, held?: boolean): void;
  /** Names of files with their text. */
  contents(): Readonly<Record<string, string>>;
  /** Ids of messages that are being delivered: they cannot be held. */
  readonly busy: Set<string>;
  /** Called before messages are taken out. */
  beforeRemove: () => void;
  /** Called before each message is put back. */
  beforePutBack: (id: string) => void;
}

/** The sender stands in the first line of a message. */
export function folderQueue(dir: string): FolderQueue {
  const path = (id: string): string => join(dir, id);
  const each = (ids: readonly string[], run: (id: string) => string | null): Promise<readonly Handled[]> =>
    Promise.resolve(ids.map((id) => ({ id, error: run(id) })));
  const move = (from: string, to: string): null => {
    if (existsSync(path(from))) renameSync(path(from), path(to));
    return null;
  };
  const queue: FolderQueue = {
    name: 'exim',
    busy: new Set(),
    beforeRemove: () => undefined,
    beforePutBack: () => undefined,
    add: (id, text, held = false) => writeFileSync(path(held ? `${id}.held` : id), text),
    contents: () =>
      Object.fromEntries(
        readdirSync(dir)
          .toSorted()
          .map((name) => [name, readFileSync(path(name), 'utf8')]),
      ),
    async *list() {
      await Promise.resolve(); // a real one waits for its program
      for (const name of readdirSync(dir).toSorted()) {
        const text = readFileSync(path(name), 'utf8');
        const [from = ''] = text.split('\n', 1);
        yield {
          id: name.replace('.held', ''),
          store: 'exim',
          queuedAt: 0,
          from,
          to: ['a@b.example'],
          size: text.length,
          reason: '',
          incident: null,
          held: name.endsWith('.held'),
        };
      }
    },
    open: () => Promise.resolve(null),
    endOfHold: () => Promise.resolve(null),
    hold: (ids) => each(ids, (id) => (queue.busy.has(id) ? 'is being delivered' : move(id, `${id}.held`))),
    release: (ids) => each(ids, (id) => move(`${id}.held`, id)),
    remove(ids) {
      queue.beforeRemove();
      return each(ids, (id) => {
        if (!existsSync(path(`${id}.held`))) return 'is not held';
        rmSync(path(`${id}.held`));
        return null;
      });
    },
    undoing: {
      kind: 'files',
      filesOf: (id) => Promise.resolve([{ name: 'message', path: path(`${id}.held`) }]),
      putBack(id, files, announcement) {
        queue.beforePutBack(id);
        return putFiles(id, files, ({ home }) => `${home}.part`, announcement);
      },
    },
  };
  return queue;
}
