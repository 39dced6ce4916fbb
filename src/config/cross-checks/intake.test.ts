import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchDirectory, type Owner } from '../../../test/harness/scratch.ts';
import { loadConfig } from '../load.ts';

/** What is said against an intake with this list of recipients; the folder is left out. */
const errorsOf = (t: Owner, list: string): readonly string[] => {
  const folder = scratchDirectory(t, 'intake-list');
  writeFileSync(join(folder, 'people.txt'), list);
  const file = join(folder, 'floodgate.yaml');
  writeFileSync(
    file,
    `site: {hostname: mx.example.org, networks: [127.0.0.0/8], domains: [example.org], customerDomains: [customer.example], postmaster: postmaster@example.org}
hub: {address: "127.0.0.1:2626"}
routes: {customer.example: {address: "127.0.0.1:2627"}}
listeners: [{name: mx, address: "127.0.0.1:2525", role: mx}]
intake: [{domain: customer.example, recipients: people.txt}]
`,
  );
  const loaded = loadConfig(file, { checkIds: [], checkProblems: () => [] });
  return loaded.ok ? [] : loaded.errors.map(({ path, message }) => `${path} ${message.replace(`${folder}/`, '')}`);
};

test('a list of addresses of the domain is good', (t) => {
  assert.deepEqual(errorsOf(t, '# people\nann@customer.example\n'), []);
});

test('an empty list, as a failed export leaves it, is refused: everybody would hear 550', (t) => {
  const names = 'intake[0].recipients people.txt names nobody: all mail for customer.example would be refused';
  assert.deepEqual(errorsOf(t, ''), [names]);
  assert.deepEqual(errorsOf(t, '# people\n\n'), [names]);
});

test('each line that is no address of the domain is told with its number: that mailbox would hear 550', (t) => {
  assert.deepEqual(errorsOf(t, 'ann@customer.example\ncarl2\n"Emil" <emil@customer.example>\na@customer.example, b@customer.example\nx@other.example\n'), [
    'intake[0].recipients people.txt:2 is no address of customer.example',
    'intake[0].recipients people.txt:3 is no address of customer.example',
    'intake[0].recipients people.txt:4 is no address of customer.example',
    'intake[0].recipients people.txt:5 is no address of customer.example',
  ]);
});

test('of a wrong file ten lines are told, and how many more there are', (t) => {
  const errors = errorsOf(t, 'name,mail\n'.repeat(5000));
  assert.equal(errors.length, 11);
  assert.equal(errors.at(-1), 'intake[0].recipients 4990 more lines of the file are wrong');
});
