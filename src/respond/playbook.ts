// What is done by itself when a detector alarms: one row an answer, with the reason beside it. A row proposes a measure; whether it is put
// in force is for the guards. Pure.
import type { PlaybookOptions } from '../config/playbook-options.ts';
import type { Alarm, AlarmKey, AlarmLevel } from '../model/alarm.ts';
import type { MeasureAction, MeasureScope } from '../model/measure.ts';

export interface PlaybookRow {
  readonly detector: string;
  /** The level from which it is done. */
  readonly from: Exclude<AlarmLevel, 'watch'>;
  readonly action: MeasureAction;
  /** Milliseconds the first time; doubled each further time within a day, a day at most. */
  readonly forMs: number;
  /** Whom it is about; null where the alarm does not name it. */
  scopeOf(key: AlarmKey, alarm: Pick<Alarm, 'origins'>): MeasureScope | null;
  /** Where `scopeOf` has none and an operator may wonder: why nothing is done, and what he can do; null: nobody wonders. */
  whyNot?(key: AlarmKey): string | null;
  /** False: only recorded, until an operator says otherwise. */
  readonly carryOut: boolean;
  /** For the documentation: why this and no more. */
  readonly why: string;
}

const minutes = 60_000;
const hours = 60 * minutes;

const clientOf = ({ ip, network }: AlarmKey): string | null => {
  if (ip !== undefined) return ip.includes(':') ? (ip.includes('/') ? ip : `${ip}/64`) : `${ip}/32`;
  return network ?? null;
};
const ofClient = (key: AlarmKey): MeasureScope | null => {
  const client = clientOf(key);
  return client === null ? null : { client };
};
/** A network, or a house by the confirmed names of its machines: an attacker of several addresses is one. */
const ofSendingHouse = (key: AlarmKey): MeasureScope | null => (key.domain === undefined ? ofClient(key) : { hostname: `.${key.domain}` });
const toRecipient =
  (more: MeasureScope) =>
  ({ recipient }: AlarmKey): MeasureScope | null =>
    recipient === undefined ? null : { recipient, direction: 'in', ...more };
/** A sender's, a house's or a network's mail to one recipient. */
const ofPair = (key: AlarmKey, { origins }: Pick<Alarm, 'origins'>): MeasureScope | null => {
  const who = key.sender !== undefined ? { sender: key.sender } : key.domain !== undefined ? ofHouse(key.domain, origins) : ofClient(key);
  return who === null || key.recipient === undefined ? null : { ...who, recipient: key.recipient, direction: 'in' };
};

/**
 * A house is proven by its signature or by the names of its machines. Where its senders are its own they are meant, from whatever machine,
 * and nobody else is hurt; else its machines.
 */
function ofHouse(house: string, origins: Alarm['origins']): MeasureScope {
  const sender = origins[0]?.origin ?? '';
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  return domain === house || domain.endsWith(`.${house}`) ? { sender: domain } : { hostname: `.${house}` };
}

