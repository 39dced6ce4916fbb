import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { measureOf } from './sample-measures.ts';
import { firewallActions, planDrops, withoutNested, zoneActions, type PlanTerms } from './drop-plan.ts';
import { createNetworkGuard, holds } from './network-guard.ts';
import type { Measure } from '../model/measure.ts';

const terms: PlanTerms = {
  atMs: 1000,
  guard: createNetworkGuard([{ network: '10.20.0.0/16', whose: 'site.networks' }]),
  actions: firewallActions,
  observing: false,
};
const auto = { actor: { kind: 'auto', name: 'connection-flood' } } as const;
const client = '192.0.2.0/24';

const cases: readonly [measure: Partial<Measure>, leftOut: RegExp | null, why: string, changes?: Partial<PlanTerms>][] = [
  [{ scope: { client }, action: 'drop' }, null, 'a packet filter can do just that'],
  [{ scope: { client }, action: 'refuse-at-banner' }, null, 'nobody hears a greeting either way'],
  [{ scope: { client }, action: 'reject' }, /reject is done by the gateway/, 'whoever is merely refused may write to postmaster'],
  [{ scope: { client }, action: 'reject' }, null, 'a block list refuses as well', { actions: zoneActions }],
  [{ scope: { client }, action: 'defer' }, /defer is done by the gateway/, 'not for now is not never', { actions: zoneActions }],
  [{ scope: { client }, action: 'drop', dryRun: true }, /dry run/, 'it only records'],
  [{ scope: { client, sender: 'spam.example' }, action: 'refuse-at-banner' }, /names sender/, 'no packet shows a sender'],
  [{ scope: { client, listener: 'mx' }, action: 'refuse-at-banner' }, /names listener/, 'the other listener must stay open'],
  [{ scope: { helo: 'bot' }, action: 'refuse-at-banner' }, /no client network/, 'nor a HELO name'],
  [{ scope: {}, action: 'refuse-at-banner' }, /no client network/, 'everybody is nobody for a packet filter'],
  [{ scope: { client: '10.20.7.0/24' }, action: 'drop' }, /10\.20\.0\.0\/16/, 'ours, whoever forced the measure'],
  [{ scope: { client: '10.0.0.0/8' }, action: 'refuse-at-banner' }, /wider/, 'too wide for a packet filter'],
  [{ scope: { client }, action: 'drop', ...auto }, null, 'an automatic one in force'],
  [{ scope: { client }, action: 'drop', ...auto }, /mode is observe/, 'observe mode carries nothing automatic out', { observing: true }],
  [{ scope: { client }, action: 'drop' }, null, 'what a person ordered holds in observe mode', { observing: true }],
];
for (const [given, leftOut, why, changes] of cases) {
  test(`${given.action} of ${JSON.stringify(given.scope)} is ${leftOut === null ? 'planned' : 'left out'}: ${why}`, () => {
    const plan = planDrops([measureOf(given)], { ...terms, ...changes });
    assert.equal(plan.entries.length, leftOut === null ? 1 : 0);
    if (leftOut !== null) assert.match(plan.leftOut[0]?.why ?? '', leftOut);
  });
}

test('what has ended is neither planned nor a reason to say anything', () => {
  assert.deepEqual(planDrops([measureOf({ expiresAt: 1000 })], terms), { entries: [], leftOut: [] });
});

test('two measures on one network are one entry until the later end', () => {
  const plan = planDrops([measureOf({ id: 'm-1', expiresAt: 9000 }), measureOf({ id: 'm-2', expiresAt: 7000 })], terms);
  assert.deepEqual(
    plan.entries.map(({ text, expiresAt, measures }) => ({ text, expiresAt, measures })),
    [{ text: client, expiresAt: 9000, measures: ['m-1', 'm-2'] }],
  );
});

test('the reason of a left-out measure holds no word of its scope: those texts are strangers', () => {
  const plan = planDrops([measureOf({ scope: { client, user: 'x\n*/ drop all', helo: 'evil' } })], terms);
  assert.doesNotMatch(plan.leftOut[0]?.why ?? '', /evil|drop all/);
});

test('a network within another is left to it, and told where it outlives it', () => {
  const { entries } = planDrops(
    [
      measureOf({ id: 'm-in', scope: { client: '192.0.2.128/25' }, expiresAt: 9000 }),
      measureOf({ id: 'm-out', scope: { client }, expiresAt: 5000 }),
      measureOf({ id: 'm-short', scope: { client: '192.0.2.1' }, expiresAt: 4000 }),
      measureOf({ id: 'm-next', scope: { client: '192.0.3.0/24' } }),
    ],
    terms,
  );
  const { kept, outlived } = withoutNested(entries);
  assert.deepEqual(
    kept.map(({ text }) => text),
    ['192.0.2.0/24', '192.0.3.0/24'],
  );
  assert.deepEqual(
    outlived.map(({ inner, outer }) => [inner.text, outer.text]),
    [['192.0.2.128/25', '192.0.2.0/24']],
  );
});

test('whatever the networks: those kept are apart, and everything planned lies within one of them', () => {
  const network = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 16, max: 32 }))
    .map(([third, fourth, bits]) => `198.51.${third}.${fourth}/${bits}`);
  fc.assert(
    fc.property(fc.array(network, { maxLength: 40 }), (networks) => {
      const { entries } = planDrops(
        networks.map((text) => measureOf({ scope: { client: text } })),
        terms,
      );
      const { kept } = withoutNested(entries);
      for (const one of kept) assert.equal(kept.filter((other) => holds(other.network, one.network)).length, 1);
      for (const entry of entries) assert.ok(kept.some(({ network: outer }) => holds(outer, entry.network)));
    }),
  );
});
