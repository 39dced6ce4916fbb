import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryRequest, mailbox } from '../../../test/harness/delivery-request.ts';
import { understand } from '../../wire/message/understand.ts';
import { authorToTell, failureReport } from './failure-report.ts';

const { handover } = deliveryRequest({ route: { key: 'hub', address: { kind: 'smtp', host: 'x', port: 25 } } });
const ours = ['hub.example'];

const authors: readonly [user: string | null, from: string | null, told: string | null, why: string][] = [
  ['ann@hub.example', 'ann@hub.example', 'ann@hub.example', 'an author at home'],
  ['ann', 'Ann@hub.example', 'Ann@hub.example', 'a user name without its domain'],
  [null, 'ann@hub.example', null, 'anybody can write that'],
  ['ann', 'bob@hub.example', null, "another's address"],
  ['ann', 'ann@elsewhere.example', null, 'an address that is not ours'],
  ['ann', null, null, 'the null sender'],
];
for (const [user, from, told, why] of authors)
  test(`${user ?? 'nobody'} as <${from ?? ''}>: ${told === null ? 'nobody is told' : 'is told'}: ${why}`, () =>
    assert.equal(authorToTell({ handover: { ...handover, user }, from: from === null ? null : mailbox(from) }, ours), told));

test('the report is one that programs understand, and no text of a stranger breaks out of it', () => {
  const raw = failureReport({
    envelope: {
      id: '1M7YNPXHV1000-3',
      queuedAt: 0,
      subject: 'Hello\r\nBcc: victim@elsewhere.example',
      messageId: '<1@hub.example>',
      parameters: { size: null, body: null, smtputf8: false, auth: null },
    },
    to: 'ann@hub.example',
    failed: [{ to: mailbox('someone@elsewhere.example'), why: '550 5.1.1 No such user\r\n\r\nX: y' }],
    hostname: 'mx.hub.example',
    at: 1000,
  });
  const { kind, failedRecipients, status } = understand(Buffer.from(raw));
  assert.deepEqual([kind, failedRecipients, status], ['bounce', ['someone@elsewhere.example'], '5.1.1']);
  assert.doesNotMatch(raw, /^(?:Bcc|X):/m);
});
