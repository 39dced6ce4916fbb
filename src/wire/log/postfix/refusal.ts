// Which refusals speak against the client. A full mailbox, a broken table or greylisting says nothing about who was refused.

/** Words of a 4xx reply that are about the client all the same. */
const against = [
  'blocked using',
  'blocked by',
  'client host rejected',
  'helo command rejected',
  'data command rejected',
  'command rejected',
  'domain not found',
  'host not found',
  'relay access denied',
  'relaying denied',
  'user unknown',
  'unknown user',
  'fully-qualified',
  'too many errors',
  'too many connections',
  'rate limit exceeded',
];
/** Words of any reply that make it a delay. */
const delays = [
  'greylist',
  'graylist',
  'grey list',
  'grey-list',
  'greylisting',
  'try again',
  'come back',
  'please retry',
  'retry later',
  'temporar',
  'deferred',
];

/** Whether a refusal with this reply speaks against the client. `code` and `status` as the log gives them. */
export function isHostileRefusal(code: string | null, status: string | null, words: string): boolean {
  const first = (code ?? status ?? '5').charCodeAt(0);
  const text = words.toLowerCase();
  if (first === 52) return !delays.some((each) => text.includes(each)) && against.some((each) => text.includes(each));
  // RFC 3463 3: subject 2 is the mailbox (full, disabled), 3 the mail system (size, storage), 4 the network.
  const subject = status?.charCodeAt(2) ?? 0;
  if (subject >= 50 && subject <= 52 && status?.charCodeAt(3) === 46) return false;
  if (code === '552' || code === '530') return false; // too large; STARTTLS or AUTH is asked for first
  return !text.includes('server configuration');
}
