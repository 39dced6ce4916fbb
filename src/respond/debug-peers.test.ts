import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createDebugPeers, mostPeers, peerOf } from './debug-peers.ts';

/** A Postfix that has a debug_peer_list and nothing else. */
function postfix(list: string) {
  const asked: string[] = [];
  const state = { list, fails: false };
  const run = (program: string, args: readonly string[]): Promise<string> => {
    asked.push([program, ...args.slice(2)].join(' '));
    if (state.fails) return Promise.reject(new Error('postconf: fatal: no permission'));
    if (args.includes('-h')) return Promise.resolve(`${state.list}\n`);
    const [, value] = /^debug_peer_list = ?(.*)$/.exec(args.at(-1) ?? '') ?? [];
    if (value !== undefined) state.list = value;
    return Promise.resolve('');
  };
  return { state, asked, run };
}

const never = (why: string): never => {
  throw new Error(why);
};

function directory(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'debug-peers-'));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

test('peers of an incident are added, and only they are taken back', async (t) => {
  const program = postfix('192.0.2.1, 198.51.100.0/24');
  const troubles: string[] = [];
  const peers = createDebugPeers({ configDir: () => '/etc/postfix', stateDir: directory(t), trouble: (why) => void troubles.push(why), run: program.run });
  // One of them is there already, by the operator's own hand: it stays his.
  peers.want([{ ip: '203.0.113.9' }, { network: '2001:db8:1::/64' }, { ip: '192.0.2.1' }]);
  await peers.settled();
  assert.equal(program.state.list, '192.0.2.1, 198.51.100.0/24, 203.0.113.9, [2001:db8:1::]/64');
  assert.equal(program.asked.at(-1), 'postfix reload');
  program.asked.length = 0;
  peers.want([]);
  await peers.settled();
  assert.equal(program.state.list, '192.0.2.1, 198.51.100.0/24');
  assert.deepEqual(troubles, []);
});

test('after a crash the next start takes back what the last one had put there', async (t) => {
  const program = postfix('');
  const stateDir = directory(t);
  const parts = { configDir: () => '/etc/postfix', stateDir, trouble: never, run: program.run };
  const first = createDebugPeers(parts);
  first.want([{ ip: '203.0.113.9' }]);
  await first.settled();
  const second = createDebugPeers(parts);
  second.want([]);
  await second.settled();
  assert.equal(program.state.list, '');
});

test('the end takes them back; switched off takes them back', async (t) => {
  const program = postfix('');
  let dir: string | null = '/etc/postfix';
  const peers = createDebugPeers({ configDir: () => dir, stateDir: directory(t), trouble: never, run: program.run });
  peers.want([{ ip: '203.0.113.9' }]);
  await peers.settled();
  dir = null;
  peers.want([{ ip: '203.0.113.9' }]);
  await peers.settled();
  assert.equal(program.state.list, '');
  dir = '/etc/postfix';
  peers.want([{ ip: '203.0.113.9' }]);
  await peers.settled();
  assert.equal(program.state.list, '203.0.113.9');
  await peers.stop();
  assert.equal(program.state.list, '');
});

test('a Postfix that cannot be changed is told of and asked again, not in a loop', async (t) => {
  const program = postfix('');
  program.state.fails = true;
  const troubles: string[] = [];
  const peers = createDebugPeers({ configDir: () => '/etc/postfix', stateDir: directory(t), trouble: (why) => void troubles.push(why), run: program.run });
  for (let n = 0; n < 10; n++) {
    peers.want([{ ip: '203.0.113.9' }]);
    await peers.settled();
  }
  assert.deepEqual(troubles, ['postconf: fatal: no permission']);
});

test('nothing but an address gets into the list, and not many', async (t) => {
  assert.deepEqual(peerOf({ ip: '203.0.113.9, !evil' }), []);
  assert.deepEqual(peerOf({ network: 'type:/etc/passwd' }), []);
  assert.deepEqual(peerOf({ user: 'bob' }), []);
  const program = postfix('');
  const peers = createDebugPeers({ configDir: () => '/etc/postfix', stateDir: directory(t), trouble: never, run: program.run });
  peers.want(Array.from({ length: 500 }, (_, n) => ({ ip: `203.0.113.${n % 250}` })));
  await peers.settled();
  assert.equal(program.state.list.split(', ').length, mostPeers);
});
