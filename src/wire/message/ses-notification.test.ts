import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sesNotification } from './ses-notification.ts';

const complaint =
  '{"notificationType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"u@isp.example"}]},"mail":{"commonHeaders":{"messageId":"<1@x>"}}}';

test('a complaint, also when the mail has wrapped its lines', () => {
  for (const text of [complaint, complaint.replace('u@isp', 'u\n @isp'), `${complaint}\n--\nunsubscribe here`]) {
    const read = sesNotification(text);
    assert.deepEqual([read?.kind, read?.recipients, read?.messageId], ['feedback', ['u@isp.example'], '<1@x>'], text);
  }
});

test('a transient bounce is for now, one of unknown kind says nothing', () => {
  const bounce = (type: string): string => `{"notificationType":"Bounce","bounce":{"bounceType":"${type}","bouncedRecipients":[]}}`;
  assert.equal(sesNotification(bounce('Transient'))?.permanent, false);
  assert.equal(sesNotification(bounce('Undetermined'))?.permanent, null);
});

for (const text of ['', '{"a":1}', 'hello {"notificationType":"Bounce"}', '{"notificationType":"Else"}'])
  test(`${JSON.stringify(text)} is none`, () => assert.equal(sesNotification(text), null));

test('broken JSON is a notification without particulars, not an exception', () => {
  assert.deepEqual(sesNotification('{"notificationType":"Bounce","bounce":[}')?.recipients, []);
  assert.deepEqual(sesNotification('{"notificationType":"Bounce","bounce":{"bouncedRecipients":[null,7,{"emailAddress":{}}]}}')?.recipients, []);
});

test("a gateway's banner may stand in front where Amazon is the sender, a person's words may not", () => {
  const text = `CAUTION: this message comes from outside.\n\n${complaint}`;
  assert.equal(sesNotification(text, 'AWS Notifications <no-reply@sns.amazonaws.com>')?.kind, 'feedback');
  assert.equal(sesNotification(text, 'Kim <kim@home.example>'), null);
  assert.equal(sesNotification(text, 'Kim <kim@amazonaws.com.home.example>'), null);
});
