import { clean, defineCheck, finding } from '../check.ts';
import { mayRelay } from '../relay.ts';

/** More recipients than this class of client may name, in the message or in the session (R4, RFC 5321 4.5.3.1.10). */
export const tooManyRecipients = defineCheck({
  id: 'too-many-recipients',
  stages: ['rcpt'],
  kind: 'protocol',
  facts: [],
  defaults: { action: 'defer', onUnsure: 'pass' },
  options: ({ limits }) => ({
    insiders: { perMessage: limits.recipientsPerMessage, perSession: limits.recipientsPerSession },
    strangers: { perMessage: limits.outsideRecipientsPerMessage, perSession: limits.outsideRecipientsPerSession },
  }),

  run(input, _facts, limits) {
    const { perMessage, perSession } = mayRelay(input) ? limits.insiders : limits.strangers;
    if (input.accepted.length >= perMessage) return finding('too many recipients for one message', { accepted: input.accepted.length, limit: perMessage });
    if (input.conduct.recipients >= perSession)
      return finding('too many recipients for one session', { accepted: input.conduct.recipients, limit: perSession });
    return clean;
  },
});
