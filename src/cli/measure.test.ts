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
  import { measure } from '${new URL('measure.ts', import.meta.url).href}';
  await runCommandLine(process.argv.slice(1), { version: '0' }, [measure]);`;

const sampleMeasure = {
  id: 'm-3fa94c01d2',
  scope: { client: '192.0.2.0/24' },
  action: 'defer',
  actor: { kind: 'person', name: 'anna' },
  reason: 'subscription bomb',
  createdAt: '2026-11-21T09:00:00.000Z',
  expiresAt: '2026-11-21T10:00:00.000Z',
  maxHits: null,
  probeShare: 0,
  incident: null,
  dryRun: false,
  state: 'active',
  endedAt: null,
  hits: 412,
  probes: 0,
  recorded: 0,
};
const line = 'm-3fa94c01d2  defer  client 192.0.2.0/24  until 2026-11-21T10:00:00.000Z  412 hits  by anna: subscription bomb\n';

/** A daemon on control.sock that answers one thing and notes what it was asked; and the command run against it. */
async function start(context: TestContext, answer: { readonly status: number; readonly json: unknown }) {
  const state = scratchDirectory(context, 'measure');
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
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', 'measure', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [code, out, err] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { out, err, code };
}

const least = ['--action', 'defer', '--for', '1h', '--reason', 'bomb'];

test('add sends the scope and the end as a moment, and says what is in force', async (context) => {
  const { asked, run: floodgate } = await start(context, { status: 200, json: { measure: sampleMeasure } });
  const before = Date.now();
  const { out, code } = await floodgate('add', '--client', '192.0.2.0/24', '--sender', '<>', ...least, '--max-hits', '50', '--probe-share', '0.1', '--dry-run');
  assert.deepEqual([out, code], [`in force: ${line}`, 0]);
  const [{ body, ...request }] = asked as [{ method: string; url: string; body: Record<string, unknown> }]; // one request was made
  const { expiresAt, ...rest } = body;
  assert.deepEqual(request, { method: 'POST', url: '/api/v1/measures' });
  assert.deepEqual(rest, { scope: { client: '192.0.2.0/24', sender: '<>' }, action: 'defer', reason: 'bomb', maxHits: 50, probeShare: 0.1, dryRun: true });
  assert.ok(Math.abs(Date.parse(String(expiresAt)) - before - 3_600_000) < 60_000);
});

test('list is for people, and one object a line for programs', async (context) => {
  const suspended = { by: 'anna', reason: null, since: '2026-11-21T09:30:00.000Z' };
  const { asked, run: floodgate } = await start(context, { status: 200, json: { measures: [sampleMeasure], suspended } });
  assert.equal((await floodgate('list', '--ended')).out, `${line}automatic measures are suspended since 2026-11-21T09:30:00.000Z by anna\n`);
  assert.deepEqual(JSON.parse((await floodgate('list', '--json')).out), sampleMeasure);
  assert.deepEqual(JSON.parse((await floodgate('export')).out), sampleMeasure);
  assert.deepEqual(
    asked.map(({ url }) => url),
    ['/api/v1/measures?ended=true', '/api/v1/measures?ended=false', '/api/v1/measures'],
  );
});

test('in observe mode the list says that automatic measures are only recorded', async (context) => {
  const auto = { ...sampleMeasure, actor: { kind: 'auto', name: 'bomb' }, hits: 0, recorded: 33 };
  const observing = { until: '2026-11-28T18:13:00.000Z' }; // one answer for both questions
  const { run: floodgate } = await start(context, { status: 200, json: { measures: [auto], suspended: null, observing } });
  assert.match(
    (await floodgate('list')).out,
    /  0 hits, 33 only recorded  automatic.*\nautomatic measures are only recorded: mode observe until 2026-11-28T18:13:00\.000Z\n$/,
  );
  const { run: enforcing } = await start(context, { status: 200, json: { measures: [auto], suspended: null, observing: null } });
  assert.doesNotMatch((await enforcing('list')).out, /mode observe/);
});

const verbs: readonly [words: readonly string[], json: unknown, asked: object, out: string][] = [
  [['show', 'm-1'], sampleMeasure, { method: 'GET', url: '/api/v1/measures/m-1', body: null }, line],
  [['undo', 'm-1'], { measure: sampleMeasure }, { method: 'DELETE', url: '/api/v1/measures/m-1', body: null }, `undone: ${line}`],
  [
    ['suspend', '--reason', 'wrong'],
    { ok: true },
    { method: 'POST', url: '/api/v1/measures/suspend', body: { reason: 'wrong' } },
    'automatic measures are suspended\n',
  ],
  [['resume'], { ok: true }, { method: 'POST', url: '/api/v1/measures/resume', body: null }, 'automatic measures hold again\n'],
];
for (const [words, json, expected, said] of verbs) {
  test(`${words.join(' ')} asks the gateway and says what was done`, async (context) => {
    const { asked, run: floodgate } = await start(context, { status: 200, json });
    const { out, code } = await floodgate(...words);
    assert.deepEqual([asked, out, code], [[expected], said, 0]);
  });
}

const misuse: readonly [words: readonly string[], code: number, said: RegExp, why: string][] = [
  [['add', '--client', '192.0.2.1', '--action', 'defer', '--reason', 'x'], 2, /--for/, 'every measure ends'],
  [['add', '--client', '192.0.2.1', '--action', 'defer', '--for', '1h'], 2, /--reason/, 'the next operator asks why'],
  [['add', ...least.with(3, 'soon')], 2, /--for soon is not understood/, 'no length of time'],
  [['add', ...least, '--max-hits', 'many'], 2, /--max-hits many is no number/, 'no number'],
  [['export', '--format', 'xml'], 2, /--format xml is not known/, 'no version'],
];
for (const [words, exit, said, why] of misuse) {
  test(`${words.join(' ')} exits ${exit} and changes nothing: ${why}`, async (context) => {
    const { asked, run: floodgate } = await start(context, { status: 200, json: {} });
    const { code, err } = await floodgate(...words);
    assert.deepEqual([code, asked], [exit, []]);
    assert.match(err, said);
  });
}

test("the gateway's refusal is the one line of trouble", async (context) => {
  const { run: floodgate } = await start(context, { status: 400, json: { error: 'client 10.0.0.0/8 would touch 10.20.0.0/16' } });
  assert.deepEqual(await floodgate('add', '--client', '10.0.0.0/8', ...least), {
    out: '',
    err: 'floodgate: client 10.0.0.0/8 would touch 10.20.0.0/16\n',
    code: 1,
  });
});

test('an export is the text that the gateway made, ready for a pipe; with --json what was left out as well', async (context) => {
  const answer = { ok: true, format: 'nftables', text: 'table inet floodgate\n', networks: 1, leftOut: [{ measure: 'm-2', why: 'is a dry run' }] };
  const { asked, run: floodgate } = await start(context, { status: 200, json: answer });
  assert.deepEqual(await floodgate('export', '--format', 'nftables', '--ports', '25,2525'), { out: answer.text, err: '', code: 0 });
  const { ok: _, ...shown } = answer;
  assert.deepEqual(JSON.parse((await floodgate('export', '--format', 'nftables', '--json')).out), shown);
  assert.deepEqual(
    asked.map(({ url }) => url),
    ['/api/v1/measures/export?format=nftables&ports=25%2C2525', '/api/v1/measures/export?format=nftables'],
  );
});
