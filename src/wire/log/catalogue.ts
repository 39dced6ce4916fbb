// Every reader of mail logs: one row each. The first that claims a program or owns a line reads it.
import type { LogReader } from './reader.ts';
import { dovecot } from './readers/dovecot.ts';
import { exim } from './readers/exim.ts';
import { pam } from './readers/pam.ts';
import { postfix } from './readers/postfix.ts';
import { postgrey } from './readers/postgrey.ts';
import { sendmail } from './readers/sendmail.ts';

/** In the order in which they are asked. */
export const readers: readonly LogReader[] = [postfix, exim, dovecot, sendmail, pam, postgrey];
