// The scope of a measure: how it is written, how it reads, and whether it fits what is known of a session.
import { networkOf } from '../lib/ip.ts';
import { z } from '../lib/zod.ts';
import type { ReverseName } from '../model/client.ts';
import { addressOf, type Mailbox, type Sender } from '../model/mailbox.ts';
import type { Direction, MeasureScope } from '../model/measure.ts';
import type { MessageTraits } from '../model/message-traits.ts';
import type { StageInput } from '../model/stage-input.ts';
import { isDivertedAsBomb } from '../model/subscription-mail.ts';
import type { Stage } from '../model/verdict.ts';
import type { KnownCorrespondents } from './established-pairs.ts';
import { parseEntry, type ListKind } from './list-entry.ts';
import { nameFits, patternFits } from './mail-pattern.ts';

/** The fields in the order in which a scope is written. */
export const scopeFields = [
  'client',
  'helo',
  'hostname',
  'sender',
  'recipient',
  'user',
  'listener',
  'role',
  'direction',
  'content',
] as const satisfies readonly (keyof MeasureScope)[];

/** A field whose text is an entry as in a list. */
const entryField = (kind: ListKind) =>
  z
    .string()
    .transform((raw, context): string => {
      const parsed = parseEntry(kind, raw);
      if ('entry' in parsed) return parsed.entry;
      context.issues.push({ code: 'custom', message: parsed.wrong, input: undefined });
      return z.NEVER;
    })
    .optional();

/** A scope as an operator writes it; what comes out is in the form in which it is looked up. */
export const scopeToRead = z.strictObject({
  client: entryField('client'),
  helo: z
    .string()
    .regex(/^[!-~]{1,255}$/, 'is no name that a client can say')
    .transform((text) => text.toLowerCase().replace(/(.)\.$/, '$1'))
    .optional(),
  hostname: entryField('hostname'),
  sender: entryField('sender'),
  recipient: entryField('recipient'),
  user: z.string().min(1).max(320).optional(),
  listener: z.string().min(1).max(32).optional(),
  role: z.enum(['mx', 'submission', 'smarthost'], 'is one of mx, submission, smarthost').optional(),
  direction: z.enum(['in', 'out'], 'is in or out').optional(),
  content: z.enum(['subscription', 'forged-bounce'], 'is subscription or forged-bounce').optional(),
});

/** `client 192.0.2.0/24, sender spam.example`; `everybody` where nothing narrows it. */
export function scopeText(scope: MeasureScope): string {
  const parts = scopeFields.flatMap((field) => (scope[field] === undefined ? [] : [`${field} ${scope[field]}`]));
  return parts.length === 0 ? 'everybody' : parts.join(', ');
}

/** What is known of a session at a stage. What is not known yet is undefined. */
export interface Seen {
  readonly ip: string;
  readonly listener: string;
  readonly role: string;
  readonly helo: string | undefined;
  readonly reverseName: ReverseName | undefined;
  /** Null: nobody authenticated. Known from MAIL on: AUTH comes between EHLO and MAIL. */
  readonly user: string | null | undefined;
  readonly direction: Direction | undefined;
  readonly from: Sender | undefined;
  /** The recipient in question, or all of the message. */
  readonly to: readonly Mailbox[] | undefined;
  /** What the message's content tells. */
  readonly traits: MessageTraits | undefined;
}

export function seenAt<S extends Stage>(stage: S, given: StageInput[S], reverseName?: ReverseName): Seen {
  const input: Partial<StageInput['rcpt'] & StageInput['message']> & StageInput['connect'] = given;
  const { client } = input;
  const isMail = stage !== 'connect' && stage !== 'helo';
  const isOurs = client.inside || client.role === 'smarthost' || (input.user ?? null) !== null;
  return {
    ip: client.ip,
    listener: client.listener,
    role: client.role,
    helo: input.helo,
    reverseName,
    user: isMail ? input.user : undefined,
    direction: isMail ? (isOurs ? 'out' : 'in') : undefined,
    from: input.from,
    to: input.to === undefined ? input.recipients : [input.to],
    traits: input.traits,
  };
}

/** Whether every field fits. A field about what is not known yet does not. */
export function fits(scope: MeasureScope, seen: Seen, correspondents: KnownCorrespondents): boolean {
  const { client, helo, hostname, sender, recipient, user, listener, role, direction, content } = scope;
  return (
    (listener === undefined || listener === seen.listener) &&
    (role === undefined || role === seen.role) &&
    (direction === undefined || direction === seen.direction) &&
    (user === undefined || user === seen.user) &&
    (helo === undefined || (seen.helo !== undefined && nameFits(helo, seen.helo))) &&
    (sender === undefined || (seen.from !== undefined && patternFits(sender, seen.from))) &&
    (recipient === undefined || (seen.to !== undefined && seen.to.some((to) => patternFits(recipient, to)))) &&
    (hostname === undefined || hasReverseName(hostname, seen.reverseName)) &&
    (client === undefined || isInNetwork(client, seen.ip)) &&
    (content === undefined || isOfContent(content, recipient, seen, correspondents))
  );
}

/** A message has one fate: what is said of its content must hold for each of its recipients. */
function isOfContent(
  content: NonNullable<MeasureScope['content']>,
  recipient: string | undefined,
  { traits, to, from, user }: Seen,
  correspondents: KnownCorrespondents,
): boolean {
  if (traits === undefined || to === undefined || !to.every((each) => recipient === undefined || patternFits(recipient, each))) return false;
  if (content === 'forged-bounce') return traits.returned === 'forged';
  const domain = traits.fromDomain ?? from?.domain ?? '';
  const isAuthenticated = (user ?? null) !== null;
  return to.every((each) => isDivertedAsBomb({ traits, isCorrespondent: correspondents.knows(addressOf(each), domain), isAuthenticated }));
}

function isInNetwork(network: string, ip: string): boolean {
  const bits = Number(network.slice(network.indexOf('/') + 1));
  return networkOf(ip, bits, bits) === network;
}

/** Confirmed or not: whoever gives himself a bad name may bear it. */
const hasReverseName = (pattern: string, name: ReverseName | undefined): boolean =>
  name !== undefined && (name.kind === 'confirmed' || name.kind === 'unconfirmed') && nameFits(pattern, name.name);
