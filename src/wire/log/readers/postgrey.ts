// Postgrey, the greylisting policy server: `action=greylist, reason=new, client_name=x, client_address=192.0.2.7, sender=a@b, recipient=c@d`.
import { clientOf, namesNobody, reading } from '../line.ts';
import type { LogReader } from '../reader.ts';

export const postgrey: LogReader = {
  format: 'postgrey',
  programs: ['postgrey'],
  program: 'postgrey',
  open:
    () =>
    ({ text }) => {
      const action = valueOf(text, 'action');
      if (action === null) return namesNobody;
      return reading(action === 'greylist' ? 'reject' : 'accept', {
        client: clientOf(valueOf(text, 'client_address') ?? '', valueOf(text, 'client_name')),
        from: valueOf(text, 'sender'),
        to: valueOf(text, 'recipient'),
        outcome: action === 'greylist' ? 'deferred' : 'accepted',
        reason: valueOf(text, 'reason'),
      });
    },
};

/** The value of `name=value` in a list with commas; null when it is not there. */
function valueOf(text: string, name: string): string | null {
  const start = text.startsWith(`${name}=`) ? 0 : text.indexOf(`, ${name}=`) + 2;
  if (start === 1) return null;
  const from = start + name.length + 1;
  const end = text.indexOf(', ', from);
  return end < 0 ? text.slice(from) : text.slice(from, end);
}
