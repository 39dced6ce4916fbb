// Mail servers of this machine whose queues we know.
import { access } from 'node:fs/promises';
import { eximQueue } from './exim-queue.ts';
import type { StorePlace } from './kept-actions.ts';
import { QueueTrouble, type MailQueue, type ServerStore } from './mail-queue.ts';
import { postfixQueue } from './postfix-queue.ts';
import { runProgram } from './run-program.ts';
import { sendmailQueue } from './sendmail-queue.ts';

/** The queue of a mail server. */
export function openStore({ store, program, config }: StorePlace & { readonly store: ServerStore }): MailQueue {
  const place = config === undefined ? {} : { config };
  switch (store) {
    case 'postfix':
      return postfixQueue({ ...place, ...(program === undefined ? {} : { programs: program }) });
    case 'exim':
      return eximQueue({ ...place, ...(program === undefined ? {} : { program }) });
    case 'sendmail':
      return sendmailQueue({ ...place, ...(program === undefined ? {} : { program }) });
    default:
      throw new QueueTrouble(`no store ${String(store satisfies never)}`);
  }
}

/** Which of them are here. Postfix and Exim bring a program named sendmail too: that counts where neither is here. */
export async function storesHere(): Promise<readonly ServerStore[]> {
  const found: ServerStore[] = [];
  if (await runs('postconf', ['-h', 'queue_directory'])) found.push('postfix');
  if ((await runs('exim4', ['-bV'])) || (await runs('exim', ['-bV']))) found.push('exim');
  if (found.length === 0 && (await isThere('/etc/mail/sendmail.cf'))) found.push('sendmail');
  return found;
}

const runs = (program: string, args: readonly string[]): Promise<boolean> =>
  runProgram(program, args).then(
    ({ code }) => code === 0,
    () => false,
  );

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
