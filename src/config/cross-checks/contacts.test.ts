import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchDirectory, type Owner } from '../../../test/harness/scratch.ts';
import { loadConfig } from '../load.ts';

const found = (t: Owner, contacts: string): readonly string[] => {
  const folder = scratchDirectory(t, 'contacts');
  writeFileSync(join(folder, 'contacts.txt'), contacts);
  writeFileSync(join(folder, 'users.txt'), '', { mode: 0o600 });
  writeFileSync(
    join(folder, 'floodgate.yaml'),
    `site: {hostname: mx.example.org, domains: [example.org], postmaster: postmaster@example.org}
hub: {address: "192.0.2.10:25"}
listeners: [{name: mx, address: "127.0.0.1:2525", role: mx}]
auth: {users: users.txt, contacts: contacts.txt}
`,
  );
  const loaded = loadConfig(join(folder, 'floodgate.yaml'), { checkIds: [], checkProblems: () => [] });
  return (loaded.ok ? loaded.warnings : loaded.errors).flatMap(({ path, message }) => (path.startsWith('auth.contacts') ? [message] : []));
};

test('a good file of contacts is nothing to talk of', (t) => assert.deepEqual(found(t, '# second\nbob: bob@elsewhere.example, boss@example.org\n'), []));

test('lines that name no address are errors, all at once', (t) => {
  assert.deepEqual(found(t, 'bob\nalice: telephone\n'), ['line 1 is not understood', 'line 2 is not understood']);
});

test('a contact that is the account itself is warned of: a thief reads it', (t) => {
  assert.deepEqual(found(t, 'bob: bob@example.org\n'), ['line 1 has no contact but the account itself, which a thief reads: it is not used']);
});
