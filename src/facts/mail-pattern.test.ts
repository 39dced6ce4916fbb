import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mailboxOf } from '../../test/harness/policy-inputs.ts';
import { nameFits, patternFits, patternsMeet, patternsOf } from './mail-pattern.ts';

const fitting: readonly [pattern: string, address: string | null, fits: boolean, why: string][] = [
  ['a@example.org', 'A@example.org', true, 'a person is meant in any case'],
  ['a@example.org', 'b@example.org', false, 'somebody else'],
  ['example.org', 'b@example.org', true, 'a domain means all in it'],
  ['example.org', 'b@mail.example.org', false, 'but none below it'],
  ['.example.org', 'b@mail.example.org', true, 'which is what the dot is for'],
  ['.example.org', 'b@example.org', false, 'and the dot means below only'],
  ['example.org', 'b@badexample.org', false, 'a domain that ends so is another'],
  ['<>', null, true, 'the null sender'],
  ['example.org', null, false, 'has no domain'],
  ['<>', 'a@example.org', false, 'and nobody else is it'],
];
for (const [pattern, address, fits, why] of fitting) {
  const given = address === null ? null : mailboxOf(address);
  test(`${pattern} ${fits ? 'means' : 'does not mean'} ${address}: ${why}`, () => assert.equal(patternFits(pattern, given), fits));
}

test('a name is compared in any case and without its final dot', () =>
  assert.deepEqual([nameFits('mx.example.org', 'MX.Example.ORG.'), nameFits('.org', 'org')], [true, false]));

const label = fc.constantFrom('a', 'b');
const domain = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
const pattern = fc.oneof(
  domain,
  domain.map((each) => `.${each}`),
  fc.tuple(label, domain).map(([local, each]) => `${local}@${each}`),
  fc.constant('<>'),
);
const address = fc.oneof(
  fc.constant(null),
  fc.tuple(label, domain).map(([local, each]) => mailboxOf(`${local}@${each}`)),
);

test('the patterns to look up are exactly those that fit', () =>
  fc.assert(fc.property(pattern, address, (each, mailbox) => patternsOf(mailbox).includes(each) === patternFits(each, mailbox))));

test('two patterns that mean the same address meet', () =>
  fc.assert(
    fc.property(pattern, pattern, address, (one, other, mailbox) => !(patternFits(one, mailbox) && patternFits(other, mailbox)) || patternsMeet(one, other)),
    { numRuns: 1000 },
  ));

test('patterns that have nothing in common do not meet', () =>
  assert.deepEqual(
    [patternsMeet('a@x.example', 'b@x.example'), patternsMeet('x.example', '.x.example'), patternsMeet('<>', 'x.example'), patternsMeet('.b.x', 'a@b.x')],
    [false, false, false, false],
  ));
