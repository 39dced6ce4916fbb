// Does a refusal speak against the client? Servers say it in words, each in its own: tables of phrases, the same for all programs.

/** Against the client even when the code says "later": lists, relaying, rates. */
const againstAlways = [
  'relay access denied',
  'relaying denied',
  'relay not permitted',
  'relaying not permitted',
  'relaying not allowed',
  'relay denied',
  'unable to relay',
  'relay attempt',
  'blacklist',
  'black list',
  'black-list',
  'blocklist',
  'block list',
  'block-list',
  'denylist',
  'blocked using',
  'blocked by',
  'dnsbl',
  'dnslist',
  'spamhaus',
  'spamcop',
  'listed at',
  'listed in',
  'listed on',
  'listed by',
  'is listed',
  ' in an rbl',
  'rbl:',
  'ratelimit',
  'rate limit',
  'rate exceeded',
  'too many errors',
  'too many connections',
  'too many open connections',
  'too many concurrent',
  'too many unknown',
  'too many invalid',
  'too many bad',
  'banned',
];

/** Against the client when the refusal is for good. What is not named at all counts as against it, see below. */
const againstForGood = [
  'user unknown',
  'unknown user',
  'no such user',
  'unrouteable address',
  'does not exist',
  'not found',
  'authentication',
  'sender verify failed',
  'spam',
  'virus',
  'malware',
];

/** The trouble is not the client's doing, or is the plain business of mail: sizes, quotas, our own state. */
const innocent = [
  'greylist',
  'graylist',
  'grey-list',
  'greylisted',
  'too big',
  'too large',
  'exceeds',
  'size limit',
  'size value',
  'quota',
  'mailbox full',
  'mailbox is full',
  'insufficient',
  'no space',
  'disk full',
  'out of memory',
  'temporar',
  'try again',
  'timeout',
  'timed out',
  'too many hops',
  'too many recipients',
  'encrypt',
  'starttls',
  'certificate',
  'unqualified',
  'internal error',
  'system error',
  'configuration error',
  'shutting down',
  'smtputf8',
  '8bit',
  'failing address in',
  'header line',
  'message header',
  'domain missing or malformed',
  'callout',
];

const hasOneOf = (text: string, phrases: readonly string[]): boolean => phrases.some((phrase) => text.includes(phrase));

/**
 * Whether a refusal with these words speaks against the client. `code` is the reply code or its first digit; without one it counts as
 * a refusal for good. Addresses in angle brackets are left out: a stranger writes them, and `<spam@a.example>` is no spam.
 */
export function speaksAgainst(reason: string, code: string | null): boolean {
  const words = withoutAddresses(reason).toLowerCase();
  if (hasOneOf(words, againstAlways)) return true;
  if (code !== null && code.startsWith('4')) return false;
  return hasOneOf(words, againstForGood) || !hasOneOf(words, innocent);
}

/** The text without what stands in angle brackets. */
function withoutAddresses(text: string): string {
  let kept = '';
  let from = 0;
  for (;;) {
    const open = text.indexOf('<', from);
    const close = open < 0 ? -1 : text.indexOf('>', open);
    if (close < 0) return kept + text.slice(from);
    kept += text.slice(from, open);
    from = close + 1;
  }
}
