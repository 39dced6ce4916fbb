// What a stage's record keeps of the facts it rests on: small, and nothing at all where the fact said nothing (no list matched).
import type { FactRecord } from '../model/events.ts';
import { unknown, type Facts, type MeasureHit } from './facts.ts';

/** Stands for a fact that no check of the stage wanted. */
export const notAsked = unknown('not asked');

const recipientExists: FactRecord = { recipient: { value: 'exists' } };

/** The facts that were used, as recorded; null when there is nothing to tell. */
export function recordOf(facts: Facts): FactRecord | null {
  const { lists, measures, reverseName, recipient, quota } = facts;
  const listsSilent = isSilent(lists);
  const measuresSilent = isSilent(measures);
  const quotaSilent = quota === notAsked || (quota.kind === 'known' && quota.value === null);
  if (listsSilent && measuresSilent && quotaSilent && reverseName === notAsked) {
    if (recipient === notAsked) return null;
    if (recipient.kind === 'known' && recipient.value.kind === 'exists') return recipientExists;
  }
  return {
    ...(listsSilent
      ? {}
      : { lists: lists.kind === 'unknown' ? { unknown: lists.why } : { value: lists.value.map(({ list, entry, action }) => `${list}: ${entry} ${action}`) } }),
    ...(measuresSilent ? {} : { measures: measures.kind === 'unknown' ? { unknown: measures.why } : { value: measures.value.map(measureValue) } }),
    ...(reverseName === notAsked ? {} : { reverseName: reverseName.kind === 'unknown' ? { unknown: reverseName.why } : { value: reverseName.value } }),
    ...(recipient === notAsked ? {} : { recipient: recipient.kind === 'unknown' ? { unknown: recipient.why } : { value: recipientValue(recipient.value) } }),
    ...(quotaSilent ? {} : { quota: quota.kind === 'unknown' ? { unknown: quota.why } : { value: quota.value } }),
  };
}

const isSilent = (hits: Facts['lists'] | Facts['measures']): boolean => hits === notAsked || (hits.kind === 'known' && hits.value.length === 0);

const measureValue = ({ id, scope, action }: MeasureHit): string => `${id}: ${scope} ${action}`;

function recipientValue(status: Extract<Facts['recipient'], { kind: 'known' }>['value']): string {
  return status.kind === 'refused' ? `refused ${status.hubReply.code} ${status.hubReply.enhanced ?? ''}`.trimEnd() : status.kind;
}
