// Lines below which a report in one piece shows the message it returns. A row is a part of such a line, in lower case.
import { inLanguages, type PhraseRow, PhraseTable } from '../phrases.ts';

const rows: readonly PhraseRow<'plain'>[] = [
  ['below this line is a copy of the message', 'plain', 'qmail'],
  ['below the next line is a copy of the message', 'plain', 'newmail.ru'],
  ['is a copy of the message', 'plain', 'Exim, qmail'],
  ['is a copy of your message', 'plain', 'Mail.ru'],
  ['a copy of the original message', 'plain', 'OpenSMTPD, many'],
  ['copy of the message header', 'plain', 'MXLogic'],
  ['original message follows', 'plain', 'Yahoo, SMTP32'],
  ['----- original message -----', 'plain', 'Gmail'],
  ['--- original message', 'plain', 'LSMTP'],
  ['header of the original message', 'plain', '1&1, GMX'],
  ['headers of the original message', 'plain', 'many'],
  ['message header follows', 'plain', 'Sendmail'],
  ['message headers follow', 'plain', 'DragonFly Mail Agent'],
  ['message text follows', 'plain', 'smail'],
  ['unsent message', 'plain', 'Sendmail 5, phquery'],
  ['returned message --', 'plain', 'Lotus'],
  ['returned mail --', 'plain', 'E500'],
  ['returned mail follows', 'plain', 'USA.NET'],
  ['original mail as follows', 'plain', 'fml'],
  ['header of the source mail', 'plain', 'JetMail'],
  ['the header and top', 'plain', 'IMail'],
  ['lines of your original message follow', 'plain', 'MDaemon'],
  ['your message reads (in part)', 'plain', 'many'],
  ['mensaje original adjunto', 'plain', 'prima.com.ar'],
  ['start of original message', 'plain', 'many'],
  ['begin original message', 'plain', 'many'],
  ['the following is the header of', 'plain', 'many'],
  ['old message:', 'plain', 'Microsoft CDO'],
];

/** Common words elsewhere: they mark only where dashes draw a line. */
const languages = inLanguages('drawn' as const, {
  German: `ursprungliche nachricht | originalnachricht | ursprungliche e-mail | kopie ihrer nachricht | kopf der nachricht | header der nachricht | es folgt eine kopie`,
  French: `message original | message d'origine | message initial | copie de votre message | en-tete du message | en-tetes du message`,
  Spanish: `mensaje original | copia de su mensaje | copia del mensaje | encabezado del mensaje | cabecera del mensaje`,
  Portuguese: `mensagem original | copia da sua mensagem | copia da mensagem | cabecalho da mensagem`,
  Italian: `messaggio originale | messaggio originario | copia del messaggio | intestazione del messaggio`,
  Dutch: `oorspronkelijk bericht | oorspronkelijke bericht | kopie van uw bericht`,
  Swedish: `ursprungligt meddelande | ursprungliga meddelandet`,
  'Danish, Norwegian': `oprindelig meddelelse | oprindelige meddelelse | opprinnelig melding | opprinnelige meldingen`,
  Finnish: `alkuperainen viesti`,
  Polish: `oryginalna wiadomosc | kopia wiadomosci | naglowek wiadomosci`,
  'Czech, Slovak': `puvodni zprava | povodna sprava | kopie zpravy`,
  Hungarian: `eredeti uzenet | eredeti level`,
  Romanian: `mesajul original | mesaj original`,
  Turkish: `ozgun ileti | orijinal ileti | orijinal mesaj`,
  Russian: `исходное сообщение | исходное письмо | оригинальное сообщение | копия вашего письма | копия вашего сообщения | копия письма | заголовки письма`,
  Ukrainian: `оригінальне повідомлення | вихідне повідомлення | копія листа`,
  Greek: `αρχικο μηνυμα`,
  Hebrew: `הודעה מקורית | ההודעה המקורית`,
  Arabic: `الرسالة الأصلية`,
  Japanese: `元のメッセージ | 元のメール | オリジナルメッセージ | 以下は元の | 送信されたメール | 原文`,
  Chinese: `原始邮件 | 原邮件 | 邮件原文 | 原文如下 | 原始信件`,
  'Chinese (Taiwan)': `原始郵件 | 原郵件 | 郵件原文 | 原始信件`,
  Korean: `원본 메시지 | 원본 메일 | 원본메시지`,
});

/** Where the returned message begins. */
export const originalMarkers = new PhraseTable<'plain' | 'drawn'>([...rows, ...languages]);
