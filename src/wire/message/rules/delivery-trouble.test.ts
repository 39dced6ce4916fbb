import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs } from '../../../../test/harness/processor-time.ts';
import { fold } from '../phrases.ts';
import { deliveryTrouble } from './delivery-trouble.ts';

const cases: readonly (readonly [words: string, outcome: 'failed' | 'delayed' | null, why: string])[] = [
  ['We had all sorts of trouble with transmitting your letter', 'failed', 'a word of failure and one of delivery in one sentence'],
  ['The transmission of your letter is postponed', 'delayed', 'a word of delay'],
  ['Notification: mail', null, 'a longer word is not the stem of a shorter one'],
  ['There is an error. Mail is fine.', null, 'a full stop ends the sentence'],
  ['error at mx.example for your mail', 'failed', 'a dot inside of a name does not'],
  [`error ${'x'.repeat(120)} mail`, null, 'too far apart'],
  ['Die Auslieferung Ihrer Nachricht ist gescheitert: nicht möglich', 'failed', 'German'],
  ['Доставка вашего письма задерживается', 'delayed', 'Russian'],
  ['このメールは送信に失敗しました', 'failed', 'Japanese: no blanks between words'],
  ['배송 메일 발송 실패', 'failed', 'Korean'],
  ['Lunch at noon?', null, 'neither'],
];
for (const [words, outcome, why] of cases) test(`${words.slice(0, 60)}: ${why}`, () => assert.equal(deliveryTrouble(fold(words))?.outcome ?? null, outcome));

test('a text of nothing but such words is read in a few milliseconds', () => {
  for (const word of ['not ', 'mail ', 'error', 'нет ', '不', 'ne moze ']) {
    const text = fold(word.repeat(20_000));
    deliveryTrouble(text);
    const started = processorMs();
    deliveryTrouble(text);
    assert.ok(processorMs() - started < 100, word);
  }
});
