// Lines below which a report in one piece shows the message it returns. A row is a part of such a line, in lower case.
import { type PhraseRow, PhraseTable } from '../phrases.ts';

const rows: readonly PhraseRow<true>[] = [
  ['below this line is a copy of the message', true, 'qmail'],
  ['below the next line is a copy of the message', true, 'newmail.ru'],
  ['is a copy of the message', true, 'Exim, qmail'],
  ['is a copy of your message', true, 'Mail.ru'],
  ['a copy of the original message', true, 'OpenSMTPD, many'],
  ['copy of the message header', true, 'MXLogic'],
  ['original message follows', true, 'Yahoo, SMTP32'],
  ['----- original message -----', true, 'Gmail'],
  ['--- original message', true, 'LSMTP'],
  ['header of the original message', true, '1&1, GMX'],
  ['headers of the original message', true, 'many'],
  ['message header follows', true, 'Sendmail'],
  ['message headers follow', true, 'DragonFly Mail Agent'],
  ['message text follows', true, 'smail'],
  ['unsent message', true, 'Sendmail 5, phquery'],
  ['returned message --', true, 'Lotus'],
  ['returned mail --', true, 'E500'],
  ['returned mail follows', true, 'USA.NET'],
  ['original mail as follows', true, 'fml'],
  ['header of the source mail', true, 'JetMail'],
  ['the header and top', true, 'IMail'],
  ['lines of your original message follow', true, 'MDaemon'],
  ['your message reads (in part)', true, 'many'],
  ['mensaje original adjunto', true, 'prima.com.ar'],
  ['start of original message', true, 'many'],
  ['begin original message', true, 'many'],
  ['the following is the header of', true, 'many'],
  ['old message:', true, 'Microsoft CDO'],
  ['ursprungliche nachricht', true, 'German'],
  ['message original', true, 'French'],
];

/** Where the returned message begins. */
export const originalMarkers = new PhraseTable(rows);
