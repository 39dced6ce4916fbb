import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clientOf, conductOf, connectInput, heloInput, insider, mailboxOf, mailInput, messageInput, rcptInput } from '../../test/harness/policy-inputs.ts';
import { parseCidr } from '../lib/ip.ts';
import type { Measure, MeasureScope } from '../model/measure.ts';
import type { Mailbox } from '../model/mailbox.ts';
import type { Stage } from '../model/verdict.ts';
import { isProbe, type Given } from './measure-word.ts';
import { compileMeasures, openMeasures } from './measures.ts';

const measure = (scope: MeasureScope, changes: Partial<Measure> = {}): Measure => ({
  id: 'm-1',
  scope,
  action: 'defer',
  actor: { kind: 'person', name: 'anna' },
  reason: 'bomb',
  createdAt: 0,
  expiresAt: 5000,
  maxHits: null,
  probeShare: 0,
  incident: null,
  dryRun: false,
  ...changes,
});
const given: Given = { neverBlock: { ofTraffic: () => null }, atMs: 1000 };
/** As a door has it: sent to another thread. */
const open = (...measures: readonly Measure[]) => openMeasures(structuredClone(compileMeasures(measures)));
const inputs = { connect: connectInput(), helo: heloInput(), mail: mailInput(), rcpt: rcptInput(), message: messageInput() };
const stages = ['connect', 'helo', 'mail', 'rcpt', 'message'] as const;

/** The first stage at which the whole scope is known and fits. */
const firstStage = (scope: MeasureScope, changed: object = {}): Stage | undefined =>
  stages.find((stage) => {
    const known = Object.entries(changed).filter(([key]) => key in inputs[stage]);
    const input = { ...inputs[stage], ...Object.fromEntries(known) } as never; // the stage's own input, some of it changed
    return (
      open(measure(scope, { action: 'refuse-at-banner' })).match(stage, input, { ...given, reverseName: { kind: 'unconfirmed', name: 'Dsl7.isp.example' } })
        .length > 0
    );
  });

const scopes: readonly [scope: MeasureScope, first: Stage | undefined, why: string, changed?: object][] = [
  [{}, 'connect', 'everybody'],
  [{ client: '203.0.113.0/24' }, 'connect', 'the address is known at once'],
  [{ client: '203.0.112.0/24' }, undefined, 'another network'],
  [{ client: '2001:db8::/32' }, 'connect', 'IPv6 as well', { client: clientOf({ ip: '2001:db8:1::7' }) }],
  [{ hostname: '.isp.example' }, 'connect', 'a reverse name need not be confirmed to be held against the client'],
  [{ helo: 'mail.sender.example' }, 'helo', 'said in HELO'],
  [{ helo: '.example' }, 'helo', 'below a domain'],
  [{ helo: 'sender.example' }, undefined, 'said something else'],
  [{ sender: 'sender.example' }, 'mail', 'said in MAIL'],
  [{ sender: '<>' }, undefined, 'not the null sender'],
  [{ sender: '<>' }, 'mail', 'the null sender', { from: null }],
  [{ recipient: '.example' }, undefined, 'another recipient'],
  [{ recipient: 'user@example.org' }, 'rcpt', 'the recipient is known at RCPT'],
  [
    { recipient: 'b@example.org' },
    'message',
    'one of the recipients of a message',
    { recipients: [mailboxOf('user@example.org'), mailboxOf('b@example.org')] },
  ],
  [{ user: 'ulla' }, 'mail', 'AUTH comes before MAIL', { user: 'ulla' }],
  [{ user: 'ulla' }, undefined, 'nobody authenticated'],
  [{ direction: 'in' }, 'mail', 'whether a user sends is known at MAIL'],
  [{ direction: 'out' }, 'mail', 'an insider sends', { client: insider }],
  [{ direction: 'in' }, undefined, 'a user sends out', { user: 'ulla' }],
  [{ listener: 'mx', role: 'mx' }, 'connect', 'the listener is known at once'],
  [{ role: 'submission' }, undefined, 'another role'],
  [{ client: '203.0.113.0/24', sender: 'sender.example', recipient: 'example.org' }, 'rcpt', 'all that is given must fit'],
  [{ client: '203.0.113.0/24', sender: 'other.example', recipient: 'example.org' }, undefined, 'one that does not is enough'],
];
for (const [scope, first, why, changed] of scopes) {
  test(`${JSON.stringify(scope)} fits ${first === undefined ? 'never' : `from ${first} on`}: ${why}`, () => assert.equal(firstStage(scope, changed), first));
}

