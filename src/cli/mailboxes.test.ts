import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runSubcommand } from '../../test/harness/run-subcommand.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';

test('a mailbox in a domain that is none of ours is made, and the truth about its mail is told', (t) => {
  const dir = scratchDirectory(t, 'mailboxes');
  const site = '{hostname: mx.example.org, networks: [192.0.2.0/24], domains: [example.org], postmaster: postmaster@example.org}';
  const listeners = '[{name: mx, address: "127.0.0.1:2525", role: mx}]';
  writeFileSync(join(dir, 'floodgate.yaml'), `site: ${site}\nhub: {address: "maildir:${join(dir, 'mail')}"}\nlisteners: ${listeners}\n`);
  const add = (address: string) =>
    runSubcommand('mailboxes.ts', 'm.mailboxCommand({ checkIds: [], checkProblems: () => [] })', ['mailbox', 'add', address], dir);
  const ours = add('anna@Example.org');
  assert.deepEqual([ours.stdout, ours.stderr], ['anna@Example.org has a mailbox\n', '']);
  const other = add('x@other.example');
  assert.deepEqual(
    [other.code, other.stdout, other.stderr],
    [0, 'x@other.example has a mailbox\n', 'floodgate: note: other.example is none of site.domains (example.org): no mail comes to it\n'],
  );
});
