import { mayRelay } from '../relay.ts';
import { clean, defineCheck, finding, unsure } from '../check.ts';

/**
 * No virus scanner looks at a message of this size. That is the sender's choice, not a trouble of ours: what pads its virus must not pass as if
 * nobody could be asked. What is done is the operator's word (viruses.whenTooLarge).
 */
export const tooLargeToScan = defineCheck({
  id: 'too-large-to-scan',
  stages: ['message'],
  kind: 'abuse',
  facts: [],
  defaults: { action: 'observe', onUnsure: 'pass' },
  options: ({ viruses }) => viruses,

  run(input, _facts, options) {
    const { scan } = input;
    if (scan?.kind !== 'too-large' || options === undefined) return clean;
    const { whenTooLarge } = options;
    if (whenTooLarge === 'pass') return unsure(scan.why);
    // Refused to a server of ours it would be bounced to whoever stands in the envelope.
    const action = whenTooLarge === 'reject' && mayRelay(input) ? 'quarantine' : whenTooLarge;
    return finding('larger than the virus scanner looks at', { why: scan.why }, { action });
  },
});
