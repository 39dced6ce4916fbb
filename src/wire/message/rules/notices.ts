// Challenges ("prove that you are a person"), notices of virus and content filters, and complaints that are no RFC 5965 report.
import { type PhraseRow, PhraseTable } from '../phrases.ts';
import { challengeWordings, linkNotices, requests, spamNotices, virusNotices } from './notice-languages.ts';

/** Services, looked for in sender and subject only: as words of a text they prove nothing. */
const services: readonly PhraseRow<true>[] = [
  ['boxbe', true, 'Boxbe'],
  ['spamarrest', true, 'Spam Arrest'],
  ['spam arrest', true, 'Spam Arrest'],
  ['bluebottle', true, 'Bluebottle'],
  ['tmda', true, 'TMDA'],
  ['active spam killer', true, 'ASK'],
  ['mailblocks', true, 'Mailblocks'],
  ['knowspam', true, 'KnowSpam'],
  ['vanquish', true, 'Vanquish'],
  ['uol antispam', true, 'UOL, Brazil'],
  ['antispam uol', true, 'UOL, Brazil'],
  ['spamblocker-challenge', true, 'EarthLink'],
  ['choicemail', true, 'ChoiceMail'],
  ['mailinblack', true, 'Mailinblack, France'],
  ['sendio', true, 'Sendio'],
  ['qconfirm', true, 'qconfirm'],
  ['spamlion', true, 'SpamLion'],
  ['ipermitmail', true, 'iPermitMail'],
  ['0spam', true, '0Spam.Net'],
];

const challenges: readonly PhraseRow<true>[] = [
  ['only from senders i have approved', true, 'EarthLink'],
  ['my list of approved senders', true, 'EarthLink'],
  ['challenge-response', true, 'many'],
  ['verify that you are a human', true, 'many'],
  ['verify that you are a real person', true, 'many'],
  ['verify you are a real person', true, 'many'],
  ['prove that you are a human', true, 'many'],
  ['confirm that you are a human', true, 'many'],
  ['confirm that you are not a spammer', true, 'many'],
  ['you are not a spammer', true, 'many'],
  ['sender verification', true, 'many'],
  ['verify your email address so that', true, 'many'],
  ['confirm your message', true, 'many'],
  ['message requires confirmation', true, 'many'],
  ['requires verification', true, 'many'],
  ['requires that you verify', true, 'many'],
  ['your message is being held until', true, 'many'],
  ['message has been held until', true, 'many'],
  ['message will be delivered once you', true, 'many'],
  ['verification required)', true, 'Spam Arrest'],
  ['so i can receive your email', true, 'Spam Arrest'],
  ['protecting myself from receiving junk', true, 'Spam Arrest'],
  ['added to my whitelist', true, 'many'],
  ['be added to the whitelist', true, 'many'],
  ['on my whitelist', true, 'many'],
  ['bestatigen sie ihre nachricht', true, 'German'],
  ['confirmez votre message', true, 'French'],
  ['confirme seu e-mail', true, 'Portuguese'],
  ['confirmar su mensaje', true, 'Spanish'],
];

/** What a filter found. */
export type NoticeKind = 'virus-notice' | 'spam-notice';

/** Programs, looked for in sender and subject only. */
const scanners: readonly PhraseRow<NoticeKind>[] = [
  ['interscan notification', 'virus-notice', 'InterScan'],
  ['scanmail', 'virus-notice', 'ScanMail for Exchange'],
  ['antigen found', 'virus-notice', 'Antigen for Exchange'],
  ['mailmarshal', 'virus-notice', 'MailMarshal'],
  ['amavis', 'virus-notice', 'AMaViS'],
];

const notices: readonly PhraseRow<NoticeKind>[] = [
  ['virus found in message', 'virus-notice', 'Norton, many'],
  ['virus found in mail from you', 'virus-notice', 'amavisd-new'],
  ['virus in mail from you', 'virus-notice', 'amavisd-new'],
  ['virus detected in your mail', 'virus-notice', 'many'],
  ['virus detected in a message you sent', 'virus-notice', 'many'],
  ['virus warning', 'virus-notice', 'MailScanner'],
  ['virus alert', 'virus-notice', 'many'],
  ['virus infected message', 'virus-notice', 'many'],
  ['warning: e-mail viruses detected', 'virus-notice', 'MailScanner'],
  ['our virus detector has just been triggered', 'virus-notice', 'MailScanner'],
  ['message you sent contained a virus', 'virus-notice', 'many'],
  ['message you sent was infected', 'virus-notice', 'many'],
  ['you sent a virus', 'virus-notice', 'many'],
  ['your email contained a virus', 'virus-notice', 'many'],
  ['your message contained a virus', 'virus-notice', 'many'],
  ['your mail contains a virus', 'virus-notice', 'many'],
  ['virus gefunden', 'virus-notice', 'German'],
  ['virenwarnung', 'virus-notice', 'German'],
  ['virus trouve', 'virus-notice', 'French'],
  ['virus encontrado', 'virus-notice', 'Spanish, Portuguese'],
  ['virus rilevato', 'virus-notice', 'Italian'],
  ['обнаружен вирус', 'virus-notice', 'Russian'],
  ['your message was identified as spam', 'spam-notice', 'many'],
  ['your email was identified as spam', 'spam-notice', 'many'],
  ['message you sent was identified as spam', 'spam-notice', 'many'],
  ['message you sent was considered spam', 'spam-notice', 'many'],
  ['your message has been classified as spam', 'spam-notice', 'many'],
  ['considered unsolicited bulk email, apparently from you', 'spam-notice', 'amavisd-new'],
  ['your message has been quarantined', 'spam-notice', 'many'],
  ['email you sent has been quarantined', 'spam-notice', 'many'],
  ['message you sent was blocked by our', 'spam-notice', 'many'],
  ['message has been blocked by', 'spam-notice', 'SurfControl, MailMarshal'],
  ['contains a blocked link', 'spam-notice', 'filters of links'],
  ['contains a malicious link', 'spam-notice', 'filters of links'],
  ['contains a bad link', 'spam-notice', 'filters of links'],
];

const complaints: readonly PhraseRow<true>[] = [
  ['complaint about message from', true, 'Hotmail, JMRP'],
  ['email feedback report for ip', true, 'AOL'],
  ['client tos notification', true, 'AOL, before the feedback loop'],
  ['abuse report', true, 'many'],
  ['feedback loop', true, 'Comcast, Cox, many'],
  ['feedback report', true, 'many'],
  ['spam complaint', true, 'many'],
  ['spam report', true, 'many'],
];

/** Names of services that ask for proof. */
export const challengeServices = new PhraseTable(services);
/** Wordings of challenges. */
export const challengePhrases = new PhraseTable([...challenges, ...challengeWordings]);
/** Where a text asks its reader to do something. */
export const requestPhrases = new PhraseTable(requests);
/** Names of programs that send notices. */
export const noticeSenders = new PhraseTable(scanners);
/** Wordings of notices from filters. */
export const noticePhrases = new PhraseTable([...notices, ...virusNotices, ...linkNotices, ...spamNotices]);
/** Subjects of complaints by machine. */
export const complaintSubjects = new PhraseTable(complaints);
