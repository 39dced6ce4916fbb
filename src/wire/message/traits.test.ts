import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subscriptionScore, traitsOf } from './traits.ts';

const subjects: readonly [subject: string, confirmation: string | null, transaction: string | null][] = [
  ['Please confirm your subscription', 'confirm', null],
  ['=?utf-8?q?Bitte_best=C3=A4tigen_Sie_Ihre_Anmeldung?=', 'confirm', null],
  ['Confirmez votre inscription', 'confirm', null],
  ['Подтвердите подписку', 'confirm', null],
  ['Verify your email address', 'verify-address', null],
  ['メールアドレスの確認', 'verify-address', null],
  ['Reset your password', 'password-reset', null],
  ['Passwort zurücksetzen', 'password-reset', null],
  ['[Blog] Your username and password', 'registration', null],
  ['Rejestracja konta', 'registration', null],
  ['Welcome to our shop', 'welcome', null],
  ['Hoş geldiniz', 'welcome', null],
  ['[Ticket #42] received', 'ticket', null],
  ['Copy of your message to the club', 'contact-form', null],
  ['Your order 17', 'order', 'order'],
  ['Your password was changed', null, 'password-changed'],
  ['New sign-in from Firefox', null, 'sign-in-alert'],
  ['Überweisung ausgeführt', null, 'bank-notice'],
  ['lunch on Friday?', null, null],
];
for (const [subject, confirmation, transaction] of subjects)
  test(`${subject}: ${confirmation ?? 'no form mail'}, ${transaction ?? 'no needle'}`, () => {
    const traits = traitsOf(`Subject: ${subject}\n\n`, '');
    assert.deepEqual([traits.confirmation, traits.transaction], [confirmation, transaction]);
  });

test('the first words speak where the subject does not, and only the first', () => {
  assert.equal(traitsOf('Subject: hi\n\n', 'Please confirm your subscription by the link.').confirmation, 'confirm');
  assert.equal(traitsOf('Subject: hi\n\n', `${'x '.repeat(2000)}Please confirm your subscription.`).confirmation, null);
});

test('greetings and orders are words of any letter: they count in the subject and where the text begins', () => {
  assert.equal(traitsOf('Subject: hi\n\n', 'Welcome to our club!').confirmation, 'welcome');
  assert.equal(traitsOf('Subject: hi\n\n', `${'I have thought about it for long. '.repeat(6)}You are welcome to come.`).confirmation, null);
  assert.equal(traitsOf('Subject: hi\n\n', `${'We talked about it for long. '.repeat(6)}I paid by credit card.`).transaction, null);
});

test('the signs of the header', () => {
  const traits = traitsOf(
    Buffer.from(
      'From: "Blog" <WordPress@blog.example>\r\nSubject: hi\r\nList-Id: News <news.blog.example>\r\nX-Mailer: PHPMailer 6\r\nAuto-Submitted: Auto-Generated (x)\r\nForm-Sub: v=1; ip=192.0.2.1\r\n\r\n',
    ),
    '',
  );
  assert.deepEqual(
    { ...traits, language: null },
    {
      automated: true,
      list: true,
      bulk: true,
      listId: 'news.blog.example',
      formSub: 'v=1; ip=192.0.2.1',
      autoSubmitted: 'auto-generated',
      confirmation: null,
      transaction: null,
      mailer: 'PHPMailer 6',
      fromScript: true,
      fromDomain: 'blog.example',
      fromLocal: 'WordPress',
      subject: 'hi',
      language: null,
    },
  );
});

test('the score rises with each sign, and a letter has none', () => {
  const score = (header: string): number => subscriptionScore(traitsOf(`${header}\n`, ''));
  assert.equal(score('From: kim@home.example\nSubject: lunch\n'), 0);
  assert.equal(score('From: noreply@shop.example\nSubject: lunch\n'), 1);
  assert.equal(score('From: noreply@shop.example\nSubject: Confirm your subscription\n'), 4);
  assert.equal(score('From: noreply@shop.example\nSubject: Confirm your subscription\nList-Unsubscribe: <x>\n'), 6);
  assert.equal(
    score('From: noreply@shop.example\nSubject: Confirm your subscription\nList-Unsubscribe: <x>\nAuto-Submitted: auto-generated\nForm-Sub: v=1\n'),
    12,
  );
});

test('a header without an end is read up to a limit', () => {
  const traits = traitsOf(`Subject: x\nX: ${'y'.repeat(70_000)}\nForm-Sub: v=1\n\n`, '');
  assert.deepEqual([traits.subject, traits.formSub], ['x', null]);
});
