import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scratchDirectory } from '../../../test/harness/scratch.ts';
import { until } from '../../../test/harness/until.ts';
import { createNetworkGuard } from '../network-guard.ts';
import { createKernelSets } from './sets.ts';
import { maxLine } from './protocol.ts';

/** As nft 1.0.6 lists a set whose elements are counted. */
const listed = `table inet floodgate_live {
	set blocked4 {
		type ipv4_addr
		flags interval,timeout
		counter
		elements = { 192.0.2.7 counter packets 3 bytes 180 timeout 5m expires 4m59s52ms, 192.0.2.128/25 counter packets 12 bytes 720 timeout 5m, 203.0.113.0/24 timeout 5m expires 4m,
			     198.51.100.0/24 counter packets 1204 bytes 72240 timeout 1m expires 41s }
	}
}
`;

/** A helper over an nft that only notes what it is told; `fail` makes its next script fail. */
async function start(context: TestContext) {
  const scripts: string[] = [];
  const trouble: string[] = [];
  const said: string[] = [];
  const nft = {
    run: (script: string) => {
      const why = trouble.shift();
      if (why !== undefined) return Promise.reject(new Error(why));
      scripts.push(script);
      return Promise.resolve();
    },
    elements: () => Promise.resolve(listed),
    counter: () => Promise.resolve('{"nftables": [{"counter": {"name": "dropped", "packets": 7, "bytes": 420}}]}'),
  };
  const guard = createNetworkGuard([{ network: '10.20.0.0/16', whose: '--never' }]);
  const helper = createKernelSets({ nft, guard, ports: [25], say: (line) => said.push(line) });
  const path = join(scratchDirectory(context, 'helper'), 'kernel.sock');
  await helper.listen(path);
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await helper.close();
  };
  context.after(close);
  return { scripts, trouble, said, close, peer: () => peerOf(context, path) };
}

/** A peer that says something and reads what comes. */
function peerOf(context: TestContext, path: string) {
  const socket: Socket = connect(path).setEncoding('latin1');
  const heard = { text: '', ended: false };
  socket.on('data', (text: string) => (heard.text += text)).on('error', () => undefined);
  socket.on('close', () => (heard.ended = true));
  context.after(() => socket.destroy());
  return {
    heard,
    say: (text: string) => socket.write(text, 'latin1'),
    answer: async (text: string): Promise<string> => {
      const before = heard.text.length;
      socket.write(text, 'latin1');
      await until('an answer', () => heard.text.indexOf('\n', before) >= 0);
      return heard.text.slice(before);
    },
  };
}

