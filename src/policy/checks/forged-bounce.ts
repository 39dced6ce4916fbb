import { clean, defineCheck, finding, unsure } from '../check.ts';

/** What cannot be told, in words; null: there is nothing to be told. */
const unsureBecause = {
  'memory-too-young': 'what left us is not remembered for long enough yet',
  'not-seen-leaving': 'next to no mail of this sender or domain leaves through this gateway',
  'key-not-answered': 'DNS did not answer for the key of a signature of ours',
  'origin-permitted': 'nothing proves it, but it came from where our SPF record permits it',
  'names-no-message': null,
} as const;

/** A report about mail that we never sent: somebody forged our address (mission B5). Judged when it is complete, never at RCPT. */
export const forgedBounce = defineCheck({
  id: 'forged-bounce',
  stages: ['message'],
  kind: 'abuse',
  facts: [],
  defaults: { action: 'observe', onUnsure: 'pass' },
  options: () => undefined,

  run({ report }) {
    if (report === undefined || report.returned === 'ours') return clean;
    const { kind, original } = report;
    if (report.returned === 'forged')
      return finding('it reports on mail that we did not send', { kind, origin: original.originIp, failed: report.failed[0] ?? null });
    // The operator has said that mail of ours leaves by other ways: the mark is for the recipient's own filter.
    if (report.why === 'others-send-for-us')
      return finding('it may report on mail that others sent for us', { kind }, { action: 'tag', inObserveMode: 'observe' });
    const why = unsureBecause[report.why];
    return why === null ? clean : unsure(why);
  },
});
