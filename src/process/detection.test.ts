import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfigText } from '../config/load.ts';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { placeDatabase } from '../../test/harness/place-database.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { JournalLines } from '../events/journal-lines.ts';
import type { Sighting } from '../model/sighting.ts';
import { siteViewOf, startDetection } from './detection.ts';

test('detectors are told where an address is, by the databases of the configuration', (context) => {
  const country = join(scratchDirectory(context, 'places'), 'country.mmdb');
  writeFileSync(country, placeDatabase({ '192.0.2.0/24': { country: { iso_code: 'NL' } } }));
  const loaded = loadConfigText(
    JSON.stringify({
      site: { hostname: 'mx.hub.example', domains: ['hub.example'], postmaster: 'postmaster@hub.example' },
      hub: { address: '192.0.2.1:25' },
      listeners: [{ name: 'mx', address: '127.0.0.1:2525', role: 'mx' }],
      places: { country, own: ['NL'] },
    }),
    'floodgate.yaml',
    { checkIds: [] },
  );
  assert.ok(loaded.ok);
  const site = siteViewOf(loaded.config);
  assert.deepEqual(site.placeOf('192.0.2.9'), { country: 'NL', network: '', local: true });
  assert.deepEqual(site.trouble, []);
});

/** What is seen of journal lines: a session that passes every stage, with what is told at EHLO and MAIL. */
function seenOf(told: { readonly helo?: object; readonly facts?: object }): readonly Sighting[] {
  const seen: Sighting[] = [];
  const detection = startDetection({
    config: configOf(),
    incidents: { raise: () => assert.fail('nothing is wrong'), calm: () => undefined },
    record: () => undefined,
    alarmed: () => undefined,
    seen: (sighting) => seen.push(sighting),
    now: () => 0,
  });
  let seq = 0;
  const line = (type: string, more: object): string =>
    JSON.stringify({ at: 1_800_000_000_000, door: 'smtp-1', seq: ++seq, type, session: 's', ip: '203.0.113.7', ...more });
  const passed = (stage: string, input: object, facts: object = {}): string => line('stage-judged', { stage, input, facts, action: 'pass', findings: [] });
  const lines = [
    passed('helo', { helo: 'x', ...told.helo }),
    passed('mail', { helo: 'x', from: 'a@sender.example' }, told.facts),
    passed('rcpt', { helo: 'x', from: 'a@sender.example', to: 'b@hub.example' }),
  ];
  detection.take(JournalLines.of(lines));
  detection.stop();
  return seen;
}

test('what an early stage tells of the client is known later, though stages that passed are mostly not read', () => {
  const callerOf = ([sighting]: readonly Sighting[]): unknown => (sighting?.kind === 'recipient' ? sighting.caller : null);
  assert.deepEqual(callerOf(seenOf({})), { ip: '203.0.113.7', name: null, user: null, inside: false });
  assert.deepEqual(callerOf(seenOf({ helo: { user: 'anna' } })), { ip: '203.0.113.7', name: null, user: 'anna', inside: false });
  const facts = { reverseName: { value: { kind: 'confirmed', name: 'mx.sender.example' } } };
  assert.deepEqual(callerOf(seenOf({ facts })), { ip: '203.0.113.7', name: 'mx.sender.example', user: null, inside: false });
});

test('a stage that was refused is read, whatever it tells of the client', () => {
  const seen: Sighting[] = [];
  const detection = startDetection({
    config: configOf(),
    incidents: { raise: () => assert.fail('one refusal is no alarm'), calm: () => undefined },
    record: () => undefined,
    alarmed: () => undefined,
    seen: (sighting) => seen.push(sighting),
    now: () => 0,
  });
  const finding = { check: 'helo-claims-our-name', kind: 'abuse', outcome: { kind: 'finding', because: 'it', evidence: {} }, action: 'reject' };
  const judged = { at: 1, door: 'smtp-1', seq: 1, type: 'stage-judged', session: 's', ip: '203.0.113.7', stage: 'helo', input: { helo: 'us' }, facts: {} };
  detection.take(JournalLines.of([JSON.stringify({ ...judged, action: 'reject', findings: [finding] })]));
  detection.stop();
  assert.deepEqual(
    seen.map(({ kind }) => kind),
    ['offence'],
  );
});
