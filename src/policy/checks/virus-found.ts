import { mayRelay } from '../relay.ts';
import { clean, defineCheck, finding, unsure } from '../check.ts';

/** The virus scanner found something in the message. What is done is the operator's word (viruses.action, viruses.leaving). */
export const virusFound = defineCheck({
  id: 'virus-found',
  stages: ['message'],
  kind: 'abuse',
  facts: [],
  defaults: { action: 'observe', onUnsure: 'pass' },
  options: ({ viruses }) => viruses,

  run(input, _facts, options) {
    const { scan } = input;
    if (scan === undefined || options === undefined || scan.kind === 'clean' || scan.kind === 'too-large') return clean;
    if (scan.kind === 'found') {
      const leaves = mayRelay(input);
      return finding('a virus was found', { virus: scan.found, leaves, port: input.client.port }, { action: leaves ? options.leaving : options.action });
    }
    if (options.whenAway === 'defer') return finding('the virus scanner cannot be asked', { why: scan.why }, { action: 'defer' });
    return unsure(scan.why);
  },
});