test('it begins with empty sets of its own and ends by taking them away', async (context) => {
  const { scripts, close } = await start(context);
  assert.match(scripts[0] ?? '', /^table inet floodgate_live\ndelete table inet floodgate_live\ntable inet floodgate_live \{/);
  assert.match(scripts[0] ?? '', /set blocked4 \{ type ipv4_addr; flags interval, timeout; counter; \}/);
  await close();
  assert.equal(scripts.at(-1), 'table inet floodgate_live\ndelete table inet floodgate_live\n');
});

test('a replacement is one script that empties and fills both sets', async (context) => {
  const { scripts, peer } = await start(context);
  assert.equal(await peer().answer('replace 2\n192.0.2.0/24 60\n2001:db8::/48 30\n'), 'done 2\n');
  assert.equal(
    scripts.at(-1),
    `flush set inet floodgate_live blocked4
flush set inet floodgate_live blocked6
add element inet floodgate_live blocked4 {
192.0.2.0/24 timeout 60s
}
add element inet floodgate_live blocked6 {
2001:db8::/48 timeout 30s
}
`,
  );
  assert.equal(await peer().answer('replace 0\n'), 'done 0\n', 'nothing to drop is something to say');
});

test('adding and removing touch what they name and nothing else', async (context) => {
  const { scripts, peer } = await start(context);
  await peer().answer('add 1\n192.0.2.7/32 60\n');
  assert.equal(scripts.at(-1), 'add element inet floodgate_live blocked4 {\n192.0.2.7/32 timeout 60s\n}\n');
  await peer().answer('remove 1\n192.0.2.7/32\n');
  assert.equal(scripts.at(-1), 'delete element inet floodgate_live blocked4 {\n192.0.2.7/32\n}\n');
});

test('what must never be dropped is left out and told, whoever asks; the rest holds', async (context) => {
  const { scripts, said, peer } = await start(context);
  const answer = await peer().answer('add 3\n10.20.3.4/32 60\n192.0.2.7/32 60\n127.0.0.2/32 60\n');
  assert.equal(answer, 'done 1 2 10.20.3.4/32 touches 10.20.0.0/16 (--never)\n');
  assert.doesNotMatch(scripts.at(-1) ?? '', /10\.20|127\.0/);
  assert.match(said.at(-1) ?? '', /left out 2 of 3/);
  const before = scripts.length;
  assert.equal(await peer().answer('add 1\n198.0.0.0/8 60\n'), 'done 0 1 198.0.0.0/8 is wider than /16\n');
  assert.equal(scripts.length, before, 'nothing is left: nft is not called');
});

test('what nft refuses is told, and the peer may go on', async (context) => {
  const { trouble, peer } = await start(context);
  const one = peer();
  trouble.push('nft says: interval overlaps');
  assert.equal(await one.answer('add 1\n192.0.2.7/32 60\n'), 'no nft says: interval overlaps\n');
  assert.equal(await one.answer('report\n'), 'counted 7 420\n');
});

for (const [network, answer, why] of [
  ['198.51.100.0/24', 'counted 1204 72240\n', 'a network'],
  ['192.0.2.7/32', 'counted 3 180\n', 'an address, which nft writes without its bits'],
  ['192.0.2.128/25', 'counted 12 720\n', 'not the one whose text begins alike'],
  ['198.51.100.0/25', 'no it is not in the set\n', 'one that is not in the set'],
  ['203.0.113.0/24', 'no nft shows no counter\n', 'one that nobody counts'],
  ['92.0.2.7/32', 'no it is not in the set\n', 'one whose text is the end of another'],
] as const)
  test(`count ${network} is ${answer.trim()}: ${why}`, async (context) => {
    const { peer } = await start(context);
    assert.equal(await peer().answer(`count ${network}\n`), answer);
  });

test('where nft cannot count single networks the table is made without', async (context) => {
  const { trouble, scripts, said, peer } = await start(context);
  trouble.push('nft says: No such file or directory', 'nft says: syntax error, unexpected counter');
  assert.equal(await peer().answer('replace 1\n192.0.2.7/32 60\n'), 'done 1\n');
  assert.doesNotMatch(scripts.at(-1) ?? '', /flags interval, timeout; counter/);
  assert.match(said.at(-1) ?? '', /single networks are not counted/);
});

for (const [words, why] of [
  ['list ruleset\n', 'a word of nft'],
  ['add 2\n192.0.2.7/32 60\nreport\n', 'an order that breaks off'],
  ['add 1\n192.0.2.7/32 60; flush ruleset\n', 'something behind the time'],
  ['add 99999999\n', 'more than there may be'],
  ['count 192.0.2.7/24\n', 'a question about no network'],
  ['x'.repeat(maxLine + 1), 'a line without an end'],
] as const) {
  test(`who says ${JSON.stringify(words.slice(0, 40))} is told no and cut off, and nothing was changed: ${why}`, async (context) => {
    const { scripts, peer } = await start(context);
    const before = scripts.length;
    const one = peer();
    one.say(words);
    await until('to be cut off', () => one.heard.ended);
    assert.match(one.heard.text, /^no [^\n]+\n$/);
    assert.equal(scripts.length, before);
    assert.equal(await peer().answer('report\n'), 'counted 7 420\n', 'others are served');
  });
}

test('a fifth connection at once is not taken: a helper is no service for everybody', async (context) => {
  const { peer } = await start(context);
  const first = [peer(), peer(), peer(), peer()];
  for (const each of first) await each.answer('report\n');
  const fifth = peer();
  await until('the fifth to be closed', () => fifth.heard.ended);
});

test('a table that somebody has flushed away is made anew, in the transaction that fills it', async (context) => {
  const { trouble, scripts, peer } = await start(context);
  trouble.push('nft says: No such file or directory');
  assert.equal(await peer().answer('replace 1\n192.0.2.7/32 60\n'), 'done 1\n');
  assert.match(scripts.at(-1) ?? '', /^table inet floodgate_live\n.*chain arriving.*flush set .*192\.0\.2\.7\/32 timeout 60s/s);
});
