import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageOf } from './language.ts';

const cases: readonly [text: string, expected: string | null, why: string][] = [
  ['Your message could not be delivered to the following address', 'en', 'common words'],
  ['Ваше письмо не доставлено: <a@b.example> 550 User unknown', 'ru', 'a script, beside an answer in English'],
  ['Ваш лист не доставлено, її скринька', 'uk', 'letters that Russian has not'],
  ['Порука није достављена, љубазно', 'sr', 'letters of Serbian'],
  ['宛先にメールを配信できません', 'ja', 'kana'],
  ['邮件无法投递到以下地址', 'zh', 'Han without kana'],
  ['550 5.1.1 <a@b.example>', null, 'no words'],
  ['', null, 'nothing'],
];
for (const [text, expected, why] of cases) test(`${text}: ${why}`, () => assert.equal(languageOf(text), expected));
