import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { testCertificate } from '../../test/harness/certificate.ts';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import type { Config } from '../config/options.ts';
import type { EventBody } from '../model/events.ts';
import { openFileWatch } from './file-watch.ts';

const keyLine = `first: ${Buffer.alloc(32, 7).toString('base64')}\n`;
const fingerprint = 'ab'.repeat(32);

/** A folder with every file a configuration may name, all of them good. */
function houseOf(t: TestContext): { readonly config: Config; readonly file: (name: string) => string } {
  const folder = scratchDirectory(t, 'file-watch');
  const file = (name: string): string => join(folder, name);
  testCertificate(folder);
  copyFileSync(file('cert.pem'), file('ca.pem'));
  chmodSync(file('key.pem'), 0o600);
  const texts: Readonly<Record<string, string>> = {
    'users.txt': 'ann:{PLAIN}secret\n',
    'certificates.txt': `printer sha256 ${fingerprint}\n`,
    'contacts.txt': 'ann: ann@elsewhere.example\n',
    'held.keys': keyLine,
    'customer.txt': 'otto@customer.example\n',
    'abuse.txt': '45.0.2.0/24: abuse@isp.example\n',
    'country.mmdb': 'any',
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(file(name), text, { mode: 0o600 });
  const config = configOf({
    tls: { cert: file('cert.pem'), key: file('key.pem'), clientCa: file('ca.pem') },
    auth: { users: file('users.txt'), certificates: file('certificates.txt'), contacts: file('contacts.txt') },
    quarantine: { keyFile: file('held.keys') },
    routes: { 'customer.example': { address: '10.20.0.9:25' } },
    intake: [{ domain: 'customer.example', recipients: file('customer.txt') }],
    abuseContacts: { table: file('abuse.txt') },
    places: { country: file('country.mmdb') },
  });
  return { config, file };
}

function watchOf(t: TestContext, config: () => Config, now = (): number => Date.now()) {
  const events: EventBody[] = [];
  const watch = openFileWatch({ config, record: (event) => void events.push(event), now });
  t.after(() => watch.stop());
  return { watch, events };
}

const broken: readonly [option: string, name: string, bad: string | null, why: RegExp][] = [
  ['tls.cert', 'cert.pem', 'half of it', /is not a certificate/],
  ['tls.cert', 'cert.pem', null, /cannot be read: no such file/],
  ['tls.key', 'key.pem', 'half of it', /is not a private key/],
  ['tls.clientCa', 'ca.pem', 'half of it', /is not a certificate/],
  ['auth.users', 'users.txt', 'ann\n', /users\.txt:1: no colon/],
  ['auth.users', 'users.txt', null, /cannot be read: no such file/],
  ['auth.certificates', 'certificates.txt', 'ann x\n', /certificates\.txt:1: write USER sha256/],
  ['auth.contacts', 'contacts.txt', 'ann\n', /line 1 is not understood/],
  ['quarantine.keyFile', 'held.keys', 'first: short\n', /quarantine|octets|base64|key/],
  ['intake.0.recipients', 'customer.txt', 'otto@elsewhere.example\n', /customer\.txt:1 is no address of customer\.example/],
  ['abuseContacts.table', 'abuse.txt', '45.0.2.0/24 abuse@isp.example\n', /abuse\.txt:1/],
  ['places.country', 'country.mmdb', null, /the database cannot be read/],
];
for (const [option, name, bad, why] of broken)
  test(`${option} that ${bad === null ? 'is gone' : 'has gone bad'} is told of once, and shown until it is good again`, async (t) => {
    const { config, file } = houseOf(t);
    const { watch, events } = watchOf(t, () => config);
    await watch.look();
    assert.deepEqual([watch.trouble(), events], [[], []], 'all files are good');

    copyFileSync(file(name), file('good'));
    if (bad === null) rmSync(file(name));
    else writeFileSync(file(name), bad);
    for (let looks = 0; looks < 3; looks++) await watch.look();
    const [line = ''] = watch.trouble();
    assert.deepEqual([watch.trouble().length, line.startsWith(`${option}: `)], [1, true], watch.trouble().join());
    assert.match(line, why);
    assert.match(line, /until it is good what was read before is in force, or nothing$/);
    assert.deepEqual(
      events.map((event) => event.type === 'file-broken' && event.option),
      [option],
      'once',
    );

    copyFileSync(file('good'), file(name));
    await watch.look();
    assert.deepEqual(watch.trouble(), []);
    assert.deepEqual(events.at(-1), { type: 'file-mended', option });
  });

test('no password and no key stands in what is told', async (t) => {
  const { config, file } = houseOf(t);
  const { watch, events } = watchOf(t, () => config);
  appendFileSync(file('users.txt'), 'otto hunter2\nzoe:{NOSUCH}hunter2\n');
  appendFileSync(file('held.keys'), 'second: hunter2\n');
  await watch.look();
  assert.equal(watch.trouble().length, 3);
  assert.doesNotMatch(JSON.stringify([watch.trouble(), events]), /hunter2/);
});

test('a certificate that has ended is shown, though nobody has touched it', async (t) => {
  const { config } = houseOf(t);
  let now = Date.now();
  const { watch, events } = watchOf(
    t,
    () => config,
    () => now,
  );
  await watch.look();
  now += 3 * 86_400_000;
  await watch.look();
  assert.match(watch.trouble().join(), /^tls\.cert: ended on \d{4}-\d\d-\d\d$/);
  assert.equal(events.length, 1);
});

test('a file that the configuration names no longer is no trouble any more', async (t) => {
  const { config, file } = houseOf(t);
  let current = config;
  const { watch } = watchOf(t, () => current);
  writeFileSync(file('users.txt'), 'ann\n');
  await watch.look();
  assert.equal(watch.trouble().length, 1);
  current = configOf({});
  await watch.look();
  assert.deepEqual(watch.trouble(), []);
});

test('a reload that was refused is shown until one is carried out; of many reasons the first', (t) => {
  const { watch } = watchOf(
    t,
    () => configOf({}),
    () => Date.UTC(2026, 10, 21),
  );
  watch.reloaded(Array.from({ length: 9 }, (_, n) => `hub: wrong ${n}`));
  assert.deepEqual(watch.trouble(), [
    'the configuration was refused at 2026-11-21T00:00:00.000Z, that of before is in force (floodgate check): hub: wrong 0; hub: wrong 1; hub: wrong 2; hub: wrong 3; hub: wrong 4; 4 more',
  ]);
  watch.reloaded(null);
  assert.deepEqual(watch.trouble(), []);
});
