// Delivery status notifications (RFC 3464, RFC 6533): groups of fields, one about the message and one for each recipient. Read with tolerance:
// groups without an empty line between, fields outside of any order, wrong action words, addresses without their type.
import { type RawField, rawValue, readHeader } from './header.ts';
import { defaultMessageLimits } from './limits.ts';
import { recipientOf } from './recipient-field.ts';
import { codesIn, statusOf } from './status-codes.ts';

/** RFC 3464 2.3.3, and null for words of no meaning. */
export type DeliveryAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

/** What is said of one recipient. */
export interface RecipientStatus {
  readonly action: DeliveryAction | null;
  readonly finalRecipient: string | null;
  readonly originalRecipient: string | null;
  readonly status: string | null;
  /** Diagnostic-Code without its type. */
  readonly diagnostic: string;
  readonly replyCode: string | null;
}

/** Groups read of one report: more name nobody that matters. */
const mostGroups = 120;
const recipientField = /^(?:(?:final|original)-recipient|x-actual-recipient|x-original-recipient|action|diagnostic-code)$/;

/** The recipients' groups of a delivery status; empty where it has none. */
export function readDeliveryStatus(text: string): readonly RecipientStatus[] {
  return groupsOf(text)
    .filter((group) => group.some(({ name }) => recipientField.test(name)))
    .map(recipientStatus);
}

/** Whether free text holds such fields at a line's beginning. */
export const looksLikeDeliveryStatus = (text: string): boolean =>
  /(?:^|\n)(?:final|original)-recipient[ \t]{0,5}:/i.test(text) && /(?:^|\n)(?:action|status|diagnostic-code)[ \t]{0,5}:/i.test(text);

function groupsOf(text: string): RawField[][] {
  const groups: RawField[][] = [];
  for (let at = 0; at < text.length && groups.length < mostGroups;) {
    const { fields, bodyStart } = readHeader(text, at, text.length, defaultMessageLimits);
    if (fields.length > 0) groups.push(...splitGroup(fields));
    // What is no field is passed over, a line at a time.
    const lf = text.indexOf('\n', at);
    at = bodyStart > at ? bodyStart : lf < 0 ? text.length : lf + 1;
  }
  return groups;
}

/** A second Final-Recipient begins the next group where the empty line between was lost. */
function splitGroup(fields: readonly RawField[]): RawField[][] {
  const groups: RawField[][] = [[]];
  for (const field of fields) {
    const last = groups.at(-1) ?? [];
    const repeats = field.name === 'final-recipient' && last.some(({ name }) => name === 'final-recipient');
    if (repeats) {
      // Original-Recipient stands before Final-Recipient (RFC 3464 2.3) and belongs to the group that begins.
      const original = last.findLastIndex(({ name }) => name === 'original-recipient');
      const carried = original > last.findIndex(({ name }) => name === 'final-recipient') ? last.splice(original) : [];
      groups.push([...carried, field]);
    } else last.push(field);
  }
  return groups;
}

function recipientStatus(fields: readonly RawField[]): RecipientStatus {
  const diagnostic = rawValue(fields, 'diagnostic-code').replace(/^\s{0,10}[A-Za-z0-9-]{1,20}\s{0,5};\s{0,10}/, '');
  const rawStatus = rawValue(fields, 'status');
  const inDiagnostic = codesIn(diagnostic);
  const status = statusOf(rawStatus) ?? inDiagnostic.status;
  return {
    action: actionOf(rawValue(fields, 'action'), status),
    finalRecipient: recipientOf(rawValue(fields, 'final-recipient')),
    originalRecipient: recipientOf(rawValue(fields, 'original-recipient') || rawValue(fields, 'x-original-recipient')),
    status,
    diagnostic,
    // Some write a reply where the status belongs: `Status: 553 Exceeded maximum size`.
    replyCode: inDiagnostic.replyCode ?? codesIn(rawStatus).replyCode,
  };
}

function actionOf(raw: string, status: string | null): DeliveryAction | null {
  const word = /[a-z]+/i.exec(raw.trim())?.[0].toLowerCase() ?? '';
  if (word.startsWith('fail') || word === 'bounced' || word === 'undeliverable') return 'failed';
  if (word.startsWith('delay') || word === 'deferred') return 'delayed';
  if (word === 'delivered' || word === 'relayed' || word === 'expanded') return word;
  // A missing or unknown word: the class of the status says it (RFC 3463 2).
  const byClass = { 5: 'failed', 4: 'delayed', 2: 'delivered' } as const;
  return byClass[Number(status?.[0]) as 5] ?? null;
}
