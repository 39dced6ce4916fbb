import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../model/events.ts';
import { ForgedSenderFold } from './forged-sender-case.ts';

type Report = Extract<Event, { type: 'report-judged' }>;
const report = (changes: Partial<Extract<Report, { returned: 'forged' }>> = {}, at = 1000): Report => ({
  type: 'report-judged',
  at,
  door: 'smtp-1',
  seq: 1,
  session: 's',
  ip: '198.51.100.1',
  ref: 'R-1',
  from: '',
  recipients: ['anna@hub.example'],
  returned: 'forged',
  kind: 'bounce',
  language: 'en',
  failed: [],
  original: { subject: 'You have won', messageId: null, originIp: '203.0.113.9', originName: 'pc.isp.example' },
  ...changes,
});
const original = (subject: string, originIp: string | null) => ({ subject, messageId: null, originIp, originName: null });

test('figures are those of the input, whatever the order', () => {
  const fold = new ForgedSenderFold({ recipient: 'anna@hub.example' }, (ip) => ({ country: ip.startsWith('203.') ? 'NL' : null, system: 'AS64500' }));
  for (let n = 0; n < 300; n++)
    fold.note(
      report(
        { language: n % 3 === 0 ? 'de' : 'en', ip: `198.51.100.${n % 7}`, original: original(`You have won ${n} dollars`, `203.0.113.${n % 5}`) },
        1000 + n,
      ),
    );
  for (let n = 0; n < 20; n++) fold.note(report({ language: null, kind: 'delayed', original: original('Cheap watches for everybody here', null) }));
  const result = fold.result();
  assert.equal(result.reports, 320);
  assert.deepEqual(result.languages, [
    { name: 'en', count: 200 },
    { name: 'de', count: 100 },
    { name: 'unknown', count: 20 },
  ]);
  assert.deepEqual(result.kinds, [
    { name: 'bounce', count: 300 },
    { name: 'delayed', count: 20 },
  ]);
  assert.deepEqual(result.networks, [{ name: '203.0.113.0/24', count: 300 }]);
  assert.deepEqual(result.countries, [{ name: 'NL', count: 300 }]);
  assert.deepEqual(result.systems, [{ name: 'AS64500', count: 300 }]);
  assert.deepEqual([result.origins[0]?.country, result.origins[0]?.system, result.inAllError], ['NL', 'AS64500', 0]);
  assert.deepEqual([result.originsInAll, result.withoutOrigin, result.reportersInAll], [5, 20, 7]);
  assert.equal(result.origins[0]?.count, 60);
  assert.deepEqual(
    result.clusters.map(({ count }) => count),
    [300, 20],
    'a number in the subject makes no other message',
  );
  assert.deepEqual([result.first, result.last], ['1970-01-01T00:00:01.000Z', '1970-01-01T00:00:01.299Z']);
});

test('our own and unproven ones are counted apart, those of others not at all', () => {
  const fold = new ForgedSenderFold({ recipient: 'anna@hub.example' });
  fold.note({ ...report(), returned: 'ours', proof: 'trace' });
  fold.note({ ...report(), returned: 'unproven', why: 'memory-too-young' });
  fold.note(report({ recipients: ['bert@hub.example'] }));
  fold.note(report({ language: 'fr' }));
  const { reports, ours, unproven, probable, languages } = fold.result();
  assert.deepEqual([reports, ours, unproven, probable, languages], [1, 1, 1, false, [{ name: 'fr', count: 1 }]]);
});

test('where none could be told the case is of those that cannot be, and says so', () => {
  const fold = new ForgedSenderFold({ recipient: 'anna@hub.example' });
  for (let n = 0; n < 5; n++) fold.note({ ...report(), returned: 'unproven', why: 'not-seen-leaving', language: 'de' });
  fold.note({ ...report(), returned: 'ours', proof: 'trace' });
  const { reports, ours, unproven, probable, languages, clusters, networks } = fold.result();
  assert.deepEqual([reports, ours, unproven, probable], [5, 1, 5, true]);
  assert.deepEqual([languages, networks], [[{ name: 'de', count: 5 }], [{ name: '203.0.113.0/24', count: 5 }]]);
  assert.equal(clusters[0]?.count, 5);
});

test('a case of a domain is about all of its addresses, and no other domain’s', () => {
  const fold = new ForgedSenderFold({ domain: 'hub.example' });
  fold.note(report({ recipients: ['Anna@hub.example'] }));
  fold.note(report({ recipients: ['bert@hub.example'] }));
  fold.note(report({ recipients: ['x@nothub.example'] }));
  assert.deepEqual([fold.result().reports, fold.result().addressesInAll], [2, 2]);
});

test('subjects that share most of their words are one group', () => {
  const fold = new ForgedSenderFold({ recipient: 'anna@hub.example' });
  for (const name of ['Ann', 'Bert', 'Carl']) fold.note(report({ original: original(`${name}, your parcel is waiting for you at the depot`, '203.0.113.9') }));
  fold.note(report({ original: original('Invoice', '203.0.113.9') }));
  assert.deepEqual(
    fold.result().clusters.map(({ count }) => count),
    [3, 1],
  );
});

test('an attacker who chooses every name anew fills no memory, and the sum is still exact', () => {
  const fold = new ForgedSenderFold({ recipient: 'anna@hub.example' });
  for (let n = 0; n < 60_000; n++) {
    const word = String.fromCharCode(97 + (n % 26), 97 + ((n / 26) % 26), 97 + ((n / 676) % 26), 97 + ((n / 17_576) % 26));
    fold.note(report({ original: original(word, `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`) }));
  }
  const { reports, originsInAll, inAllError, origins, clusters } = fold.result();
  assert.equal(reports, 60_000);
  assert.ok(inAllError > 0 && Math.abs(originsInAll - 60_000) <= 60_000 * inAllError, `${originsInAll} ± ${inAllError}`);
  assert.ok(
    origins.every(({ count, error = 0 }) => count - error <= 1),
    'each came once, and none is said to have come more often',
  );
  assert.equal(clusters.length, 20);
});
