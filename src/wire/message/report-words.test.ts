import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipientsIn, serverWords } from './report-words.ts';

const own = new Set(['author@writer.example']);
const cases: readonly [words: string, named: string[], why: string][] = [
  ['  a@b.example\n', ['a@b.example'], 'alone on a line'],
  ['> a@b.example', ['a@b.example'], 'behind a mark'],
  ['<a@b.example>:\n550 no', ['a@b.example'], 'qmail'],
  ['550 <a@b.example>... User unknown', ['a@b.example'], 'Sendmail'],
  ['Unknown user: a@b.example', ['a@b.example'], 'behind a label'],
  ['There was an error delivering your mail to <a@b.example>.', ['a@b.example'], 'at the end of a sentence'],
  ['Undeliverable Address: a@b.example', ['a@b.example'], 'behind a label of two words'],
  ['>>> RCPT To:<a@b.example>\n<<< 550 no', ['a@b.example'], 'in a transcript'],
  ['>>> MAIL From:<a@b.example>', [], 'a sender'],
  ['<<< 250 <a@b.example> recipient ok', [], 'taken by the server'],
  ['250 <a@b.example>... Recipient ok', [], 'taken by the server, as Sendmail writes it'],
  ['For help, contact help@b.example.', [], 'whom to ask'],
  ['please send mail to postmaster@b.example', [], 'the postmaster'],
  ['  author@writer.example', [], 'to whom the report was sent'],
  ['A message sent by\n  <list@b.example>\ncould not be delivered', [], 'who sent it'],
  ['a@b.example\n    (expanded from: <c@d.example>)', ['a@b.example', 'c@d.example'], 'an alias: the sender knows the other name'],
  ['a@b.example\n    (ultimately generated from c@d.example)', ['a@b.example'], 'Exim names the alias for information'],
  ['A@b.example\na@B.EXAMPLE', ['A@b.example'], 'each once'],
  ['yuki@b.example宛のメール', ['yuki@b.example'], 'a script without blanks'],
  ['Bei Fragen wenden Sie sich bitte an\n  help@b.example', [], 'whom to ask, on the next line'],
  ['For help contact the hotline team\n  help@b.example', [], 'whom to ask, after some words'],
  ['Please contact your administrator.\n\n  a@b.example', ['a@b.example'], 'behind a sentence that has ended'],
  ['Delivery of email to this address\n\n"a@b.example"\n\nhas been postponed', ['a@b.example'], 'in the middle of a sentence, on a line of its own'],
  ['Absender: c@d.example\nEmpfänger: a@b.example', ['a@b.example'], 'German labels'],
  ['Remitente: c@d.example; destinatarios: a@b.example', ['a@b.example'], 'Spanish labels, on one line'],
  ['発信者: c@d.example\n宛先: a@b.example', ['a@b.example'], 'Japanese labels'],
  ['发件人：c@d.example\n收件人：a@b.example', ['a@b.example'], 'Chinese labels'],
  ['보낸 사람 : c@d.example\n받는 사람 : a@b.example', ['a@b.example'], 'Korean labels'],
  ['Отправитель: c@d.example\nПолучатель: a@b.example', ['a@b.example'], 'Russian labels'],
  ['<a@[192.0.2.7]>: no', ['a@[192.0.2.7]'], 'an address literal'],
];
for (const [words, named, why] of cases) test(`${JSON.stringify(words)}: ${why}`, () => assert.deepEqual(recipientsIn(words, own).named, named));

test('no more than a hundred are named', () => {
  const words = Array.from({ length: 1000 }, (_, index) => `u${index}@b.example`).join('\n');
  assert.equal(recipientsIn(words, own).named.length, 100);
});

test('what servers said is the lines with codes and those that go on with them', () => {
  assert.equal(serverWords('Sorry.\n550 5.1.1 no such\n  user here\n\nBye.'), '550 5.1.1 no such\n  user here');
  assert.equal(serverWords('Sorry.\nBye.'), '');
});
