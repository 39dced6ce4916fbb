// Mail servers and proxies of which a few sentences matter: ASSP, Kerio Connect, Domino, Oracle Messaging, Zimbra, nginx as a mail proxy,
// Mailu, Perdition. Where a sentence holds a stranger's text before the address, the pattern is tied to the end of the line.
import type { SentenceProgram } from './phrases.ts';

/** `m1-25391-06124 [Worker_1] [TLS-out] [RelayAttempt] 192.0.2.7 <a@b> to: c@d relay attempt blocked for: e@f`. */
const assp: SentenceProgram = {
  format: 'assp',
  programs: ['assp'],
  owns: /^(?:m?\d+-\d+-\d+ )?\[(?:Worker_\d+|SSL-(?:in|out)|TLS-(?:in|out))\] |^Blocking \S+ - too much AUTH errors/,
  sentences: [
    {
      pattern: /^(?:m?\d+-\d+-\d+ )?(?:\[[\w-]{1,20}\] ){0,4}\[RelayAttempt\] (?<ip>[0-9A-Fa-f:.]+) (?:<(?<from>[^<> ]*)> )?(?:to: (?<to>\S+) )?(?<reason>.*)$/,
      type: 'reject',
      hostile: true,
      outcome: 'refused',
    },
    {
      pattern: /^(?:\[[\w-]{1,20}\] ){0,4}(?<ip>[0-9A-Fa-f:.]+) (?<reason>SSL negotiation with client failed: .*)$/,
      type: 'tls',
      hostile: true,
      outcome: 'failed',
    },
    {
      pattern: /^(?:m?\d+-\d+-\d+ )?(?:\[[\w-]{1,20}\] ){0,4}(?<ip>[0-9A-Fa-f:.]+) (?:<(?<from>[^<> ]*)> )?\[SMTP Error\] (?<reason>535 .*)$/,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    { pattern: /^Blocking (?<ip>[0-9A-Fa-f:.]+) - (?<reason>too much AUTH errors.*)$/, type: 'auth', hostile: true, outcome: 'failed' },
    {
      pattern:
        /^(?:m?\d+-\d+-\d+ )?(?:\[[\w-]{1,20}\] ){0,4}\[(?:DNSBL|RBL|MaxErrors|DenyIP|DenyStrict|InvalidHELO|ForgedHELO|SpoofedSender|ExtremeBad|PenaltyBox|Virus|BlackDomain|UnknownAddress|SpamBucket|Trap)\] (?<ip>[0-9A-Fa-f:.]+) (?:<(?<from>[^<> ]*)> )?(?:to: (?<to>\S+) )?(?<reason>.*)$/,
      type: 'reject',
      hostile: true,
      outcome: 'refused',
    },
    {
      pattern: /^(?:m?\d+-\d+-\d+ )?(?:\[[\w-]{1,20}\] ){0,5}(?<ip>\d+\.\d+\.\d+\.\d+) (?:<(?<from>[^<> ]*)> )?(?:to: (?<to>\S+) )?(?<reason>.*)$/,
      type: 'notice',
    },
  ],
};

/** Kerio writes sentences; the address stands last where a stranger's text stands before it. */
const kerio: SentenceProgram = {
  format: 'kerio',
  programs: ['kerio', 'mailserver'],
  owns: /^(?:SMTP Spam attack detected from |IP address \S+ found in DNS blacklist |Attempt to deliver to unknown recipient |Relay attempt from IP address |Failed (?:SMTP|POP3|IMAP) login from |Client with IP address |Message from IP address |(?:SMTP|POP3|IMAP|HTTP)[^ ]{0,10}: (?:User|Invalid password) )/,
  sentences: [
    { pattern: /^SMTP Spam attack detected from (?<ip>[0-9A-Fa-f:.]+), (?<reason>.*)$/, type: 'command', hostile: true, outcome: 'failed' },
    {
      pattern: /^IP address (?<ip>[0-9A-Fa-f:.]+) found in DNS blacklist (?<reason>[^,]*), mail from (?<from><[^>]*>) to (?<to><[^>]*>)/,
      type: 'reject',
      hostile: true,
      outcome: 'refused',
    },
    { pattern: /^IP address (?<ip>[0-9A-Fa-f:.]+) found in DNS blacklist/, type: 'reject', hostile: true, outcome: 'refused' },
    { pattern: /^Relay attempt from IP address (?<ip>[0-9A-Fa-f:.]+)/, type: 'reject', hostile: true, outcome: 'refused' },
    {
      pattern: /^Attempt to deliver to unknown recipient (?<to><[^>]*>), from (?<from><[^>]*>), IP address (?<ip>[0-9A-Fa-f:.]+)$/,
      type: 'reject',
      hostile: true,
      outcome: 'refused',
    },
    { pattern: /^Failed \S+ login from (?<ip>[0-9A-Fa-f:.]+?)(?: with |\.?$)/, type: 'auth', hostile: true, outcome: 'failed' },
    {
      pattern: /^\S{3,14}: User (?<user>.*) doesn't exist\. Attempt from IP address (?<ip>[0-9A-Fa-f:.]+?)\.?$/,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    {
      pattern: /^\S{3,14}: Invalid password for user (?<user>.*)\. Attempt from IP address (?<ip>[0-9A-Fa-f:.]+?)\.?$/,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    {
      pattern: /^Client with IP address (?<ip>[0-9A-Fa-f:.]+) has no reverse DNS entry, connection rejected/,
      type: 'reject',
      hostile: true,
      outcome: 'refused',
    },
    {
      pattern: /^Message from IP address (?<ip>[0-9A-Fa-f:.]+), sender (?<from><[^>]*>) rejected: (?<reason>.*)$/,
      type: 'reject',
      hostile: true,
      outcome: 'refused',
    },
    { pattern: /^Administration login into Web Administration from (?<ip>[0-9A-Fa-f:.]+) failed/, type: 'auth', hostile: true, outcome: 'failed' },
  ],
};

const domino: SentenceProgram = {
  format: 'domino',
  programs: ['domino'],
  owns: /^ {0,3}(?:smtp|pop3|imap|ldap|http): \S|^ {0,3}(?:SMTP|POP3|IMAP) Server(?::| \[)/,
  sentences: [
    // The user name may hold an address of its own: ours is the one tied to the end.
    { pattern: /^ *\w+: (?<user>.*) \[?(?<ip>[0-9A-Fa-f:.]+)\]? authentication failure using /, type: 'auth', hostile: true, outcome: 'failed' },
    {
      pattern: /^ *\w+ Server:? \[[^\]]*\] Authentication failed for user (?<user>.{0,320}?) {0,4}; connecting host \[?(?<ip>[0-9A-Fa-f:.]+)\]?$/,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    {
      pattern: /^ *\w+ Server:? \[[^\]]*\] Connection from \[?(?<ip>[0-9A-Fa-f:.]+)\]? rejected for policy reasons(?<reason>.*)$/,
      type: 'reject',
      hostile: true,
      outcome: 'refused',
    },
    { pattern: /^ *\w+ Server:? \[[^\]]*\] (?:.{0,80}[ (])?\[?(?<ip>\d+\.\d+\.\d+\.\d+)\]?\)? connected$/, type: 'connect' },
    { pattern: /^ *\w+ Server:? \[[^\]]*\] (?:.{0,80}[ (])?\[?(?<ip>\d+\.\d+\.\d+\.\d+)\]?\)? disconnected/, type: 'disconnect' },
  ],
};

