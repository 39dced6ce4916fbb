import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailboxOf } from '../../test/harness/policy-inputs.ts';
import type { ListHit } from '../policy/facts.ts';
import { parseEntry, type ListEntry, type ListKind } from './list-entry.ts';
import { compileLists, openLists, type KnownSoFar } from './lists.ts';

function entry(matches: ListKind, raw: string, action: ListHit['action'] = 'reject', list = 'l'): ListEntry {
  const parsed = parseEntry(matches, raw);
  assert.ok('entry' in parsed, raw);
  return { list, matches, entry: parsed.entry, action, reason: null };
}

const lists = openLists(
  structuredClone(
    compileLists([
      entry('client', '203.0.113.0/24'),
      entry('client', '203.0.113.7', 'accept'),
      entry('client', '2001:db8::/32'),
      entry('hostname', '.dynamic.example'),
      entry('hostname', 'mail.friend.example', 'accept'),
      entry('sender', 'spam@sender.example'),
      entry('sender', 'sender.example', 'tag'),
      entry('sender', '.evil.example'),
      entry('sender', '<>', 'observe'),
      entry('recipient', 'info@example.org'),
    ]),
  ),
);
const stranger = '198.51.100.9';

const cases: readonly [known: KnownSoFar, expected: readonly string[], why: string][] = [
  [{ ip: stranger }, [], 'nothing known, nothing found'],
  [{ ip: '203.0.113.8' }, ['203.0.113.0/24 reject'], 'in the network'],
  [{ ip: '203.0.113.7' }, ['203.0.113.7/32 accept'], 'the smaller network speaks alone'],
  [{ ip: '2001:db8::9' }, ['2001:db8::/32 reject'], 'IPv6'],
  [{ ip: stranger, reverseName: { kind: 'confirmed', name: 'Host-7.Dynamic.example' } }, ['.dynamic.example reject'], 'below a listed domain, in any case'],
  [
    { ip: stranger, reverseName: { kind: 'unconfirmed', name: 'h.dynamic.example' } },
    ['.dynamic.example reject'],
    'a name that nobody would forge to be refused',
  ],
  [{ ip: stranger, reverseName: { kind: 'confirmed', name: 'dynamic.example' } }, [], 'the domain itself is not below itself'],
  [{ ip: stranger, reverseName: { kind: 'confirmed', name: 'mail.friend.example' } }, ['mail.friend.example accept'], 'a confirmed friend'],
  [{ ip: stranger, reverseName: { kind: 'unconfirmed', name: 'mail.friend.example' } }, [], 'anybody can claim to be a friend'],
  [{ ip: stranger, reverseName: { kind: 'unknown' } }, [], 'DNS did not answer'],
  [{ ip: stranger, from: mailboxOf('Spam@sender.example') }, ['spam@sender.example reject'], 'the address before its domain'],
  [{ ip: stranger, from: mailboxOf('other@sender.example') }, ['sender.example tag'], 'the domain for the others'],
  [{ ip: stranger, from: mailboxOf('a@b.c.evil.example') }, ['.evil.example reject'], 'far below'],
  [{ ip: stranger, from: mailboxOf('a@notevil.example') }, [], 'a suffix is not a match'],
  [{ ip: stranger, from: null }, ['<> observe'], 'the null sender'],
  [{ ip: stranger, to: mailboxOf('info@example.org') }, ['info@example.org reject'], 'a recipient'],
  [{ ip: stranger, from: mailboxOf('info@example.org') }, [], 'senders and recipients are not mixed up'],
  [
    { ip: '203.0.113.8', from: null, to: mailboxOf('info@example.org') },
    ['203.0.113.0/24 reject', '<> observe', 'info@example.org reject'],
    'all kinds together',
  ],
];

for (const [known, expected, why] of cases) {
  test(`${JSON.stringify(known)}: ${why}`, () =>
    assert.deepEqual(
      lists.match(known).map((hit) => `${hit.entry} ${hit.action}`),
      expected,
    ));
}

test('the same network in two lists: both speak', () => {
  const both = openLists(compileLists([entry('client', '203.0.113.0/24', 'reject', 'bad'), entry('client', '203.0.113.0/24', 'accept', 'good')]));
  assert.deepEqual(
    both.match({ ip: '203.0.113.1' }).map(({ list }) => list),
    ['bad', 'good'],
  );
});

test('without entries nothing is looked up, and no reverse name is awaited without host names', () => {
  assert.deepEqual([openLists().isEmpty, openLists().hasHostNames], [true, false]);
  assert.deepEqual([lists.isEmpty, lists.hasHostNames], [false, true]);
});
