import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfigText } from '../config/load.ts';
import { placeDatabase } from '../../test/harness/place-database.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { siteViewOf } from './detection.ts';

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
