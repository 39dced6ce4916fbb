// What people read about an account: the owner, what has happened and what to do; the postmaster, the numbers and the commands. Pure.
import type { QuotaClock } from '../model/quota.ts';
import { plain, plainLetter } from './alerts/plain-letter.ts';

/** What becomes of mail beyond a quota. */
export type QuotaTreatment = 'held' | 'deferred' | 'refused' | 'recorded';

interface QuotaNews {
  readonly clock: QuotaClock;
  readonly used: number;
  readonly limit: number;
  /** What becomes of mail beyond the quota. */
  readonly treatment: QuotaTreatment;
}

interface HoldNews {
  readonly measure: string;
  readonly reason: string;
  readonly incident: string | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export type AccountNews = {
  /** Like `user bob`. */
  readonly account: string;
  /** Null where it is a host, a network or a customer. */
  readonly user: string | null;
} & (({ readonly what: 'quota-nearly' | 'quota-used-up' } & QuotaNews) | ({ readonly what: 'outgoing-held' } & HoldNews));

export interface LetterContext {
  readonly hostname: string;
  readonly reference: string;
  /** The owner has a second contact and gets a letter too. */
  readonly ownerIsTold: boolean;
  /** Letters to the postmaster that were too many. */
  readonly leftOut?: number;
}

export interface NewsLetter {
  raw(stamp: { readonly to: readonly string[]; readonly at: number; readonly id: string }): string;
}

const clockWords: Readonly<Record<QuotaClock, string>> = {
  externalRecipientsPerHour: 'recipients elsewhere an hour',
  internalRecipientsPerHour: 'recipients at home an hour',
  recipientsPerDay: 'recipients a day',
};

const headlines: Readonly<Record<AccountNews['what'], string>> = {
  'quota-nearly': 'sending quota nearly used up',
  'quota-used-up': 'sending quota used up',
  'outgoing-held': 'outgoing mail is held, the account may be stolen',
};

const treatmentWords = {
  held: 'What is sent beyond it is kept in the quarantine until a person releases it; nothing is lost or bounced.',
  deferred: 'What is sent beyond it is put off with 450: the host keeps it and tries again; nothing is lost.',
  refused: 'What is sent beyond it is refused, and whoever sent it is told so at once.',
  recorded: 'What is sent beyond it goes out all the same and is only recorded.',
} as const satisfies Readonly<Record<QuotaTreatment, string>>;

/** The letter to one of the two. */
export function letterAbout(news: AccountNews, reader: 'owner' | 'postmaster', context: LetterContext): NewsLetter {
  const { hostname, reference } = context;
  const subject = plain(`[${reference}] ${news.account}: ${headlines[news.what]}`, 200);
  const lines = reader === 'owner' ? ownerLines(news, hostname) : postmasterLines(news, context);
  const text = `${[...lines, '', 'This letter was made by a program. Answers reach nobody.'].map((line) => plain(line, 500)).join('\n')}\n`;
  return { raw: ({ to, ...stamp }) => plainLetter({ from: `floodgate@${hostname}`, to, hostname, subject, text }, stamp) };
}

function ownerLines(news: AccountNews, hostname: string): readonly string[] {
  const name = news.user ?? news.account;
  const why = [
    '',
    `You get this letter because this address is the second contact of the account ${name} at ${hostname}. It was not sent to`,
    'the account itself: should somebody have stolen it, he would read it there.',
  ];
  if (news.what === 'outgoing-held')
    return [
      `Mail that is sent with the account ${name} is held at ${hostname}: it looks as if somebody else uses the account.`,
      'Nothing is lost. Reading mail works as ever.',
      '',
      'If you did not send to many strangers just now:',
      '  1. Change the password of the account, from a computer you trust.',
      '  2. Look for forwarding rules and devices in it that are not yours.',
      '  3. Tell your postmaster by telephone, or from another account.',
      'If it was you, tell your postmaster too: he can let the mail go with one command.',
      ...why,
    ];
  return [
    `The account ${name} at ${hostname} has sent to ${news.used} of at most ${news.limit} ${clockWords[news.clock]}.`,
    news.what === 'quota-nearly' ? `That is most of its quota. ${treatmentWords[news.treatment]}` : treatmentWords[news.treatment],
    '',
    'If that was you and you need more, ask your postmaster. If it was not you, somebody may use your account: change its',
    'password, from a computer you trust, and tell your postmaster by telephone or from another account.',
    ...why,
  ];
}

function postmasterLines(news: AccountNews, { hostname, ownerIsTold, leftOut = 0 }: LetterContext): readonly string[] {
  const owner =
    news.user === null
      ? []
      : [ownerIsTold ? 'The owner is told at his second contact.' : 'The owner is not told: auth.contacts has no second contact for him.'];
  const more = leftOut === 0 ? [] : ['', `${leftOut} letters about other accounts were left out: floodgate quota list`];
  if (news.what === 'outgoing-held') {
    const user = shellWord(news.user ?? '');
    return [
      `The outgoing mail of ${news.user ?? news.account} is held until ${new Date(news.expiresAt).toISOString().slice(0, 19)}Z.`,
      `Why: ${news.reason}${news.incident === null ? '' : ` (incident ${news.incident})`}`,
      ...owner,
      '',
      `On ${hostname}:`,
      `  floodgate quarantine list --user ${user}       what is held`,
      `  floodgate measure undo ${news.measure}         hold no more`,
      `  floodgate quarantine release --user ${user}    let all of it go, as it came`,
      `  floodgate quarantine discard --user ${user}    throw it away; undo brings it back for a day`,
      'The steps of a stolen account are in docs/quotas.md.',
      ...more,
    ];
  }
  return [
    `${news.account}: ${news.used} of ${news.limit} ${clockWords[news.clock]} (${news.clock}).`,
    treatmentWords[news.treatment],
    ...owner,
    '',
    `On ${hostname}:`,
    ...(news.user === null
      ? ['  floodgate quota list                        who has used what']
      : [
          `  floodgate quota show ${shellWord(news.user)}       how it stands`,
          `  floodgate quota raise ${shellWord(news.user)} --for 24h       ten times as much until then`,
          `  floodgate quarantine release --user ${shellWord(news.user)}   let go what is held`,
        ]),
    ...more,
  ];
}

/** A name as it can be pasted into a shell: it came from outside. */
const shellWord = (name: string): string => (/^[A-Za-z0-9._@+-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`);
