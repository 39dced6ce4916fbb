import { quotaKey } from '../../model/quota.ts';
import { clean, defineCheck, finding, unsure } from '../check.ts';

/**
 * One of ours sends more than his quota (R5). A user's mail is kept, because a thief's mail that is refused is sent again by another way, and
 * an owner's must not be lost; a host waits, because it keeps its queue itself.
 */
export const overQuota = defineCheck({
  id: 'over-quota',
  stages: ['rcpt'],
  kind: 'abuse',
  facts: ['quota'],
  defaults: { action: 'quarantine', onUnsure: 'pass' },
  options: ({ checks }) => ({ isChosen: checks['over-quota']?.action !== undefined }),

  run(_input, { quota }, { isChosen }) {
    if (quota.kind === 'unknown') return unsure(quota.why);
    if (quota.value === null) return clean;
    const { kind, name, clock, used, limit } = quota.value;
    const evidence = { account: quotaKey({ kind, name }), quota: clock, used, limit };
    const more = isChosen || kind === 'user' ? {} : ({ action: 'defer', inObserveMode: 'observe' } as const);
    // A place becomes free every few seconds: without this each message to two people would have one pass and one put off.
    return finding('the quota of outgoing recipients is used up', evidence, { ...more, wholeMessage: true });
  },
});
