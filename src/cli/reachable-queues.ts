// The queues of this machine where none was named: one whose program is down is told of and left out, and the others are served all the same.
import { escapeUnsafe } from '../events/log-line.ts';
import { QueueTrouble, type MailQueue } from '../respond/queues/mail-queue.ts';

/** The queue, with a list that ends where its program cannot be asked: that is told once, and the command fails in the end. */
export function whereReachable(queue: MailQueue): MailQueue {
  let isTold = false;
  return {
    ...queue,
    async *list() {
      try {
        yield* queue.list();
      } catch (error) {
        if (!(error instanceof QueueTrouble)) throw error;
        process.exitCode = 1;
        if (isTold) return;
        isTold = true;
        process.stderr.write(`floodgate: ${queue.name} is left out, for it cannot be asked: ${escapeUnsafe(error.message)}\n`);
      }
    },
  };
}