test('without measures nothing is asked for', () => assert.deepEqual([openMeasures().isEmpty, openMeasures().needsName('rcpt')], [true, false]));

test('a measure is over at its moment, whether the keeper has noticed or not', () => {
  const at = (atMs: number) => open(measure({})).match('rcpt', rcptInput(), { ...given, atMs }).length;
  assert.deepEqual([at(4999), at(5000)], [1, 0]);
});

test('nested networks are all found, oldest measure first', () => {
  const nested = ['203.0.113.7/32', '0.0.0.0/0', '203.0.113.0/24', '203.0.0.0/16', '198.51.100.0/24'].map((client, index) =>
    measure({ client }, { id: `m-${index}` }),
  );
  assert.deepEqual(
    open(...nested, measure({ client: '203.0.113.0/24', helo: 'x' }))
      .match('rcpt', rcptInput(), given)
      .map(({ id }) => id),
    ['m-0', 'm-1', 'm-2', 'm-3'],
  );
});

test('automatic measures learn whom they must spare, persons are not asked', () => {
  const asking: Given = { ...given, neverBlock: { ofTraffic: () => '203.0.113.0/24' } };
  const hits = open(measure({}), measure({}, { actor: { kind: 'auto', name: 'x' } })).match('rcpt', rcptInput(), asking);
  assert.deepEqual(
    hits.map(({ neverBlock }) => neverBlock),
    [null, '203.0.113.0/24'],
  );
});

// The slow reference knows no index: it holds every scope against the session, field by field.
const networks = ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '10.1.2.3/32', '10.2.0.0/15', '::/0', '2001:db8::/32', '2001:db8::1/128'];
const ips = ['10.1.2.3', '10.1.2.4', '10.1.9.9', '10.3.0.1', '192.0.2.1', '2001:db8::1', '2001:db8::2', '::2'];
const patterns = ['a@x.example', 'b@x.example', 'x.example', '.x.example', '.example', 'a@y.x.example', '<>'];
const addresses = ['a@x.example', 'B@x.example', 'a@y.x.example', 'a@other.test'];
const scopeArbitrary: fc.Arbitrary<MeasureScope> = fc.record(
  {
    client: fc.constantFrom(...networks),
    helo: fc.constantFrom('h.example', '.example'),
    sender: fc.constantFrom(...patterns),
    recipient: fc.constantFrom(...patterns.slice(0, -1)),
    user: fc.constantFrom('ulla', 'otto'),
    listener: fc.constantFrom('mx', 'out'),
    direction: fc.constantFrom('in', 'out'),
  },
  { requiredKeys: [] },
);

const bits = (ip: string): string => {
  const { family = 4, words = [] } = parseCidr(ip) ?? {};
  return `${family}${words.map((word) => word.toString(2).padStart(32, '0')).join('')}`;
};
const slowInNetwork = (network: string, ip: string): boolean => bits(ip).startsWith(bits(network).slice(0, 1 + Number(network.split('/')[1])));
function slowPattern(pattern: string, address: Mailbox | null): boolean {
  if (address === null || pattern === '<>') return address === null && pattern === '<>';
  const text = `${address.localPart.toLowerCase()}@${address.domain}`;
  return pattern.includes('@') ? text === pattern : pattern.startsWith('.') ? text.endsWith(pattern) : text.endsWith(`@${pattern}`);
}

