import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { placeDatabase, type PlaceRecord } from '../../test/harness/place-database.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { openPlaces } from './places.ts';

function database(context: TestContext, networks: Readonly<Record<string, PlaceRecord>>): string {
  const file = join(scratchDirectory(context, 'places'), 'places.mmdb');
  writeFileSync(file, placeDatabase(networks));
  return file;
}

test('country and autonomous system come from two databases, and the site knows its own countries', (context) => {
  const country = database(context, { '192.0.2.0/24': { country: { iso_code: 'NL' } }, '198.51.100.0/25': { country: { iso_code: 'br' } } });
  const network = database(context, { '192.0.2.0/24': { autonomous_system_number: 64_500 } });
  const places = openPlaces({ country, network, own: ['NL'] });
  assert.deepEqual(places.of('192.0.2.77'), { country: 'NL', network: 'AS64500', local: true });
  assert.deepEqual(places.of('198.51.100.5'), { country: 'BR', network: '', local: false });
  assert.equal(places.of('198.51.100.200'), null, 'outside the network of the record');
  assert.deepEqual(places.trouble, []);
});

test('the spellings of other providers are understood', (context) => {
  const both = database(context, { '192.0.2.0/24': { country_code: 'DE', asn: 'AS64501' } });
  assert.deepEqual(openPlaces({ country: both, network: both, own: [] }).of('192.0.2.1'), { country: 'DE', network: 'AS64501', local: false });
});

test('without databases nothing is known, and nothing is wrong', () => {
  const places = openPlaces({ own: [] });
  assert.deepEqual([places.of('192.0.2.1'), places.trouble], [null, []]);
});

test('a database that is none is told, and the other one is used', (context) => {
  const network = database(context, { '192.0.2.0/24': { autonomous_system_number: 64_500 } });
  const wrong = join(scratchDirectory(context, 'places'), 'wrong.mmdb');
  writeFileSync(wrong, 'not a database');
  const places = openPlaces({ country: wrong, network, own: [] });
  assert.deepEqual(places.of('192.0.2.1'), { country: '', network: 'AS64500', local: false });
  assert.match(places.trouble[0] ?? '', /wrong\.mmdb cannot be used/);
});

test('what is no address is nowhere', (context) => {
  const country = database(context, { '192.0.2.0/24': { country: { iso_code: 'NL' } } });
  const places = openPlaces({ country, own: [] });
  for (const text of ['', 'localhost', '999.1.1.1', '2001:db8::1']) assert.equal(places.of(text), null, text);
});
