import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { atEnd, scratchDirectory, type Owner } from '../../test/harness/scratch.ts';
import type { Preview } from '../delivery/quarantine/preview.ts';
import { createAccess } from '../web/access.ts';
import { sampleHeld, sampleHouse, samplePreview } from '../web/sample-house.ts';
import { createWeb } from '../web/server.ts';
import type { WebHouse } from '../web/house.ts';

const program = `
  import { runCommandLine } from '${new URL('command-line.ts', import.meta.url).href}';
  import { quarantine } from '${new URL('quarantine.ts', import.meta.url).href}';
  await runCommandLine(process.argv.slice(1), { version: '0' }, [quarantine]);`;

/** Runs `floodgate quarantine` with these words. */
async function command(...words: readonly string[]) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', 'quarantine', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [code, out, err] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { out, err, code };
}

/** A daemon on control.sock, and the command run against it. */
async function start(t: Owner, over: Partial<WebHouse> = {}, faultless = true) {
  const state = scratchDirectory(t, 'held');
  const house = sampleHouse(over);
  const access = createAccess({ bearerOf: () => null, isLoopback: () => true, record: () => undefined, now: () => 0 });
  const web = createWeb(house, { version: '0', access, allowedHosts: () => [], onFault: (error) => faultless && assert.fail(String(error)) });
  await web.listenControl(join(state, 'control.sock'));
  atEnd(t, () => web.close());
  const run = (...words: readonly string[]) => command(...words, '--state', state);
  return { house, run };
}

/** In pages of one, each asked for behind the one before. */
const hostile = {
  ...sampleHeld,
  id: '1M7YNPXHV1000-5',
  subject: 'a\u001b[2J\nb',
  release: { at: sampleHeld.queuedAt, by: 'anna', outcome: 'failed', why: '554 no' },
} as const;
const paged: Partial<WebHouse> = {
  quarantine: {
    ...sampleHouse().quarantine,
    list: (raw) =>
      Promise.resolve(
        (raw as { after?: string }).after === undefined ? { ok: true, items: [sampleHeld], next: sampleHeld.id } : { ok: true, items: [hostile], next: null },
      ),
  },
};

test('list: a line a message, every page, and what a stranger wrote drives no terminal', async (t) => {
  const { run } = await start(t, paged);
  const { out, code } = await run('list');
  const [first = '', second = '', end] = out.split('\n');
  assert.deepEqual([code, end], [0, '']);
  assert.equal(
    first,
    '1M7YNPXHV1000-4  2026-11-21T09:06:32.123Z  <x@sender.example> -> <ann@hub.example>  2411 bytes  until 2026-12-21  standing-measure: a standing measure covers it: subscription bomb  "Welcome"',
  );
  assert.match(second, /"a\\u001b\[2J\\nb" {2}RELEASE failed: 554 no$/);
  const json = await run('list', '--json', '--limit', '1');
  assert.deepEqual(
    json.out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown),
    [sampleHeld],
  );
});

test('show: envelope, reason and a look at the message', async (t) => {
  const { run } = await start(t);
  const { out } = await run('show', sampleHeld.id);
  assert.match(out, /reason {3}standing-measure: a standing measure covers it/);
  assert.match(out, /\| Subject: Welcome\n {2}\| \n {2}\| Hello\n/);
  const none = await run('show', 'X');
  assert.deepEqual([none.code, none.err], [1, 'floodgate: no such message is held\n']);
});

test('show: what is encoded is told as its reader would read it; of what cannot be opened that much is told', async (t) => {
  const preview: Preview = {
    ...samplePreview,
    text: ['PGI+'],
    kind: 'html',
    readable: ['Pay now'],
    links: ['https://evil.example/login'],
    parts: [...samplePreview.parts, { type: 'application/zip', name: 'a\\u{202e}b', bytes: 9 }],
  };
  const shut = { ...sampleHeld, id: '1M7YNPXHV1000-6', reason: 'cannot be opened: no key', unreadable: 'no key' };
  const { run } = await start(t, {
    quarantine: {
      ...sampleHouse().quarantine,
      find: (id) => Promise.resolve(id === shut.id ? shut : sampleHeld),
      preview: () => Promise.resolve(preview),
    },
  });
  const { out } = await run('show', sampleHeld.id);
  assert.match(out, /as text \(html\):\n {2}> Pay now\n\n {2}leads to, or would fetch:\n {4}https:\/\/evil\.example\/login\n/);
  assert.match(out, /application\/zip {2}9 bytes {2}"a\\u\{202e\}b"/);
  const told = await run('show', shut.id);
  assert.deepEqual([told.code, /reason {3}cannot be opened: no key/.test(told.out)], [0, true], told.err);
});

test('release by what they have in common: the filters are handed on as they were written', async (t) => {
  const { house, run } = await start(t);
  const { out, code } = await run('release', '--sender', 'shop.example', '--client', '192.0.2.0/24');
  assert.deepEqual([out, code], ['1 released\n', 0]);
  assert.match(house.asked[0] ?? '', /^release {"select":{"sender":"shop\.example","client":"192\.0\.2\.0\/24"},"all":false} by /);
});

test('nothing selected is bad usage, and nothing is asked', async (t) => {
  const { house, run } = await start(t);
  const { code, err } = await run('discard');
  assert.deepEqual([code, house.asked], [2, []]);
  assert.match(err, /nothing is selected/);
});

