import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailbox } from '../../../test/harness/delivery-request.ts';
import type { MessageTraits } from '../../model/message-traits.ts';
import type { SenderProven } from '../../model/spool.ts';
import { provenBy } from './sender-proven.ts';

const cases: readonly [
  from: string | null,
  traits: Pick<MessageTraits, 'spf' | 'dmarc' | 'author' | 'provenAuthor' | 'unnamed'>,
  proven: SenderProven,
  why: string,
][] = [
  ['ann@there.example', { spf: 'pass' }, 'spf', 'the domain permits this client'],
  ['ann@there.example', { spf: 'softfail' }, null, 'a softfail is no pass'],
  ['ann@there.example', {}, null, 'nobody looked'],
  ['ann@there.example', { dmarc: 'pass', provenAuthor: 'ann@there.example' }, 'dmarc', 'the signed author is the sender'],
  ['Ann@there.example', { dmarc: 'pass', provenAuthor: 'ann@there.example' }, 'dmarc', 'case says nothing'],
  [
    'victim@there.example',
    { dmarc: 'pass', provenAuthor: 'mallory@there.example' },
    null,
    "a signed message of the attacker's own, sent again as a neighbour's",
  ],
  ['victim@else.example', { dmarc: 'pass', provenAuthor: 'mallory@there.example' }, null, 'a signature for one domain proves no other'],
  ['ann@there.example', { dmarc: 'temperror', provenAuthor: 'ann@there.example', spf: 'temperror' }, null, 'a name server that is down proves nothing'],
  ['ann@there.example', { dmarc: 'pass', author: 'ann@there.example' }, null, 'whom a tolerant reading finds in From is not whom DMARC proved'],
  [
    'ann@there.example',
    { dmarc: 'pass', provenAuthor: 'ann@there.example', unnamed: ['user@hub.example'] },
    null,
    'what she wrote to somebody else, sent again',
  ],
  ['ann@there.example', { spf: 'pass', unnamed: ['user@hub.example'] }, 'spf', 'SPF speaks of the client: a blind copy is hers'],
  [null, { spf: 'pass', dmarc: 'pass' }, null, 'the null sender is nobody, whatever its HELO name proves'],
];
for (const [from, traits, proven, why] of cases)
  test(`<${from ?? ''}> ${JSON.stringify(traits)} is ${proven ?? 'not proven'}: ${why}`, () =>
    assert.equal(provenBy(from === null ? null : mailbox(from), 1, traits), proven));

test('of many recipients one who is named is enough, and with very many none is known to be', () => {
  const traits = { dmarc: 'pass', provenAuthor: 'ann@there.example', unnamed: Array.from({ length: 20 }, (_, number) => `r${number}@hub.example`) };
  assert.deepEqual(
    [provenBy(mailbox('ann@there.example'), 21, traits), provenBy(mailbox('ann@there.example'), 3, { ...traits, unnamed: traits.unnamed.slice(0, 2) })],
    [null, 'dmarc'],
  );
});
