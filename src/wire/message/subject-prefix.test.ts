import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bareSubject, isSentOn } from './subject-prefix.ts';

const cases: readonly (readonly [subject: string, bare: string, isForward: boolean, why: string])[] = [
  ['Re: offer', 'offer', false, 'an answer'],
  ['AW: Re[2]: offer', 'offer', false, 'answers of two programs'],
  ['Ответ: offer', 'offer', false, 'an answer in Russian'],
  ['回复：offer', 'offer', false, 'a colon of full width'],
  ['Fwd: offer', 'fwd: offer', true, 'sent on'],
  ['Re: WG: offer', 'wg: offer', true, 'an answer to what was sent on'],
  ['[team] TR : offer', 'tr : offer', true, 'in French, behind the tag of a list'],
  ['轉寄: offer', '轉寄: offer', true, 'in Chinese'],
  ['***SPAM*** [EXTERNAL] Re: offer', 'offer', false, 'tags of filters'],
  ['{Spam?} offer', 'offer', false, "MailScanner's tag"],
  ['[a very long list name] offer', 'a very long list name] offer', false, 'a long tag may be the subject itself'],
  ['Trip: offer', 'trip: offer', false, 'a word that begins like a prefix'],
  ['', '', false, 'nothing'],
];
for (const [subject, bare, isForward, why] of cases)
  test(`"${subject}": ${why}`, () => {
    assert.equal(bareSubject(subject), bare);
    assert.equal(isSentOn(subject), isForward);
  });