/** Oracle (Sun) Messaging: XML elements, in which everything a stranger typed is escaped. */
const oracle: SentenceProgram = {
  format: 'oracle-messaging',
  programs: ['imta'],
  owns: /^<(?:co|en|em|ms) ts="/,
  sentences: [
    {
      pattern:
        /^<co [^>]{0,200}? tr="\w+\|[^|"]*\|\d+\|(?<ip>[0-9A-Fa-f:.]+)\|(?<port>\d+)" [^>]{0,200}?mi="Bad password" us="(?<user>[^"]*)" di="(?<reason>5[^"]*)"/,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    {
      pattern: /^<co [^>]{0,200}? tr="\w+\|[^|"]*\|\d+\|(?<ip>[0-9A-Fa-f:.]+)\|(?<port>\d+)" [^>]{0,400}?di="(?<reason>5[^"]*)"/,
      type: 'reject',
      hostile: true,
      outcome: 'refused',
    },
    { pattern: /^<co [^>]{0,200}? tr="\w+\|[^|"]*\|\d+\|(?<ip>[0-9A-Fa-f:.]+)\|(?<port>\d+)"/, type: 'notice' },
  ],
};

/** `[oip=192.0.2.7;oport=57752;oproto=smtp;...]`: what a browser calls itself (`ua=`) stands behind the address. */
const zimbra: SentenceProgram = {
  format: 'zimbra',
  programs: ['zimbra', 'zmmailboxd'],
  owns: /^(?:INFO|WARN|ERROR|DEBUG) {1,2}\[[^\]]{1,200}\] \[/,
  sentences: [
    {
      pattern:
        /^[A-Z]+ +\[[^\]]*\] \[(?:name=[^;\]]*;)?(?:aname=[^;\]]*;)?(?:mid=\d+;)?(?:ip=[^;\]]*;)?oip=(?<ip>[0-9A-Fa-f:.]+)[^;\]]*;.*(?:authentication failed for \[|error=authentication failed for \[)(?<user>[^\]]{0,320})\](?<reason>.*)$/,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    {
      pattern:
        /^[A-Z]+ +\[[^\]]*\] \[(?:name=[^;\]]*;)?(?:aname=[^;\]]*;)?(?:mid=\d+;)?ip=(?<ip>[0-9A-Fa-f:.]+);.*authentication failed for \[(?<user>[^\]]{0,320})\](?<reason>.*)$/,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    {
      pattern: /^[A-Z]+ +\[[^\]]*\] \[(?:name=(?<user>[^;\]]*);)?(?:aname=[^;\]]*;)?(?:mid=\d+;)?(?:ip=[^;\]]*;)?oip=(?<ip>[0-9A-Fa-f:.]+)[^;\]]*;/,
      type: 'notice',
    },
  ],
};

