// Cheap signs of a message for the detector of subscription bombs: from its header and its first text alone, no MIME tree. A bomb is made of honest
// mail, form by form, so the signs are weak one by one; what weighs is their sum over many messages.
import type { ConfirmationClass, HeaderFields, MessageTraits } from '../../model/understanding.ts';
import { firstAddress } from './address-text.ts';
import { fieldOf, headerFields, readHeader, startOfField } from './header.ts';
import { defaultMessageLimits } from './limits.ts';
import { withLineFeeds } from './message-text.ts';
import { fold, type PhraseTable } from './phrases.ts';
import { confirmationPhrases } from './rules/confirmation.ts';
import { transactionPhrases } from './rules/transaction.ts';
import { senderSigns } from './sender-signs.ts';

export type { MessageTraits } from '../../model/understanding.ts';

/** Characters of the first text that are looked at. */
export const firstTextLength = 1024;
/** Octets of the header that are looked at: what passes it is no ordinary message. */
const headerBytes = 64 * 1024;
/** Web programs that send mail, by the words of X-Mailer and its kin. */
const scriptMailer = /phpmailer|wpmailsmtp|wp mail|wordpress|swiftmailer|joomla|drupal|php\/|cakephp|codeigniter|contact form|prestashop|magento/i;
const scriptFields = ['x-php-originating-script', 'x-php-script', 'x-wp-mail', 'x-wpcf7-content-type', 'x-drupal-mail'];
/** Local parts of programs that need no answer. */
const programLocal = /^(?:wordpress|no-?_?\.?reply|do-?_?\.?not-?_?\.?reply|newsletters?|info|mailer|notifications?|noreply\+.*)$/i;

/** Wordings of these are found anywhere in the first text; greetings, orders and the rest are words of any letter, and count where it begins. */
const anywhere: ReadonlySet<ConfirmationClass> = new Set(['confirm', 'verify-address', 'password-reset', 'registration']);
/** Characters of the folded text that are its beginning. */
const beginning = 120;

/** Reads the signs from a header (raw octets, or a character an octet) and the first words of the text, as they are or empty. */
export function traitsOf(header: Buffer | string, firstText: string): MessageTraits {
  const text = withLineFeeds(typeof header === 'string' ? header.slice(0, headerBytes) : header.toString('latin1', 0, Math.min(header.length, headerBytes)));
  return traitsOfFields(headerFields(readHeader(text, 0, text.length, defaultMessageLimits, true).fields), firstText);
}

/** The same from fields that were read already. */
export function traitsOfFields(headers: HeaderFields, firstText: string): MessageTraits {
  const { automated, list, bulk } = senderSigns(headers);
  const subject = startOfField(headers, 'subject').trim();
  const start = firstText.slice(0, firstTextLength);
  const from = firstAddress(startOfField(headers, 'from'));
  const at = from?.lastIndexOf('@') ?? -1;
  const mailer = valueOf(headers, 'x-mailer') ?? valueOf(headers, 'user-agent');
  const folded = { subject: fold(subject), start: fold(start) };
  return {
    automated,
    list,
    bulk,
    listId: listId(fieldOf(headers, 'list-id')),
    formSub: valueOf(headers, 'form-sub'),
    autoSubmitted:
      valueOf(headers, 'auto-submitted')
        ?.split(/[;(\s]/, 1)[0]
        ?.toLowerCase() ?? null,
    confirmation: classOf(confirmationPhrases, folded, (meaning) => anywhere.has(meaning)),
    transaction: classOf(transactionPhrases, folded, () => false),
    mailer,
    fromScript: scriptFields.some((name) => headers.has(name)) || (mailer !== null && scriptMailer.test(mailer)),
    fromDomain: from === null ? null : from.slice(at + 1),
    fromLocal: from === null ? null : from.slice(0, at),
    subject,
  };
}

/** The subject speaks first: a text may greet, confirm and thank at once. */
function classOf<Meaning>(
  table: PhraseTable<Meaning>,
  { subject, start }: { readonly subject: string; readonly start: string },
  mayStandAnywhere: (meaning: Meaning) => boolean,
): Meaning | null {
  const inSubject = table.firstIn(subject);
  if (inSubject !== null) return inSubject.meaning;
  const hit = table.firstIn(start);
  if (hit === null) return null;
  return mayStandAnywhere(hit.meaning) ? hit.meaning : (table.firstIn(start.slice(0, beginning))?.meaning ?? null);
}

function valueOf(headers: HeaderFields, name: string): string | null {
  const value = fieldOf(headers, name).trim().slice(0, 200);
  return value === '' ? null : value;
}

/** RFC 2919: the identifier stands in angle brackets behind a phrase. */
function listId(value: string): string | null {
  const inner = /<([^<>]{1,255})>/.exec(value)?.[1] ?? value.trim().slice(0, 255);
  return inner === '' ? null : inner.toLowerCase();
}

/** Weights of the signs, from the tell-tales of measured bombs: the sum says how much a message looks like form mail, not that it is bad. */
const weights: readonly (readonly [weight: number, holds: (traits: MessageTraits) => boolean])[] = [
  [4, ({ formSub }) => formSub !== null], // rare, and decisive where it is
  [3, ({ confirmation }) => confirmation !== null],
  [2, ({ list, bulk }) => list || bulk], // the part that comes by senders of newsletters
  [2, ({ automated }) => automated],
  [1, ({ fromScript, fromLocal }) => fromScript || programLocal.test(fromLocal ?? '')], // the part that comes by web sites
];

/** How much a message looks like what a web form sends, 0 to 12. The envelope and the recipient's habits are weighed by the detector. */
export const subscriptionScore = (traits: MessageTraits): number => weights.reduce((sum, [weight, holds]) => sum + (holds(traits) ? weight : 0), 0);
