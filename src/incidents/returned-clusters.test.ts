import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textPrint } from '../lib/min-hash.ts';
import { seededRandom } from '../lib/seeded-random.ts';
import type { ReturnedTraits } from '../model/report-judgement.ts';
import { ReturnedClusters } from './returned-clusters.ts';

const key = { k0: 3, k1: 4 };

/** Words that nobody has seen before. */
function babble(chance: () => number, words: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const word = (): string => Array.from({ length: 4 + Math.floor(chance() * 6) }, () => letters[Math.floor(chance() * 26)]).join('');
  return Array.from({ length: words }, word).join(' ');
}

const textTraits = (text: string): Pick<ReturnedTraits, 'bands' | 'text'> => {
  const print = textPrint(text, key);
  return { ...(print === null ? {} : { text: print.hash }), ...(print?.bands === null || print === null ? {} : { bands: print.bands }) };
};

function clusters(samples: readonly { readonly subject: string; readonly traits?: ReturnedTraits; readonly network?: string }[]) {
  const all = new ReturnedClusters();
  for (const [at, { subject, traits = {}, network = null }] of samples.entries()) all.add({ subject, traits, network, ref: `R-${at}` });
  return all.top(20);
}

test('two campaigns whose subjects are made up anew for each copy are two, by their texts', () => {
  const chance = seededRandom(7);
  const [pills, loans] = [babble(chance, 80), babble(chance, 80)];
  const samples = Array.from({ length: 400 }, (_, n) => ({
    subject: babble(chance, 4),
    traits: textTraits(`${babble(chance, 3)} ${n % 4 === 0 ? loans : pills}`),
  }));
  const found = clusters(samples);
  assert.deepEqual(
    found.map(({ count, alike, subjects }) => [count, alike, subjects]),
    [
      [300, ['text'], 200],
      [100, ['text'], 100],
    ],
  );
});

test('one campaign with varied subjects is one, also where only the header came back of some', () => {
  const chance = seededRandom(8);
  const text = babble(chance, 80);
  const sent = { idShape: 'd8.h12@spammer.example', mailer: 'The Bat! (v3.0)' };
  const samples = Array.from({ length: 200 }, (_, n) => ({
    subject: babble(chance, 3),
    traits: n % 3 === 0 ? sent : { ...sent, ...textTraits(text), urlHosts: ['pills.example'] },
    network: `203.0.${n % 2}.0/24`,
  }));
  const [only, ...more] = clusters(samples);
  assert.equal(more.length, 0);
  assert.equal(only?.count, 200);
  assert.ok(only.alike.includes('link pills.example') && only.alike.includes('program The Bat! (v3.0)'), only.alike.join());
  assert.deepEqual(only.networks, [
    { name: '203.0.0.0/24', count: 100 },
    { name: '203.0.1.0/24', count: 100 },
  ]);
});

test('a text spun for each copy is known by where it leads', () => {
  const chance = seededRandom(9);
  const samples = Array.from({ length: 60 }, (_, n) => ({
    subject: babble(chance, 3),
    traits: { ...textTraits(babble(chance, 60)), urlHosts: [n % 2 === 0 ? 'pills.example' : 'loans.example'], idShape: 'h16@spammer.example' },
  }));
  assert.deepEqual(
    clusters(samples).map(({ count }) => count),
    [30, 30],
  );
});

test('two campaigns of one program are two: what all mail of a botnet has in common is no campaign', () => {
  const chance = seededRandom(10);
  const texts = [babble(chance, 60), babble(chance, 60)];
  const samples = Array.from({ length: 60 }, (_, n) => ({
    subject: 'Hello',
    traits: { ...textTraits(texts[n % 2] ?? ''), idShape: 'h16@spammer.example', mailer: 'Bulk' },
  }));
  assert.deepEqual(
    clusters(samples).map(({ count }) => count),
    [30, 30],
  );
});

test('a long subject that comes again and again is one campaign, whatever of the text came back', () => {
  const chance = seededRandom(11);
  const samples = Array.from({ length: 50 }, (_, n) => ({ subject: `Your parcel ${n} waits at the depot`, traits: textTraits(babble(chance, 60)) }));
  assert.equal(clusters(samples).length, 1);
});

test('who makes up everything anew fills a bounded number of groups, the rest are others, and the sum is right', () => {
  const chance = seededRandom(12);
  const all = new ReturnedClusters();
  for (let n = 0; n < 3000; n++)
    all.add({ subject: babble(chance, 3), traits: { idShape: babble(chance, 1), urlHosts: [`${babble(chance, 1)}.example`] }, network: `n${n}`, ref: 'R' });
  const found = all.top(1000);
  assert.equal(found.length, 501);
  assert.deepEqual([found[0]?.name, found[0]?.count], ['others', 2500]);
  assert.equal(
    found.reduce((sum, { count }) => sum + count, 0),
    3000,
  );
});
