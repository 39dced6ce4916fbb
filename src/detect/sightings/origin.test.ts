import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageTraits } from '../../model/message-traits.ts';
import type { Caller } from '../../model/sighting.ts';
import { domainOf, originOf } from './origin.ts';

const site = { orgDomain: (domain: string) => domain.split('.').slice(-2).join('.') };
const stranger: Caller = { ip: '203.0.113.7', name: null, user: null, inside: false };
const from = 'bounce@mail.shop.example';

const cases: readonly [why: string, caller: Partial<Caller>, traits: MessageTraits | null, expected: string][] = [
  ['a user answers for what is sent in his name', { user: 'ann', name: 'mx.shop.example' }, { spf: 'pass' }, 'user ann'],
  [
    'an aligned signature proves its domain',
    {},
    { fromDomain: 'news.shop.example', signatures: [{ domain: 'shop.example', result: 'pass', mark: 'x' }] },
    'domain shop.example',
  ],
  ['DMARC proves it as well', {}, { provenAuthor: 'a@news.shop.example', dmarc: 'pass' }, 'domain shop.example'],
  [
    'DMARC proves whom it looked at, not whom a display name shows',
    {},
    { fromDomain: 'bank.example', author: 'a@bank.example', provenAuthor: 'me@evil.test', dmarc: 'pass' },
    'domain evil.test',
  ],
  ['DMARC of several authors proves none of them', {}, { fromDomain: 'bank.example', dmarc: 'pass' }, 'network 203.0.113.0/24'],
  [
    'a signature of somebody else proves nothing of the author',
    {},
    { fromDomain: 'bank.example', signatures: [{ domain: 'evil.test', result: 'pass', mark: 'x' }] },
    'network 203.0.113.0/24',
  ],
  ['SPF proves the sender’s domain', {}, { fromDomain: 'bank.example', spf: 'pass' }, 'domain shop.example'],
  ['SPF that fails proves nothing', {}, { spf: 'fail' }, 'network 203.0.113.0/24'],
  ['without content the confirmed name counts', { name: 'mx3.provider.example' }, null, 'host provider.example'],
  ['a line of a provider’s customer is not the provider', { name: '203-0-113-7.dsl.provider.example' }, null, 'network 203.0.113.0/24'],
  ['nor is one in hexadecimal', { name: 'dcb007107.cb007107.dyn.provider.example' }, null, 'network 203.0.113.0/24'],
  ['a host of IPv6 is its customer’s /56', { ip: '2001:db8:1:2ff::7' }, null, 'network 2001:db8:1:200::/56'],
  ['a program of the host itself has no address', { ip: '' }, null, 'host localhost'],
];

for (const [why, caller, traits, expected] of cases) {
  test(why, () => {
    const { kind, name } = originOf({ ...stranger, ...caller }, from, traits, site);
    assert.equal(`${kind} ${name}`, expected);
  });
}

test('the null sender has no domain', () => {
  assert.deepEqual([domainOf(''), domainOf('a@b@c.example'), domainOf('postmaster')], ['', 'c.example', '']);
});
