import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmKey } from '../model/alarm.ts';
import type { EventBody } from '../model/events.ts';
import { events } from './catalogue.ts';
import { LogFocus, mostFocusKeys } from './log-focus.ts';

const opened = (session: string, ip: string): EventBody =>
  events.sessionOpened({ session, ip, port: 1, listener: 'mx', role: 'mx', inside: false, localIp: '192.0.2.1', localPort: 25 });
const closed = (session: string, ip: string): EventBody =>
  events.sessionClosed({ session, ip, why: 'quit', ms: 1, bytesIn: 1, bytesOut: 1, messages: 0, errors: 0 });
const judged = (session: string, input: { readonly from?: string; readonly to?: string; readonly user?: string }): EventBody =>
  events.stageJudged({ session, ip: '198.51.100.1', stage: 'rcpt', input, facts: {}, action: 'pass', findings: [] });

const cases: readonly [key: AlarmKey, event: EventBody, expected: boolean, why: string][] = [
  [{ ip: '203.0.113.9' }, opened('a', '203.0.113.9'), true, 'the client itself'],
  [{ ip: '203.0.113.9' }, opened('a', '203.0.113.90'), false, 'no beginning of an address'],
  [{ network: '203.0.113.0/24' }, opened('a', '203.0.113.77'), true, 'in the network'],
  [{ network: '2001:db8:1::/64' }, opened('a', '2001:db8:1::5'), true, 'in an IPv6 network'],
  [{ recipient: 'ann@hub.example' }, judged('a', { to: 'Ann@hub.example' }), true, 'the recipient, in any case'],
  [{ sender: 'shop.example' }, judged('a', { from: 'news@shop.example' }), true, "the sender's domain"],
  [
    { sender: 'shop.example', recipient: 'ann@hub.example' },
    judged('a', { from: 'news@shop.example', to: 'bob@hub.example' }),
    false,
    'of a pair the recipient',
  ],
  [{ user: 'bob' }, judged('a', { user: 'bob' }), true, 'the user'],
  [{ site: true }, opened('a', '203.0.113.9'), false, 'the whole site is nobody'],
];
for (const [key, event, expected, why] of cases)
  test(`${JSON.stringify(key)} ${expected ? 'concerns' : 'does not concern'} ${event.type}: ${why}`, () =>
    assert.equal(new LogFocus([key]).concerns(event), expected));

test('a session that was about it once stays in view until it is closed', () => {
  const focus = new LogFocus([{ recipient: 'ann@hub.example' }]);
  assert.equal(focus.concerns(opened('a', '198.51.100.1')), false);
  assert.equal(focus.concerns(judged('a', { to: 'ann@hub.example' })), true);
  assert.equal(focus.concerns(judged('a', { to: 'bob@hub.example' })), true);
  assert.equal(focus.concerns(closed('a', '198.51.100.1')), true);
  assert.equal(focus.size, 0);
  assert.equal(focus.concerns(judged('a', { to: 'bob@hub.example' })), false);
});

test('however many strangers come, a bounded number of sessions and keys is in view', () => {
  const focus = new LogFocus([{ network: '203.0.113.0/24' }]);
  for (let n = 0; n < 5000; n++) focus.concerns(opened(`s${n}`, '203.0.113.9'));
  assert.equal(focus.size, 1000);
  for (let n = 0; n < 5000; n++) focus.concerns(opened(`t${n}`, `10.1.${n >> 8}.${n & 255}`));
  assert.ok(focus.known <= 2000, `${focus.known}`);
  const many = new LogFocus(Array.from({ length: 1000 }, (_, n) => ({ ip: `10.0.${n >> 8}.${n & 255}` })));
  assert.equal(many.concerns(opened('a', '10.0.0.1')), true);
  assert.equal(many.concerns(opened('b', `10.0.${(mostFocusKeys + 1) >> 8}.${(mostFocusKeys + 1) & 255}`)), false);
});
