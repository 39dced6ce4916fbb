// qmail-send: `new msg 17`, `info msg 17: bytes 874 from <a@b> qp 9 uid 7`, `starting delivery 3: msg 17 to remote c@d`,
// `delivery 3: success: ...`, `end msg 17`. A delivery names its message only where it starts, so those under way are remembered.
import type { LruMap } from '../../../lib/lru-map.ts';
import { reading, type Reading } from '../line.ts';
import { after, between, replyOf } from './scan.ts';

/** A delivery under way. */
export interface OpenDelivery {
  readonly queueId: string;
  readonly to: string;
}

/** The reading of a line of qmail-send; null when it is none. */
export function readQmailQueue(text: string, open: LruMap<string, OpenDelivery>): Reading | null {
  const [word = '', second = '', third = ''] = text.split(' ', 3);
  const number = third.replace(/:$/, '');
  if (second === 'msg') return aboutMessage(word, number, text);
  if (word === 'starting' && second === 'delivery') return starts(number, text, open);
  if (word === 'delivery') return ends(second.replace(/:$/, ''), text, open);
  return null;
}

function aboutMessage(word: string, queueId: string, text: string): Reading | null {
  if (!/^\d+$/.test(queueId)) return null;
  if (word === 'info') return reading('accept', { queueId, from: between(text, ' from <', '> qp '), outcome: 'accepted' });
  // Message numbers are used again: what was known of the last one ends where a new one begins.
  if (word === 'end' || word === 'new') return reading('notice', { queueId, ends: true, reason: text });
  return reading('notice', { queueId, reason: text });
}

function starts(number: string, text: string, open: LruMap<string, OpenDelivery>): Reading | null {
  const found = / msg (\d+) to (?:local|remote) (.*)$/.exec(text);
  if (found === null) return null;
  const delivery = { queueId: found[1] ?? '', to: found[2] ?? '' };
  open.set(number, delivery);
  return reading('notice', { queueId: delivery.queueId, to: delivery.to, reason: 'starting delivery' });
}

const outcomes: Readonly<Record<string, Reading['outcome']>> = { success: 'delivered', failure: 'bounced', deferral: 'deferred' };

function ends(number: string, text: string, open: LruMap<string, OpenDelivery>): Reading | null {
  const word = between(text, `delivery ${number}: `, ':');
  if (word === null || !Object.hasOwn(outcomes, word)) return null;
  const delivery = open.get(number);
  open.delete(number);
  const reason = (after(text, `${word}: `) ?? '').replaceAll('_', ' ');
  const said = /Remote host said: (?=[245]\d\d)/.exec(reason);
  const reply = replyOf(said === null ? '' : reason.slice(said.index + said[0].length));
  return reading('delivery', { queueId: delivery?.queueId ?? null, to: delivery?.to ?? null, outcome: outcomes[word] ?? null, ...reply, reason });
}