test('a dry run only shows', async (t) => {
  const { house, run } = await start(t);
  const { out } = await run('discard', '--all', '--dry-run');
  assert.match(out, /^1 message \(2 KiB\) would be discarded; nothing was done\n1M7YNPXHV1000-4 [^\n]*\n$/, 'the number first');
  assert.match(house.asked[0] ?? '', /^discard .*"dryRun":true/);
  assert.ok(
    house.asked.slice(1).every((one) => one.startsWith('list held')),
    house.asked.join(),
  );
});

test('what could not be released is said for each, and the command fails', async (t) => {
  const act = () =>
    Promise.resolve({
      ok: true as const,
      results: [
        { id: 'A', ok: true as const },
        { id: 'B', ok: false as const, error: 'B is still held: 554 no' },
      ],
      next: null,
    });
  const { run } = await start(t, { quarantine: { ...sampleHouse().quarantine, act } });
  const { out, err, code } = await run('release', 'A', 'B');
  assert.deepEqual([out, code], ['1 released\n', 1]);
  assert.match(err, /^floodgate: B is still held: 554 no\nfloodgate: 1 could not be released: B\n$/);
});

test('a bulk command that is broken off says how far it came, and what remains', async (t) => {
  let portions = 0;
  const act = () => {
    portions += 1;
    if (portions > 1) throw new Error('out of memory');
    return Promise.resolve({ ok: true as const, results: [{ id: 'A', ok: true as const }], next: 'A' });
  };
  const { run } = await start(t, { quarantine: { ...sampleHouse().quarantine, act } }, false);
  const { err, code } = await run('release', '--all');
  assert.equal(code, 1);
  assert.match(err, /broken off when 1 were released; the rest are still held, say the same again: something went wrong here/);
});

test('a word that is no id is told as that: nothing was begun, so nothing is broken off', async (t) => {
  const act = () => Promise.resolve({ ok: false as const, error: 'nonsense-id is no id of a held message; nothing was done' });
  const { run } = await start(t, { quarantine: { ...sampleHouse().quarantine, act } });
  const { err, code } = await run('release', 'nonsense-id');
  assert.deepEqual([code, err], [1, 'floodgate: nonsense-id is no id of a held message; nothing was done\n']);
});

test('an empty list says whether nothing is held or nothing fits', async (t) => {
  const list = () => Promise.resolve({ ok: true as const, items: [], next: null });
  const { run } = await start(t, { quarantine: { ...sampleHouse().quarantine, list } });
  assert.equal((await run('list')).out, 'nothing is held\n');
  assert.equal((await run('list', '--sender', 'x.example')).out, 'nothing fits\n');
});

test('a dry run leaves out what cannot be opened, and says so', async (t) => {
  const shut = { ...sampleHeld, id: '1M7YNPXHV1000-6', unreadable: 'no key' };
  const list = () => Promise.resolve({ ok: true as const, items: [sampleHeld, shut], next: null });
  const { run } = await start(t, { quarantine: { ...sampleHouse().quarantine, list } });
  const { out, err } = await run('discard', '--all', '--dry-run');
  assert.equal(out.trim().split('\n').length, 2, out);
  assert.equal(err, 'floodgate: 1 message cannot be opened and would stay as now\n');
});

test('the digest: a letter ends its line, and a round that was asked for is told beside the hour that has not come', async (t) => {
  const { run } = await start(t);
  assert.match((await run('digest', '--preview', 'ann@hub.example')).out, /Hello\n$/);
  const digest = sampleHouse().digest;
  const last = { letters: 1, lines: 1, failed: 0, again: false };
  const late = await start(t, { digest: { ...digest, status: () => ({ ...digest.status(), lastAt: null, last: { ...digest.status().last, ...last } }) } });
  assert.match((await late.run('digest')).out, /last round {3}none at its hour yet\nlatest {7}1 letter sent, with 1 message\n/);
});

test('time and size are handed on as the gateway takes them, and what is neither is bad usage', async (t) => {
  const { house, run } = await start(t);
  await run('list', '--since', '2026-11-21T09:00:00Z', '--larger', '1MiB', '--refused');
  assert.match(house.asked[0] ?? '', /"since":"2026-11-21T09:00:00.000Z","largerThan":"1048576","refused":"true"/);
  assert.equal((await run('list', '--since', 'noon')).code, 2);
});

test('key new writes a file for its owner alone; a second one puts a key in front; list names them', async (t) => {
  const file = join(scratchDirectory(t, 'keys'), 'held.keys');
  const first = await command('key', 'new', file);
  assert.match(first.out, /^k-\d{8}-[0-9a-f]{6} is written to /, first.err);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const second = await command('key', 'new', file);
  assert.match(second.out, /1 older still read/);
  const named = (out: string): string => out.split(' ')[0] ?? '';
  const { out } = await command('key', 'list', file);
  assert.equal(out, `${named(second.out)}  writes and reads\n${named(first.out)}  reads\n`);
  writeFileSync(file, 'no key');
  const wrong = await command('key', 'new', file);
  assert.deepEqual([wrong.code, /line 1 is no key/.test(wrong.err)], [1, true]);
  assert.equal(readFileSync(file, 'utf8'), 'no key', 'what is not understood is left alone');
});
