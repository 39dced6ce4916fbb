import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { sampleEvents } from '../events/sample-events.ts';
import { segmentPath } from '../events/segments.ts';
import { timeOfReference } from '../lib/reference.ts';
import { sampleDrop, sampleHouse, sampleStatus } from '../web/sample-house.ts';
import { createWeb } from '../web/server.ts';
import { runCommandLine } from './command-line.ts';
import { explain } from './explain.ts';
import { kernelDropText } from './kernel-drop-text.ts';
import { status, statusText } from './status.ts';

const at = timeOfReference('1M7YNPXHV1000') ?? 0;

/** A state directory whose journal has one event. */
function stateDir(t: TestContext): string {
  const state = mkdtempSync(join(tmpdir(), 'state-'));
  t.after(() => rmSync(state, { recursive: true, force: true }));
  mkdirSync(join(state, 'journal'));
  writeFileSync(segmentPath(join(state, 'journal'), at, 1), `${JSON.stringify({ at, door: 'smtp-1', seq: 1, ...sampleEvents['stage-judged'] })}\n`);
  return state;
}

async function floodgate(t: TestContext, ...argv: string[]) {
  const said = { out: '', err: '' };
  for (const [stream, name] of [
    [process.stdout, 'out'],
    [process.stderr, 'err'],
  ] as const) {
    const write = stream.write.bind(stream);
    // The test runner reports over the same stream, in buffers; ours are texts.
    t.mock.method(stream, 'write', (chunk: string | Uint8Array) => (typeof chunk === 'string' ? ((said[name] += chunk), true) : write(chunk)));
  }
  process.exitCode = 0;
  await runCommandLine(argv, { version: '0' }, [explain, status]);
  const code = process.exitCode;
  process.exitCode = 0;
  t.mock.restoreAll();
  return { ...said, code };
}

test('without a daemon the reference of a refusal is explained from the journal', async (t) => {
  const { out, err, code } = await floodgate(t, 'explain', '--json', '--state', stateDir(t), '1M7YNPXHV1000-1');
  assert.deepEqual([err, code], ['', 0]);
  const told = JSON.parse(out) as { decision: { check: string }; reply: string };
  assert.equal(told.decision.check, 'unknown-recipient');
  assert.match(told.reply, /^550/);
});

test('in plain words it is one sentence and the numbers behind it', async (t) => {
  const { out } = await floodgate(t, 'explain', '--state', stateDir(t), '1m7ynpxhv1000-1');
  assert.match(out, /refused at RCPT because: the hub does not know the recipient \[check unknown-recipient, action reject\]/);
  assert.match(out, /numbers +hubReply="550 5\.1\.1 no such user"/);
});

test('a time written with a blank is one id', async (t) => {
  const day = new Date(at).toISOString().slice(0, 10);
  const minute = new Date(at).toISOString().slice(11, 16);
  assert.equal((await floodgate(t, 'explain', '--json', '--state', stateDir(t), day, minute)).code, 0);
});

test('an id nobody knows is exit 1 and one line; a wrong limit is exit 2', async (t) => {
  const state = stateDir(t);
  const unknown = await floodgate(t, 'explain', '--state', state, 'nothing-like-this');
  assert.deepEqual([unknown.code, unknown.out], [1, '']);
  assert.match(unknown.err, /^floodgate: nothing is known of "nothing-like-this" in .*\n$/);
  assert.equal((await floodgate(t, 'explain', '--state', state, '--limit', '0', 'x')).code, 2);
});

test('a state directory without a journal is told, not taken for one that knows nothing', async (t) => {
  const { code, err } = await floodgate(t, 'explain', '--state', join(tmpdir(), 'no-such-state'), 'x');
  assert.equal(code, 1);
  assert.match(err, /does not exist/);
});

