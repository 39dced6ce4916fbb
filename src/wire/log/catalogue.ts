// Every reader of mail logs: one row each. The first that claims a program or owns a line reads it.
import type { LogReader } from './reader.ts';
import { courierSmtp } from './readers/courier-smtp.ts';
import { dovecot } from './readers/dovecot.ts';
import { exchange } from './readers/exchange.ts';
import { exim } from './readers/exim.ts';
import { filtersOfSentences } from './readers/filters-of-sentences.ts';
import { haraka } from './readers/haraka.ts';
import { imapd } from './readers/imapd.ts';
import { opensmtpd } from './readers/opensmtpd.ts';
import { pam } from './readers/pam.ts';
import { sentenceReader } from './readers/phrases.ts';
import { postfix } from './readers/postfix.ts';
import { postgrey } from './readers/postgrey.ts';
import { qmail } from './readers/qmail.ts';
import { sendmail } from './readers/sendmail.ts';
import { serversOfSentences } from './readers/servers-of-sentences.ts';

/** In the order in which they are asked. */
export const readers: readonly LogReader[] = [
  postfix,
  exim,
  dovecot,
  sendmail,
  opensmtpd,
  qmail,
  haraka,
  exchange,
  courierSmtp,
  imapd,
  pam,
  postgrey,
  ...serversOfSentences.map(sentenceReader),
  ...filtersOfSentences.map(sentenceReader),
];
