import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measure } from '../model/measure.ts';
import { planDomains } from './domain-plan.ts';
import { measureOf } from './sample-measures.ts';

const spared = ['example.org', '.partner.example'];
const auto = { actor: { kind: 'auto', name: 'spam-campaign' } } as const;
const plan = (changes: Partial<Measure>, observing = false) => planDomains([measureOf({ action: 'reject', ...changes })], { atMs: 0, spared, observing });

const cases: readonly [sender: string, leftOut: RegExp | null, why: string][] = [
  ['spam.example', null, 'a domain'],
  ['.spam.example', null, 'all below a domain'],
  ['a@spam.example', /no whole domain/, 'one sender is not his domain'],
  ['<>', /no whole domain/, 'the null sender has none'],
  ['.com', /no whole domain/, 'a top-level domain is half the world'],
  ['example.org', /touches example\.org/, 'ours'],
  ['.org', /no whole domain/, 'ours is in it'],
  ['mx.example.org', null, 'example.org alone is spared, not what is below it'],
  ['.example.org', null, 'nor does what is below touch it'],
  ['mx.partner.example', /touches \.partner\.example/, 'below a spared tree'],
  ['partner.example', null, 'the head of that tree is not in it'],
];
for (const [sender, leftOut, why] of cases) {
  test(`${sender} is ${leftOut === null ? 'planned' : 'left out'}: ${why}`, () => {
    const { entries, leftOut: left } = plan({ scope: { sender } });
    assert.equal(entries.length, leftOut === null ? 1 : 0);
    if (leftOut !== null) assert.match(left[0]?.why ?? '', leftOut);
  });
}

test('a spared name below a blocked tree keeps the whole tree out', () => {
  const { entries } = planDomains([measureOf({ action: 'reject', scope: { sender: '.example.org' } })], {
    atMs: 0,
    spared: ['mx.example.org'],
    observing: false,
  });
  assert.deepEqual(entries, []);
});

test('a domain and what is below it are two things; the end is the later one', () => {
  const { entries } = planDomains(
    [
      measureOf({ id: 'm-1', action: 'reject', scope: { sender: 'spam.example' }, expiresAt: 100 }),
      measureOf({ id: 'm-2', action: 'drop', scope: { sender: 'spam.example' }, expiresAt: 300 }),
      measureOf({ id: 'm-3', action: 'reject', scope: { sender: '.spam.example' }, expiresAt: 200 }),
    ],
    { atMs: 0, spared, observing: false },
  );
  assert.deepEqual(entries, [
    { domain: 'spam.example', reach: 'itself', expiresAt: 300, measures: ['m-1', 'm-2'] },
    { domain: 'spam.example', reach: 'below', expiresAt: 200, measures: ['m-3'] },
  ]);
});

test('what would refuse only a part, or only records, leaves the name service alone', () => {
  for (const changes of [
    { scope: { sender: 'spam.example', recipient: 'a@example.org' } },
    { scope: { sender: 'spam.example' }, dryRun: true },
    { scope: { sender: 'spam.example' }, action: 'tag' },
  ] as const)
    assert.deepEqual(plan(changes).entries, []);
  assert.deepEqual(plan({ scope: { sender: 'spam.example' }, ...auto }, true).entries, [], 'observe mode');
});
