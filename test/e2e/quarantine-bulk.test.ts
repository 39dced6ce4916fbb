// Held mail by the hundred (mission Q3): found by what it has in common, the number before anything is done, and when some cannot be released, which
// were left; by incident, sender, subject, time and size.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownHeld } from '../../src/delivery/quarantine/desk.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { bodyOf, letter } from '../harness/letter.ts';
import { atEnd } from '../harness/scratch.ts';
import { deliverOnce } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

test('search, dry run, release with a partial failure, and the same command again for what was left', async (t) => {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    config: {
      quarantine: { freeDisk: '0' },
      traps: { recipients: ['trap@hub.example'] },
      rules: [{ id: 'news', when: { from: '^news@' }, action: 'quarantine' }],
    },
  });
  await deliverOnce(t, { port: gateway.port(), from: '127.0.0.9' }, { from: 'x@wave.example', to: ['trap@hub.example'], content: letter({}) });
  const { incident } = await gateway.event('alarm-raised');
  const reference = incident.replace('i-', 'FG-').toUpperCase();
  const added = await gateway.command(
    'measure',
    'add',
    '--sender',
    'wave.example',
    '--action',
    'hold',
    '--for',
    '1h',
    '--reason',
    'a wave',
    '--incident',
    reference, // as it stands in the alert's letter
  );
  assert.equal(added.code, 0, added.stderr);
  const send = (from: string, subject: string, bytes = 100) =>
    deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from, to: ['anna@hub.example'], content: letter({ subject, body: bodyOf(bytes) }) });
  const listed = async (...args: readonly string[]): Promise<readonly ShownHeld[]> =>
    (await gateway.command('quarantine', 'list', '--json', ...args)).stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ShownHeld);

  await until('the measure to be felt', async () => {
    await send('first@wave.example', 'Offer');
    return (await listed('--incident', reference)).length > 0;
  });
  const before = (await listed('--incident', incident)).length;
  const delivered = hub.messages.length;
  const wave = 25;
  for (let number = 0; number < wave; number += 1) await send(`s${number}@wave.example`, 'Offer');
  await send('news@honest.example', '=?UTF-8?B?0J3QvtCy0L7RgdGC0Lg=?=', 50_000);
  await until('all to be listed', async () => (await listed()).length === before + wave + 1);

  assert.deepEqual(
    [
      (await listed('--subject', 'новости')).length,
      (await listed('--larger', '40KiB')).length,
      (await listed('--sender', 'wave.example', '--since', '1h')).length,
    ],
    [1, 1, before + wave],
    'the subject as people read it, the size, the time',
  );
  assert.equal((await listed('--before', '1h')).length, 0);

  const dry = await gateway.command('quarantine', 'release', '--incident', incident, '--dry-run');
  assert.match(dry.stdout, new RegExp(`^${before + wave} messages \\(\\d+ KiB\\) would be released; nothing was done\\n`));
  assert.equal(hub.messages.length, delivered);

  hub.script = { MAIL: ({ line }) => (/<s(?:3|17)@/.test(line) ? '554 5.7.1 Not that one' : undefined) };
  const released = await gateway.command('quarantine', 'release', '--incident', incident);
  assert.deepEqual([released.code, released.stdout], [1, `${before + wave - 2} released\n`], released.stderr);
  const left = await listed('--incident', incident);
  assert.deepEqual(left.map(({ from }) => from).toSorted(), ['s17@wave.example', 's3@wave.example']);
  assert.match(released.stderr, /is still held: 554 5\.7\.1 Not that one/);
  const named = /2 could not be released: (.*)/.exec(released.stderr)?.[1]?.split(' ').toSorted();
  assert.deepEqual(named, left.map(({ id }) => id).toSorted(), 'the last line names what remained');
  assert.equal(hub.messages.length, delivered + before + wave - 2);

  hub.script = {};
  assert.equal((await gateway.command('quarantine', 'discard', '--incident', incident)).stdout, '2 discarded\n');
  assert.match(
    (await gateway.command('quarantine', 'undo', '--incident', incident, '--dry-run')).stdout,
    /^2 messages \(.*\) would be brought back; nothing was done\n/,
  );
  assert.equal((await gateway.command('quarantine', 'undo', '--incident', incident)).stdout, '2 brought back\n');
  assert.equal((await gateway.command('quarantine', 'release', '--incident', incident)).stdout, '2 released\n');
  assert.equal((await listed()).length, 1, 'the news is somebody else’s');
});
