// Filters beside a mail server, and webmail in front of it: amavis, MailScanner, rspamd, OpenDKIM, OpenDMARC, spamd of
// SpamAssassin and of OpenBSD; Horde, Roundcube, SOGo, SquirrelMail.
import type { SentenceProgram } from './phrases.ts';

/** `(17-01) Blocked SPAM {DiscardedInbound}, [192.0.2.7]:4125 [198.51.100.7] <a@b> -> <c@d>, Queue-ID: 4bsM, Message-ID: <x@y>, ...`. */
const amavis: SentenceProgram = {
  format: 'amavis',
  programs: ['amavis', 'amavisd', 'amavisd-new'],
  sentences: [
    {
      pattern:
        /^\([\w-]+\) Blocked (?<reason>SPAM|SPAMMY|INFECTED|BANNED|MALWARE)[^[<]{0,200}\[(?<ip>[0-9A-Fa-f:.]+)\][^<]{0,100}(?<from><[^>]*>) -> (?<to><[^>]*>)(?:.*?, Queue-ID: (?<id>\w+))?/,
      type: 'reject',
      hostile: true,
      outcome: 'refused',
    },
    {
      pattern:
        /^\([\w-]+\) Passed (?<reason>[A-Z-]+)[^[<]{0,200}\[(?<ip>[0-9A-Fa-f:.]+)\][^<]{0,100}(?<from><[^>]*>) -> (?<to><[^>]*>)(?:.*?, Queue-ID: (?<id>\w+))?/,
      type: 'accept',
      outcome: 'accepted',
    },
    { pattern: /^\([\w-]+\) (?<reason>(?:Blocked|Passed) [A-Z-]+)[^<]{0,200}(?<from><[^>]*>) -> (?<to><[^>]*>)/, type: 'notice' },
  ],
};

/** The address comes before the sender, who may write anything. */
const mailScanner: SentenceProgram = {
  format: 'mailscanner',
  programs: ['mailscanner'],
  sentences: [
    { pattern: /^Message (?<id>[\w.-]+) from (?<ip>[0-9A-Fa-f:.]+) \((?<from>[^()]*)\) to \S* ?is (?<reason>spam.*)$/, type: 'reject', hostile: true },
    { pattern: /^Message (?<id>[\w.-]+) from (?<ip>[0-9A-Fa-f:.]+) \((?<from>[^()]*)\) (?<reason>.*)$/, type: 'notice' },
    { pattern: /^(?<reason>Infected message) (?<id>[\w.-]+) came from (?<ip>[0-9A-Fa-f:.]+)$/, type: 'reject', hostile: true },
  ],
};

/**
 * `<7f2a>; task; rspamd_task_write_log: id: <x@y>, qid: <4bsM>, ip: 192.0.2.7, from: <a@b>, (default: T (reject): [20/15] ...`. The
 * Message-ID stands before the address: when there are two, the line names nobody.
 */
const rspamd: SentenceProgram = {
  format: 'rspamd',
  programs: ['rspamd'],
  owns: /^#\d+\((?:rspamd_proxy|normal|controller)\) /,
  sentences: [
    {
      pattern:
        /rspamd_task_write_log: id: (?<mid><?[^<>, ]*>?), (?:qid: <(?<id>[^<> ]*)>, )?ip: (?<ip>[0-9A-Fa-f:.]+)(?!.*, ip: ), (?:user: (?<user>[^, ]*), )?(?:from: (?<from><[^>]*>), )?\(\w+: T \((?<reason>reject)\)/,
      type: 'reject',
      hostile: true,
      outcome: 'refused',
    },
    {
      pattern:
        /rspamd_task_write_log: id: (?<mid><?[^<>, ]*>?), (?:qid: <(?<id>[^<> ]*)>, )?ip: (?<ip>[0-9A-Fa-f:.]+)(?!.*, ip: ), (?:user: (?<user>[^, ]*), )?(?:from: (?<from><[^>]*>), )?\(\w+: \w \((?<reason>[a-z ]+)\)/,
      type: 'notice',
    },
  ],
};

const milters: SentenceProgram = {
  format: 'opendkim',
  programs: ['opendkim', 'opendmarc', 'openarc', 'dkim-filter', 'clamav-milter', 'spamass-milter', 'milter-greylist', 'mimedefang', 'mimedefang.pl'],
  sentences: [
    { pattern: /^(?<id>[0-9A-Za-z]{6,20}): (?<name>\S+) \[(?<ip>[0-9A-Fa-f:.]+)\] (?<reason>not internal.*)$/, type: 'notice' },
    { pattern: /^(?<id>[0-9A-Za-z]{6,20}): (?<reason>.*)$/, type: 'notice' },
  ],
};

/** SpamAssassin's spamd speaks of its own callers; OpenBSD's of hosts it keeps waiting. */
const spamd: SentenceProgram = {
  format: 'spamd',
  programs: ['spamd', 'spamlogd'],
  sentences: [
    { pattern: /^\(BLACK\) (?<ip>[0-9A-Fa-f:.]+): (?<from><[^>]*>) -> (?<to><[^>]*>)/, type: 'reject', hostile: true, outcome: 'deferred' },
    { pattern: /^\(GREY\) (?<ip>[0-9A-Fa-f:.]+): (?<from><[^>]*>) -> (?<to><[^>]*>)/, type: 'reject', outcome: 'deferred' },
    { pattern: /^(?<ip>[0-9A-Fa-f:.]+): (?<reason>connected .*)$/, type: 'connect' },
    { pattern: /^(?<ip>[0-9A-Fa-f:.]+): (?<reason>disconnected after .*)$/, type: 'disconnect' },
    { pattern: /^(?:spamd: )?processing message (?<mid><[^>]*>|\S+) /, type: 'notice' },
    { pattern: /^(?:spamd: )?result: (?<reason>[Y.] -?\d+).*,mid=(?<mid><[^>]*>)/, type: 'notice' },
  ],
};

const horde: SentenceProgram = {
  format: 'horde',
  programs: ['horde'],
  owns: /^(?:HORDE:? )?(?:\[\w+\] ){1,3}(?:FAILED LOGIN|Login success) for /,
  sentences: [
    {
      pattern: /^(?:HORDE:? )?(?:\[\w+\] ){1,3}FAILED LOGIN for (?<user>.*) \[(?<ip>[0-9A-Fa-f:.]+)\](?: \(forwarded for \[[^\]]*\]\))? to /,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    { pattern: /^(?:HORDE:? )?(?:\[\w+\] ){1,3}Login success for (?<user>.*) \[(?<ip>[0-9A-Fa-f:.]+)\]/, type: 'auth', outcome: 'accepted' },
  ],
};

/**
 * `IMAP Error: Login failed for joe from 192.0.2.7(X-Forwarded-For: ...). AUTHENTICATE PLAIN: ...`: the name before the address and the
 * forwarding headers behind it are strangers' text. The name may hold no bracket, and the address is the last before one.
 */
const roundcube: SentenceProgram = {
  format: 'roundcube',
  programs: ['roundcube'],
  owns: /^(?:<\w+> )?(?:IMAP Error: Login failed for |(?:Failed|Successful) login for )/,
  sentences: [
    {
      pattern:
        /^(?:<\w+> )?(?:IMAP Error: )?(?:FAILED login|Login failed|Failed login) for (?<user>[^()]{0,320}?)(?: against \S+)? from (?<ip>[0-9A-Fa-f:.]*[0-9A-Fa-f])(?=\(X-|\. |\.?$| in session )(?!.* from [0-9A-Fa-f:.]*[0-9A-Fa-f](?:\(X-|\. |\.?$| in session ))/i,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    { pattern: /^(?:<\w+> )?Successful login for (?<user>[^()]*) \(ID: \d+\) from (?<ip>[0-9A-Fa-f:.]+)/, type: 'auth', outcome: 'accepted' },
  ],
};

const sogo: SentenceProgram = {
  format: 'sogo',
  programs: ['sogod', 'sogo'],
  owns: /^sogod \[\d+\]: /,
  sentences: [
    {
      pattern: /^(?:sogod \[\d+\]: )?(?:\S+ )?Login from '(?<ip>[0-9A-Fa-f:.]+)[^']{0,100}' for user '(?<user>.*)' might not have worked/,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    {
      pattern: /^(?:sogod \[\d+\]: )?(?:\S+ )?(?:successful login|Login) from '(?<ip>[0-9A-Fa-f:.]+)[^']{0,100}' for user '(?<user>[^']*)'/,
      type: 'auth',
      outcome: 'accepted',
    },
  ],
};

/** `[LOGIN_ERROR] joe (hub.example) from 192.0.2.7: Unknown user or password incorrect.` */
const squirrelMail: SentenceProgram = {
  format: 'squirrelmail',
  programs: ['squirrelmail'],
  owns: /^(?:[\d/]{8,10} [\d:]{7,8} )?\[LOGIN(?:_ERROR)?\] /,
  sentences: [
    {
      pattern:
        /^(?:[\d/]{8,10} [\d:]{7,8} )?\[LOGIN_ERROR\] (?<user>.*) \([^()]*\) from (?<ip>[0-9A-Fa-f:.]*[0-9A-Fa-f]): (?<reason>Unknown user or password incorrect\.?)$/,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    { pattern: /^(?:[\d/]{8,10} [\d:]{7,8} )?\[LOGIN\] (?<user>.*) \([^()]*\) from (?<ip>[0-9A-Fa-f:.]*[0-9A-Fa-f]):/, type: 'auth', outcome: 'accepted' },
  ],
};

/** In the order in which they are asked. */
export const filtersOfSentences: readonly SentenceProgram[] = [amavis, mailScanner, rspamd, milters, spamd, horde, roundcube, sogo, squirrelMail];