/** `[info] 8#8: *6631 client login failed: "..." while in http auth state, client: 192.0.2.7, server: ..., login: "joe"`. */
const nginx: SentenceProgram = {
  format: 'nginx-mail',
  programs: ['nginx'],
  owns: /^\[(?:info|notice|warn|error|crit|debug)\] \d+#\d+: /,
  sentences: [
    {
      pattern:
        /^\[\w+\] (?<session>\d+#\d+: \*\d+) (?<reason>client login failed: "[^"]*" while in http auth state), client: (?<ip>[0-9A-Fa-f:.]+)[^,]{0,20}, server: [^,]*(?:, login: "(?<user>[^"]*)")?/,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    {
      pattern: /^\[\w+\] (?<session>\d+#\d+: \*\d+) client logged in, client: (?<ip>[0-9A-Fa-f:.]+)[^,]{0,20}, server: [^,]*(?:, login: "(?<user>[^"]*)")?/,
      type: 'auth',
      outcome: 'accepted',
    },
    { pattern: /^\[\w+\] (?<session>\d+#\d+: \*\d+) client (?<ip>[0-9.]+|\[[0-9A-Fa-f:.]+\]):(?<port>\d+) connected to /, type: 'connect' },
    {
      pattern: /^\[\w+\] (?<session>\d+#\d+: \*\d+) proxied session done, client: (?<ip>[0-9A-Fa-f:.]+)[^,]{0,20}, server: [^,]*(?:, login: "(?<user>[^"]*)")?/,
      type: 'disconnect',
    },
    { pattern: /^\[\w+\] (?<session>\d+#\d+: \*\d+) (?<reason>[^"]{0,200}), client: (?<ip>[0-9A-Fa-f:.]+)[^,]{0,20}, server: \S*$/, type: 'notice' },
    {
      pattern: /^\[\w+\] (?<session>\d+#\d+: \*\d+) (?<reason>[^"]{0,200}), client: (?<ip>[0-9A-Fa-f:.]+)[^,]{0,20}, server: [^,]*, login: "(?<user>[^"]*)"/,
      type: 'notice',
    },
  ],
};

const mailu: SentenceProgram = {
  format: 'mailu',
  programs: ['mailu-admin', 'admin'],
  owns: /^(?:INFO|WARNING|ERROR) in \w+: /,
  sentences: [
    {
      pattern: /^WARNING in \w+: (?<reason>Authentication attempt from (?<ip>[0-9A-Fa-f:.]+) has been rate-limited)/,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    {
      pattern: /^WARNING in \w+: (?<reason>Authentication attempt from (?<ip>[0-9A-Fa-f:.]+) for (?<user>.*) has been rate-limited)/,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    { pattern: /^\w+ in \w+: Login failed for: (?<user>.*) from: (?<ip>[0-9A-Fa-f:.]+)\.?$/i, type: 'auth', hostile: true, outcome: 'failed' },
    { pattern: /^\w+ in \w+: Login succeeded for: (?<user>.*) from: (?<ip>[0-9A-Fa-f:.]+)/i, type: 'auth', outcome: 'accepted' },
  ],
};

/** `Auth: 192.0.2.7:2274->198.51.100.1:993 ... authentication_id="joe" ... status="failed: ..."`. */
const perdition: SentenceProgram = {
  format: 'perdition',
  programs: ['perdition', 'perdition.imap', 'perdition.imaps', 'perdition.imap4', 'perdition.imap4s', 'perdition.pop3', 'perdition.pop3s'],
  sentences: [
    {
      pattern: /^Auth: (?<ip>[0-9A-Fa-f:.]+):(?<port>\d+)->.{0,400}?authentication_id="(?<user>[^"]{0,320})".* status="(?<reason>failed[^"]*)"$/,
      type: 'auth',
      hostile: true,
      outcome: 'failed',
    },
    {
      pattern: /^Auth: (?<ip>[0-9A-Fa-f:.]+):(?<port>\d+)->.{0,400}?authentication_id="(?<user>[^"]{0,320})".* status="ok"$/,
      type: 'auth',
      outcome: 'accepted',
    },
    { pattern: /^Connect: (?<ip>[0-9A-Fa-f:.]+):(?<port>\d+)->/, type: 'connect' },
    { pattern: /^Close: (?<ip>[0-9A-Fa-f:.]+):(?<port>\d+)->/, type: 'disconnect' },
  ],
};

/** In the order in which they are asked. */
export const serversOfSentences: readonly SentenceProgram[] = [assp, kerio, domino, oracle, zimbra, nginx, mailu, perdition];
