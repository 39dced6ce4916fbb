import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runSubcommand } from '../../test/harness/run-subcommand.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';

const blocks = readFileSync(new URL('../../fixtures/messages/bounces.txt', import.meta.url), 'utf8')
  .split(/^=== /m)
  .slice(1);
const messageOf = (index: number): string => blocks[index]?.slice(blocks[index].indexOf('\n---\n') + 5) ?? '';

const reader = new URL('../wire/message/understand.ts', import.meta.url).href;
const parse = (args: readonly string[], cwd: string) =>
  runSubcommand('parse.ts', `m.parseCommand((await import('${reader}')).understand)`, ['parse', ...args], cwd);

test('--json prints a line a file with the fields that hold', (t) => {
  const folder = scratchDirectory(t, 'parse');
  writeFileSync(join(folder, 'a.eml'), messageOf(1));
  writeFileSync(join(folder, 'b.eml'), 'Subject: hello\n\nhi\n');
  const { code, stdout, stderr } = parse(['--json', 'a.eml', 'b.eml'], folder);
  assert.equal(code, 0, stderr);
  const [first, second] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const names = 'file kind reason hard status replyCode failedRecipients originalMessageId originalTo feedbackType language evidence'.split(' ');
  assert.deepEqual(Object.keys(first ?? {}), names);
  assert.deepEqual([first?.['file'], first?.['kind'], first?.['status']], ['a.eml', 'bounce', '5.1.1']);
  assert.deepEqual([second?.['file'], second?.['kind'], second?.['hard']], ['b.eml', 'not-a-report', null]);
});

test('an mbox has a line a message, with its number; a Maildir a line a file', (t) => {
  const folder = scratchDirectory(t, 'parse');
  const from = 'From x@y.example Fri Mar  1 10:00:00 2024\n';
  writeFileSync(join(folder, 'box'), `${from}${messageOf(0)}\n\n${from}Subject: two\n\nFrom here on it is text.\n`);
  for (const name of ['new', 'cur', 'tmp']) mkdirSync(join(folder, 'dir', name), { recursive: true });
  writeFileSync(join(folder, 'dir', 'new', '1.a'), messageOf(1));
  writeFileSync(join(folder, 'dir', 'cur', '2.a:2,S'), messageOf(1));
  writeFileSync(join(folder, 'dir', 'tmp', '3.a'), messageOf(1));
  const { stdout } = parse(['--json', 'box', 'dir'], folder);
  const told = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .map(({ file, message, kind }) => [file, message, kind].join(' '));
  assert.deepEqual(told, ['box 1 bounce', 'box 2 not-a-report', 'dir/new/1.a  bounce', 'dir/cur/2.a:2,S  bounce']);
});

test('for people: what, why, whom, from what evidence; control characters do not reach the terminal', (t) => {
  const folder = scratchDirectory(t, 'parse');
  writeFileSync(join(folder, 'a.eml'), messageOf(1));
  writeFileSync(
    join(folder, 'evil.eml'),
    'From: "\x1b[2Jx" <mailer-daemon@x.example>\nSubject: Undelivered Mail\n\ncould not be delivered to:\n\na@b.example\n',
  );
  const { stdout } = parse(['a.eml', 'evil.eml'], folder);
  assert.match(stdout, /^a\.eml: bounce\n {2}reason {5}user-unknown, for good, 550, 5\.1\.1\n {2}recipients nobody\.here@firm\.example\n/);
  assert.match(stdout, /because .*X-Failed-Recipients/);
  assert.doesNotMatch(stdout, /\x1b/);
});

test('a file that cannot be read is told, the others are answered, and the exit code is 1', (t) => {
  const folder = scratchDirectory(t, 'parse');
  writeFileSync(join(folder, 'a.eml'), messageOf(1));
  const { code, stdout, stderr } = parse(['--json', 'missing.eml', 'a.eml'], folder);
  assert.equal(code, 1);
  assert.match(stderr, /^floodgate: missing\.eml: ENOENT/);
  assert.match(stdout, /"kind":"bounce"/);
});

test('no file at all is bad usage', (t) => assert.equal(parse(['--json'], scratchDirectory(t, 'parse')).code, 2));
