// The demo as a newcomer runs it, shortened.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ended, runProgram, startProcess } from '../test/harness/scratch.ts';
import { newTallies, parts, playAttack } from './demo/attack.ts';
import { boardText, verdictText } from './demo/board.ts';

const demo = fileURLToPath(new URL('demo.ts', import.meta.url));
const run = (...args: readonly string[]) => runProgram(process.execPath, [demo, ...args], { timeoutMs: 20_000 });

/** tried, let through, refused of a part, as the last table shows them. */
const figuresOf = (said: string, part: string): readonly number[] =>
  [...said.matchAll(new RegExp(`^${part} +(\\d+) +(\\d+) +(\\d+)`, 'gm'))].at(-1)?.slice(1).map(Number) ?? [];

test('in two seconds honest mail arrives, of the attack nothing, a refusal is explained, and nothing is left behind', async () => {
  const { code, stdout, stderr } = await run('--seconds', '2');
  assert.deepEqual([code, stderr], [0, '']);
  const [sent = 0, delivered] = figuresOf(stdout, 'honest mail');
  assert.ok(sent > 0);
  assert.equal(delivered, sent);
  assert.match(stdout, new RegExp(`messages in the mailbox: ${sent}\n`));
  for (const part of ['unknown recipients', 'relay attempts', 'early talkers']) {
    const [tried = 0, through, refused] = figuresOf(stdout, part);
    assert.ok(tried > 0, part);
    assert.deepEqual([through, refused], [0, tried], part);
  }
  const [tried = 0, greeted = 0] = figuresOf(stdout, 'connection burst');
  assert.ok(greeted > 0 && greeted < tried, 'the burst is held back');
  assert.match(stdout, /refused at RCPT because: .*\[check relay-/);
  const folder = /mailboxes below (\S+),/.exec(stdout)?.[1];
  assert.ok(folder);
  assert.equal(existsSync(folder), false);
});

test('interrupted it ends in good order: the gateway with it, the folder gone', async (t) => {
  const child = startProcess(t, process.execPath, [demo]);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const isPlaying = said.includes('let through:');
    said += chunk.toString();
    if (!isPlaying && said.includes('let through:')) child.kill('SIGINT'); // once: the second would be "at once"
  });
  await ended(child);
  assert.equal(child.exitCode, 0);
  assert.match(said, /honest mail: (\d+) of \1 delivered/);
  const [, port, folder = ''] = /gateway on 127\.0\.0\.1:(\d+), mailboxes below (\S+),/.exec(said) ?? [];
  assert.equal(existsSync(folder), false);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`), 'nobody listens any more');
});

test('only loopback is attacked', async () => {
  const target = { host: '192.0.2.1', port: 25 };
  await assert.rejects(playAttack({ target, recipient: 'a@example.org', tallies: newTallies(), signal: AbortSignal.timeout(50) }), /loopback addresses only/);
});

for (const args of [
  ['--seconds', '0'],
  ['--seconds', 'x'],
  ['--seconds', '9999'],
  ['--target', '192.0.2.1:25'],
]) {
  test(`${args.join(' ')} is bad usage`, async () => assert.equal((await run(...args)).code, 2));
}

test('a row fits a terminal of 80 columns: drawing over the last figures relies on it', () => {
  const tallies = newTallies();
  for (const part of parts) Object.assign(tallies[part], { tried: 123_456, through: 123_456, refused: 123_456, waited: 123_456, tookMs: [12_345] });
  const widest = Math.max(
    ...boardText({ seconds: 120, of: 120, tallies, sessions: 12_000 })
      .split('\n')
      .map((line) => line.length),
  );
  assert.ok(widest <= 80, `${widest}`);
});

test('what got through is said as it is', () => {
  const tallies = newTallies();
  tallies['relay attempts'].through = 3;
  assert.match(verdictText(tallies), /attack: 3 got through/);
});
