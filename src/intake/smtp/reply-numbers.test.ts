import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbersIn } from './reply-numbers.ts';

const cases: readonly [text: string, numbers: readonly number[] | null, why: string][] = [
  ['2', [2], 'one'],
  ['1, 3\n', [1, 3], 'as the letter shows it'],
  ['\n\n 1 3 12 \n-- \nAnn', [1, 3, 12], 'behind empty lines, before a signature'],
  ['Nr. 2 und 4.', [2, 4], 'with a word between'],
  ['#1 & #2', [1, 2], 'with signs'],
  ['Please release:\n1', [1], 'behind a greeting'],
  ['> [1]\n>    From: x\n> 2\n\n3', [3], 'below what is quoted'],
  ['> a\n> b\n> c\n> d\n> e\n3', [3], 'however much that is'],
  ['On 21 Nov 2026, gateway wrote:\n> 1\n', null, 'what is quoted is not said'],
  ['Thanks!\n\n-----Original Message-----\n1\n', null, 'nor what Outlook quotes'],
  ['Danke\nVon: Mail-Gateway\n1', null, 'in any language'],
  ['I want the 2 invoices', null, 'a number in a sentence is none'],
  ['[1]', null, 'the mark of a line in the letter is none'],
  ['2026', null, 'a year is none'],
  ['', null, 'nothing is nothing'],
  ['a\nb\nc\nd\n1', null, 'far down it may be anything'],
  ['1 '.repeat(500), null, 'nobody writes so many'],
];
for (const [text, numbers, why] of cases)
  test(`${JSON.stringify(text.slice(0, 60))} names ${numbers?.join(', ') ?? 'nothing'}: ${why}`, () => assert.deepEqual(numbersIn(text), numbers));