test('the index finds exactly what holding every scope against the session finds', () => {
  const session = fc.record({
    ip: fc.constantFrom(...ips),
    helo: fc.constantFrom('h.example', 'x'),
    from: fc.constantFrom(null, ...addresses),
    to: fc.constantFrom(...addresses),
    user: fc.constantFrom(null, 'ulla'),
    listener: fc.constantFrom('mx', 'out'),
  });
  fc.assert(
    fc.property(fc.array(scopeArbitrary, { maxLength: 12 }), session, (list, { ip, helo, from, to, user, listener }) => {
      const input = rcptInput({ client: clientOf({ ip, listener }), helo, user, from: from === null ? null : mailboxOf(from), to: mailboxOf(to) });
      const expected = list.flatMap((scope, index) => {
        const fields: readonly boolean[] = [
          scope.client === undefined || slowInNetwork(scope.client, ip),
          scope.helo === undefined || scope.helo === helo || (scope.helo.startsWith('.') && helo.endsWith(scope.helo)),
          scope.sender === undefined || slowPattern(scope.sender, input.from),
          scope.recipient === undefined || slowPattern(scope.recipient, input.to),
          scope.user === undefined || scope.user === user,
          scope.listener === undefined || scope.listener === listener,
          scope.direction === undefined || scope.direction === (user === null ? 'in' : 'out'),
        ];
        return fields.every(Boolean) ? [`m-${index}`] : [];
      });
      const found = open(...list.map((scope, index) => measure(scope, { id: `m-${index}` }))).match('rcpt', input, given);
      assert.deepEqual(
        found.map(({ id }) => id),
        expected,
      );
    }),
    { numRuns: 500 },
  );
});

test('exactly the sessions that the hash picks pass as probes, about one in a hundred, the same in every door', () => {
  const share = { id: 'm-3fa94c01d2', action: 'refuse-at-banner', probeShare: 0.01 } as const;
  const passing = Array.from({ length: 10_000 }, (_, number) => `1M7YNPXHV${String(number).padStart(4, '0')}`).filter((session) =>
    isProbe(share, 'connect', connectInput({ session })),
  );
  assert.ok(passing.length > 70 && passing.length < 130, `${passing.length}`);
  assert.deepEqual(passing.slice(0, 3), ['1M7YNPXHV0082', '1M7YNPXHV0138', '1M7YNPXHV0250']);
  assert.ok(
    passing.every((session) => isProbe(share, 'rcpt', rcptInput({ session, conduct: conductOf({ messages: 5 }) }))),
    'who came in as a probe stays one',
  );
});

test('a transaction is a probe at all its stages, and the next one draws anew', () => {
  const half = { id: 'm-1', action: 'defer', probeShare: 0.5 } as const;
  const draws = Array.from({ length: 64 }, (_, messages) => {
    const atRcpt = isProbe(half, 'rcpt', rcptInput({ conduct: conductOf({ messages }) }));
    assert.equal(isProbe(half, 'message', messageInput({ conduct: conductOf({ messages: messages + 1 }) })), atRcpt, 'the message has been counted by then');
    return atRcpt;
  });
  assert.ok(draws.includes(true) && draws.includes(false));
  assert.deepEqual([isProbe({ ...half, probeShare: 0 }, 'rcpt', rcptInput()), isProbe({ ...half, probeShare: 1 }, 'rcpt', rcptInput())], [false, true]);
});

test('a door that sees a packet of who is dropped in the kernel refuses at the banner: the helper may be gone', () => {
  const dropped = open(measure({ client: '203.0.113.0/24' }, { action: 'drop' }));
  assert.deepEqual(
    dropped.match('connect', connectInput(), given).map(({ action }) => action),
    ['refuse-at-banner'],
  );
  const share = { id: 'm-1', action: 'drop', probeShare: 0.5 } as const;
  const ofSession = (messages: number): boolean => isProbe(share, 'rcpt', rcptInput({ conduct: conductOf({ messages }) }));
  assert.ok(
    [1, 2, 3, 4, 5, 6, 7, 8].every((messages) => ofSession(messages) === ofSession(0)),
    'a session, not a transaction, is the probe',
  );
});
