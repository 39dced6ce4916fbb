import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';

const program = `
  import { runCommandLine } from '${new URL('command-line.ts', import.meta.url).href}';
  import { list } from '${new URL('list.ts', import.meta.url).href}';
  await runCommandLine(process.argv.slice(1), { version: '0' }, [list]);`;

const entry = {
  list: 'operator',
  matches: 'client',
  entry: '203.0.113.0/24',
  action: 'reject',
  reason: 'spam',
  by: 'anna',
  createdAt: '2026-06-01T12:00:00.000Z',
  expiresAt: null,
};
const file = { list: 'bad', matches: 'sender', action: 'tag', file: '/etc/bad.txt', entries: 3, trouble: null };

/** A daemon on control.sock that answers one thing and notes what it was asked; and the command run against it. */
async function start(context: TestContext, answer: { readonly status: number; readonly json: unknown }) {
  const state = scratchDirectory(context, 'list');
  const asked: { method: string; url: string; body: unknown }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ method: request.method ?? '', url: request.url ?? '', body: body === '' ? null : JSON.parse(body) });
      response.writeHead(answer.status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(answer.json));
    });
  });
  server.listen(join(state, 'control.sock'));
  await once(server, 'listening');
  context.after(() => server.close());
  return { asked, run: (...words: readonly string[]) => run([...words, '--state', state]) };
}

async function run(words: readonly string[]) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', 'list', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [code, out, err] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { out, err, code };
}

test('add sends what was said, with the end as a moment', async (context) => {
  const { asked, run: floodgate } = await start(context, { status: 200, json: { entry } });
  const before = Date.now();
  const { out, code } = await floodgate('add', '203.0.113.0/24', '--matches', 'client', '--reason', 'spam', '--expires', '7d');
  const [{ body, ...request }] = asked as [{ method: string; url: string; body: Record<string, string> }]; // one request was made
  assert.deepEqual([request, code], [{ method: 'POST', url: '/api/v1/lists/entries' }, 0]);
  assert.deepEqual([body['entry'], body['matches'], body['action'], body['reason']], ['203.0.113.0/24', 'client', 'reject', 'spam']);
  assert.ok(Math.abs(Date.parse(body['expiresAt'] ?? '') - before - 7 * 86_400_000) < 60_000);
  assert.equal(out, 'in force: operator: reject client 203.0.113.0/24 (spam), by anna\n');
});

test('show prints lists and entries, as lines or as JSON Lines', async (context) => {
  const { run: floodgate } = await start(context, { status: 200, json: { lists: [file], entries: [entry] } });
  assert.equal((await floodgate('show')).out, 'bad: tag sender, 3 entries from /etc/bad.txt\noperator: reject client 203.0.113.0/24 (spam), by anna\n');
  const lines = (await floodgate('list', '--json')).out
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  assert.deepEqual(lines, [
    { kind: 'list', ...file },
    { kind: 'entry', ...entry },
  ]);
});

test('remove names the entry, and the list where one was given', async (context) => {
  const { asked, run: floodgate } = await start(context, { status: 200, json: { removed: 1 } });
  await floodgate('remove', '203.0.113.0/24', '--list', 'bad');
  assert.deepEqual(asked, [{ method: 'DELETE', url: '/api/v1/lists/entries', body: { entry: '203.0.113.0/24', list: 'bad' } }]);
});

test("the gateway's refusal is the one line of trouble", async (context) => {
  const { run: floodgate } = await start(context, { status: 400, json: { error: '"x" is no address or network' } });
  assert.deepEqual(await floodgate('add', 'x', '--matches', 'client'), { out: '', err: 'floodgate: "x" is no address or network\n', code: 1 });
});

test('a time that cannot be read is bad usage, and nothing is sent', async (context) => {
  const { asked, run: floodgate } = await start(context, { status: 200, json: {} });
  const { err, code } = await floodgate('add', '192.0.2.1', '--matches', 'client', '--expires', 'soon');
  assert.deepEqual([asked.length, code], [0, 2]);
  assert.match(err, /--expires soon is not understood/);
});

test('without a daemon it says so', async (context) => {
  const { err, code } = await run(['show', '--state', scratchDirectory(context, 'empty')]);
  assert.equal(code, 1);
  assert.match(err, /no daemon runs on/);
});