test('a running daemon is asked to write what it holds before the journal is read', async (t) => {
  const state = stateDir(t);
  const house = sampleHouse();
  const web = createWeb(house, { version: '0', access: () => ({ kind: 'granted', bearer: null }), allowedHosts: () => [], onFault: () => undefined });
  await web.listenControl(join(state, 'control.sock'));
  t.after(() => web.close());
  await floodgate(t, 'explain', '--state', state, '1M7YNPXHV1000-1');
  assert.deepEqual(house.asked, ['flush']);
  const { out } = await floodgate(t, 'status', '--json', '--state', state);
  assert.deepEqual(JSON.parse(out), sampleStatus);
});

test('an address that the kernel drops leaves nothing in the journal: the daemon knows why, how much, and how to undo it', async (t) => {
  const state = stateDir(t);
  const web = createWeb(sampleHouse(), { version: '0', access: () => ({ kind: 'granted', bearer: null }), allowedHosts: () => [], onFault: () => undefined });
  await web.listenControl(join(state, 'control.sock'));
  t.after(() => web.close());
  const { out, code } = await floodgate(t, 'explain', '--state', state, '[192.0.2.7]');
  assert.equal(code, 0);
  assert.match(out, /^192\.0\.2\.7 is dropped in the kernel, as part of 192\.0\.2\.0\/24: its connection attempts never reach the gateway/);
  assert.match(out, /\n {2}measure {3}m-3fa94c01d2 drop 192\.0\.2\.0\/24 by person anna since 2026-11-21T09:00:00\.000Z until .*: flood \\u001b\[2J\n/);
  assert.match(out, /\n {2}packets {3}1204 connection attempts .* since 2026-11-21T09:06:00\.000Z/);
  assert.match(out, /\n {2}undo {6}floodgate measure undo m-3fa94c01d2\n/);
  const [drop, decision] = (await floodgate(t, 'explain', '--json', '--state', state, '192.0.2.7')).out.trim().split('\n');
  assert.deepEqual(JSON.parse(drop ?? ''), { id: '192.0.2.7', kind: 'kernel-drop', ...sampleDrop });
  assert.match(decision ?? '', /"kind":"verdict"/, 'and what the journal knows of it from before');
  assert.equal((await floodgate(t, 'explain', '--state', state, '192.0.2.8')).code, 1, 'its neighbour is not dropped');
});

test('a drop that is not in the kernel says so, and what is heard instead', () => {
  const text = kernelDropText({ ...sampleDrop, where: 'banner', why: 'connect ENOENT', count: null });
  assert.match(text, /^192\.0\.2\.7 is to be dropped .* but is not: it hears 554 at the banner \(connect ENOENT\)\n/);
  assert.doesNotMatch(text, /packets/);
});

test('a running daemon that can tell is asked what would be decided today', async (t) => {
  const state = stateDir(t);
  const house = sampleHouse({ today: () => Promise.resolve({ outcome: 'delivered', because: 'the recipient exists now', findings: [] }) });
  const web = createWeb(house, { version: '0', access: () => ({ kind: 'granted', bearer: null }), allowedHosts: () => [], onFault: () => undefined });
  await web.listenControl(join(state, 'control.sock'));
  t.after(() => web.close());
  assert.match((await floodgate(t, 'explain', '--state', state, '1M7YNPXHV1000-1')).out, /today +delivered: the recipient exists now/);
});

test('status without a daemon is exit 1 and says how to start one', async (t) => {
  const { code, err } = await floodgate(t, 'status', '--state', stateDir(t));
  assert.equal(code, 1);
  assert.match(err, /no daemon runs on .*floodgate run/);
});

test('status shows trouble where the eye falls', () => {
  const text = statusText({ ...sampleStatus, ready: false, trouble: ['no next hop answers'], journal: { ...sampleStatus.journal, trouble: 'ENOSPC' } });
  assert.match(text, /^mx\.hub\.example: Floodgate 0\.1\.0, NOT READY.*\n {2}TROUBLE no next hop answers\n/);
  assert.match(text, /journal 4\.8 MiB in 3 segments.*TROUBLE ENOSPC/);
});
