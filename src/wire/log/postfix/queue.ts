// Postfix cleanup, qmgr, pickup, bounce, postsuper: what becomes of a message between its arrival and its deliveries.
import { type LogLine, namesNobody, openReading, type Reading, reading } from '../line.ts';
import { readAction } from './action.ts';
import { valueAt } from './scan.ts';
import { ofMessage } from './smtpd.ts';

/** A line of cleanup. */
export function readCleanup(line: LogLine, queueId: string | null, from: number): Reading | null {
  const { text } = line;
  if (queueId === null) return levelled(text);
  if (text.startsWith('message-id=', from)) {
    const made = openReading('notice');
    made.queueId = queueId;
    made.messageId = valueAt(text, from + 11) || null;
    return made;
  }
  if (text.startsWith('resent-message-id=', from)) return reading('notice', { queueId });
  return readAction(line, queueId, from) ?? reading('other', { queueId, reason: text.slice(from) });
}

/** A line of the queue manager. */
export function readQmgr({ text }: LogLine, queueId: string | null, from: number): Reading | null {
  if (queueId === null) return levelled(text);
  const made = openReading('notice');
  made.queueId = queueId;
  if (!text.startsWith('from=', from)) {
    made.ends = text.startsWith('removed', from);
    made.reason = made.ends ? 'removed' : text.slice(from);
    return made;
  }
  const sender = valueAt(text, from + 5);
  made.from = sender;
  const status = text.indexOf(', status=', from + 5 + sender.length);
  if (status < 0) return made;
  const expired = text.startsWith('expired', status + 9) || text.startsWith('force-expired', status + 9);
  return reading(expired ? 'delivery' : 'notice', { queueId, from: sender, outcome: expired ? 'expired' : null, reason: text.slice(status + 9) });
}

/** `uid=0 from=<root>`: mail from the machine itself. */
export function readPickup({ text }: LogLine, queueId: string | null, from: number): Reading | null {
  if (queueId === null) return levelled(text);
  const at = text.indexOf(' from=', from);
  if (!text.startsWith('uid=', from) || at < 0) return reading('other', { queueId, reason: text.slice(from) });
  return reading('accept', { queueId, from: valueAt(text, at + 6), outcome: 'accepted' });
}

/** A line that only tells something about a message: bounce, defer, trace, postsuper. */
export function readAboutMessage({ text }: LogLine, queueId: string | null, from: number): Reading | null {
  if (queueId === null) return levelled(text) ?? namesNobody;
  const reason = text.slice(from);
  return reading('notice', { queueId, ends: reason === 'removed', reason });
}

const levels = ['warning: ', 'error: ', 'fatal: ', 'panic: ', 'statistics: '];

/** A complaint of the program about itself or about a message; null when it is none. */
export function levelled(text: string): Reading | null {
  const level = levels.find((each) => text.startsWith(each));
  if (level === undefined) return null;
  return /^(?:[0-9A-F]{5,}|[0-9][0-9B-Zb-z]{9,}): /.test(text.slice(level.length, level.length + 32)) ? ofMessage(text, level.length) : namesNobody;
}
