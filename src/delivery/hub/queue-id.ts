// The hub's own name for a message, out of its reply to the final dot: what an operator looks for in the hub's log.
import type { Reply } from '../../model/reply.ts';

/** Only what is safe to repeat in a reply or a log. The longest of these servers' ids is Exchange's, of 20 digits. */
const id = '([A-Za-z0-9._-]{4,64})';

const forms: readonly RegExp[] = [
  new RegExp(`\\bqueued as ${id}(?![A-Za-z0-9._-])`, 'i'), // Postfix, Haraka: "Ok: queued as 4XyzAB1cdz"
  new RegExp(`\\bid=${id}(?![A-Za-z0-9._-])`), // Exim: "OK id=1tEabc-00000001abC-2xyz"
  new RegExp(`^${id}:? Message accepted for delivery`, 'i'), // Sendmail, OpenSMTPD
  /\[InternalId=(\d{1,20})\b/, // Exchange
  /^ok \d{6,} qp (\d{1,10})\b/, // qmail: "ok 1763718000 qp 4711"
];

/** The queue id that the reply names; null when it names none. */
export function queueIdIn(answer: Reply): string | null {
  for (const form of forms) {
    for (const line of answer.lines) {
      const found = form.exec(line)?.[1];
      if (found !== undefined) return found;
    }
  }
  return null;
}