/** engineering 2.2, column "Mitigation"; `carryOut` as measured in docs/playbook.md. */
export const playbookRows: readonly PlaybookRow[] = [
  {
    detector: 'subscription-bomb',
    from: 'alert',
    action: 'divert',
    forMs: 6 * hours,
    scopeOf: toRecipient({ content: 'subscription' }),
    carryOut: true,
    why: 'Refusing would put the victim on block lists of senders that did nothing wrong; the mail is kept, out of the way, and needles and correspondents pass.',
  },
  {
    detector: 'single-source-bomb',
    from: 'severe',
    action: 'defer',
    forMs: hours,
    scopeOf: ofPair,
    carryOut: true,
    why: 'A real sender tries again when it is over; only the pair is touched.',
  },
  {
    detector: 'mailbox-flood',
    from: 'severe',
    action: 'defer',
    forMs: 15 * minutes,
    scopeOf: toRecipient({}),
    carryOut: false,
    why: 'It would put off good mail to that mailbox as well: for a person to decide.',
  },
  {
    detector: 'directory-harvest',
    from: 'alert',
    action: 'defer',
    forMs: 15 * minutes,
    scopeOf: ofSendingHouse,
    carryOut: true,
    why: 'Who guesses addresses learns nothing more, and a list server behind the same address loses nothing.',
  },
  {
    detector: 'connection-flood',
    from: 'alert',
    action: 'refuse-at-banner',
    forMs: 5 * minutes,
    scopeOf: ofClient,
    carryOut: true,
    why: 'Each connection costs; nobody who is refused at the banner has mail under way.',
  },
  {
    detector: 'slow-clients',
    from: 'alert',
    action: 'refuse-at-banner',
    forMs: 15 * minutes,
    scopeOf: ofClient,
    carryOut: false,
    why: 'A bad line looks the same; deadlines and caps hold anyway.',
  },
  {
    detector: 'relay-attempts',
    from: 'alert',
    action: 'refuse-at-banner',
    forMs: 24 * hours,
    scopeOf: ofClient,
    carryOut: true,
    why: 'Three strange domains within an hour are no mistake.',
  },
  {
    detector: 'password-guessing',
    from: 'alert',
    action: 'refuse-at-banner',
    forMs: 15 * minutes,
    scopeOf: ({ user, ...key }) => (user === undefined ? ofClient(key) : null),
    carryOut: true,
    why: 'Guessing is slowed to nothing; an account under attack from many places is not locked, or the attacker could lock out its owner.',
  },
  {
    detector: 'stolen-account',
    from: 'alert',
    action: 'quarantine',
    forMs: 24 * hours,
    scopeOf: ({ user }) => (user === undefined ? null : { user, direction: 'out' }),
    carryOut: true,
    why: 'Nothing is lost: what the owner wrote is released with one command, what the thief wrote is discarded. Reading mail goes on.',
  },
  {
    detector: 'injector-abuse',
    from: 'alert',
    action: 'defer',
    forMs: hours,
    scopeOf: ofClient,
    carryOut: false,
    why: 'It is one of our own hosts: put off by hand (floodgate measure add --force).',
  },
  {
    detector: 'backscatter-flood',
    from: 'alert',
    action: 'reject',
    forMs: 6 * hours,
    scopeOf: (key) =>
      key.recipient === undefined && key.domain === undefined
        ? null
        : { recipient: key.recipient ?? key.domain ?? '', direction: 'in', content: 'forged-bounce' },
    carryOut: true,
    why: 'Only reports of mail that was proven not to be ours; the server that bounces it hears 550, its sender never existed.',
  },
  {
    detector: 'trap-mail',
    from: 'alert',
    action: 'refuse-at-banner',
    forMs: 24 * hours,
    scopeOf: ofClient,
    carryOut: true,
    why: 'Nobody was ever given these addresses; reports, which a forger can send there, do not count.',
  },
  {
    detector: 'virus-storm',
    from: 'alert',
    action: 'quarantine',
    forMs: hours,
    scopeOf: ({ user }) => (user === undefined ? null : { user, direction: 'out' }),
    carryOut: true,
    why: 'Of a user of ours (logged in) whose machine is infected all is kept until somebody has looked. A machine without a user is told, not touched: our own networks never are. A storm from outside has no one client to shut out.',
    whyNot: ({ ip, network }) =>
      ip === undefined && network === undefined
        ? null
        : `it is a machine of ours, and nothing automatic touches our networks: look at it; by hand: floodgate measure add --client ${ip ?? network} --action hold --for 1h --reason infected --force`,
  },
];

export interface Proposal {
  readonly scope: MeasureScope;
  readonly action: MeasureAction;
  readonly forMs: number;
  readonly dryRun: boolean;
}

const rank: Readonly<Record<AlarmLevel, number>> = { watch: 0, alert: 1, severe: 2 };
const longestMs = 24 * hours;
/** The mail is had by its recipient, or can be: nothing is refused or put off. */
export const keepsMail: ReadonlySet<MeasureAction> = new Set(['observe', 'tag', 'divert', 'quarantine']);

/** Why an alarm that has an answer for others has none; null where nobody would wonder. */
export function unansweredBecause({ detector, key, level }: Pick<Alarm, 'detector' | 'key' | 'level'>, options: PlaybookOptions): string | null {
  const row = playbookRows.find((each) => each.detector === detector);
  const said = options[detector] ?? {};
  if (row?.whyNot === undefined || said === 'off' || rank[level] < rank[said.from ?? row.from]) return null;
  return row.whyNot(key);
}

/** What the playbook says to an alarm; null where it has no answer. `before` counts how often the same was answered within the last day. */
export function proposalFor(alarm: Alarm, options: PlaybookOptions, before: number): Proposal | null {
  const row = playbookRows.find(({ detector }) => detector === alarm.detector);
  const said = options[alarm.detector] ?? {};
  if (row === undefined || said === 'off') return null;
  if (rank[alarm.level] < rank[said.from ?? row.from]) return null;
  const scope = row.scopeOf(alarm.key, alarm);
  if (scope === null) return null;
  const action = said.action ?? row.action;
  const forMs = Math.min(longestMs, (said.for ?? row.forMs) * 2 ** Math.min(before, 10));
  // Nothing is done to a third party on evidence that anybody could have made up (engineering 2.12).
  const isUnsafe = alarm.spoofable && !keepsMail.has(action) && [scope.client, scope.hostname, scope.sender].some((party) => party !== undefined);
  return { scope, action, forMs, dryRun: isUnsafe || !(said.carryOut ?? row.carryOut) };
}
