import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailbox } from '../../../test/harness/delivery-request.ts';
import type { MessageTraits } from '../../model/message-traits.ts';
import type { SenderProven } from '../../model/spool.ts';
import { provenBy } from './sender-proven.ts';

const cases: readonly [from: string | null, traits: Pick<MessageTraits, 'spf' | 'dmarc' | 'author' | 'provenAuthor'>, proven: SenderProven, why: string][] = [
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
  [null, { spf: 'pass', dmarc: 'pass' }, null, 'the null sender is nobody, whatever its HELO name proves'],
];
for (const [from, traits, proven, why] of cases)
  test(`<${from ?? ''}> ${JSON.stringify(traits)} is ${proven ?? 'not proven'}: ${why}`, () =>
    assert.equal(provenBy(from === null ? null : mailbox(from), traits), proven));
