import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEntry, type ListKind } from './list-entry.ts';

const cases: readonly [matches: ListKind, raw: string, expected: string | null, why: string][] = [
  ['client', '192.0.2.7', '192.0.2.7/32', 'an address is a network of one'],
  ['client', ' 192.0.2.77/24 ', '192.0.2.0/24', 'host bits and blanks do not make another entry'],
  ['client', '2001:DB8::/32', '2001:db8::/32', 'one spelling only'],
  ['client', '192.0.2.0/33', null, 'no such network'],
  ['client', 'mail.example.org', null, 'a name is not an address'],
  ['hostname', 'Mail.Example.ORG.', 'mail.example.org', 'case and trailing dot'],
  ['hostname', '.example.org', '.example.org', 'all below'],
  ['hostname', 'müller.example', 'xn--mller-kva.example', 'as it is looked up'],
  ['hostname', 'a b', null, 'no host name'],
  ['sender', 'Spam@Example.ORG', 'spam@example.org', 'an operator means the person in any case'],
  ['sender', 'example.org', 'example.org', 'a whole domain'],
  ['sender', '.example.org', '.example.org', 'all below'],
  ['sender', '<>', '<>', 'the null sender'],
  ['sender', 'a@b@example.org', 'a@b@example.org', 'a quoted local part, without its quotes'],
  ['sender', '@example.org', null, 'no local part'],
  ['sender', 'user@.example.org', null, 'an address has one domain'],
  ['recipient', '<>', null, 'nobody receives as null'],
  ['recipient', '', null, 'nothing'],
  ['recipient', 'x'.repeat(400), null, 'longer than any address'],
];

for (const [matches, raw, expected, why] of cases) {
  test(`${matches} "${raw.slice(0, 40)}": ${why}`, () => {
    const parsed = parseEntry(matches, raw);
    assert.equal('entry' in parsed ? parsed.entry : null, expected);
  });
}
