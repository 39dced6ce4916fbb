// Queues of real Postfix, Exim and Sendmail emptied of a spammer's messages and filled again: what is listed is true, a preview changes nothing, just
// those go, and what comes back is delivered byte for byte, once. The next hop is dead until the end.
import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { copyFileSync, chownSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eximHub } from '../harness/hubs/exim.ts';
import type { Hub } from '../harness/hubs/hub.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { sendmailHub } from '../harness/hubs/sendmail.ts';
import { letter, newToken } from '../harness/letter.ts';
import { peerPath, requirePeers, type PeerName } from '../harness/peer.ts';
import { atEnd, freePort, runProgram, scratchDirectory, type Finished, type Owner } from '../harness/scratch.ts';
import { deliverOnce } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

interface Bench {
  readonly hub: Hub;
  /** Runs `floodgate queue` where the server is. */
  queue(...args: readonly string[]): Promise<Finished>;
  /** What the server itself says is in its queue. */
  own(): Promise<string>;
  /** Tries everything now. */
  flush(): Promise<unknown>;
  /** Makes so many copies of a waiting message. */
  multiply(id: string, count: number): void;
}

const bin = fileURLToPath(new URL('../../bin/floodgate.mjs', import.meta.url));
/** Begins with a letter: what stands there in an id of Exim or Sendmail is the number of a process, and a copy must not be the original. */
const numbered = (at: number, digits: number): string =>
  `Z${at
    .toString(36)
    .toUpperCase()
    .padStart(digits - 1, '0')}`;

interface Program {
  readonly name: 'postfix' | 'exim' | 'sendmail';
  readonly needs: readonly PeerName[];
  start(owner: Owner, wayOut: number): Promise<Bench>;
}

function besideOf(owner: Owner, store: string, hub: Awaited<ReturnType<typeof eximHub>>, mail: readonly string[]) {
  const scratch = scratchDirectory(owner, 'kept');
  const run = (command: readonly string[]): Promise<Finished> => {
    const { program, args, env } = hub.beside(command);
    return runProgram(program, args, { env });
  };
  const queue = (...args: readonly string[]): Promise<Finished> =>
    run([
      process.execPath,
      bin,
      'queue',
      ...args,
      '--state',
      join(scratch, 'state'),
      ...(args[0] === 'undo' ? [] : ['--store', store, '--program', hub.program, ...mail]),
    ]);
  return { run, queue };
}

const programs: readonly Program[] = [
  {
    name: 'postfix',
    needs: ['postfix'],
    async start(owner, wayOut) {
      const hub = await postfixHub(owner, { settings: { relayhost: `[127.0.0.1]:${wayOut}`, minimal_backoff_time: '300s', maximal_backoff_time: '300s' } });
      const state = join(scratchDirectory(owner, 'kept'), 'state');
      const sbin = join(peerPath('postfix'), '..');
      return {
        hub,
        queue: (...args) =>
          runProgram(process.execPath, [
            bin,
            'queue',
            ...args,
            '--state',
            state,
            ...(args[0] === 'undo' ? [] : ['--store', 'postfix', '--program', sbin, '--mail-config', hub.config]),
          ]),
        own: async () => (await runProgram(join(sbin, 'postqueue'), ['-c', hub.config, '-p'])).stdout,
        flush: () => runProgram(join(sbin, 'postqueue'), ['-c', hub.config, '-f']),
        multiply(id, count) {
          const deferred = join(hub.config, '../queue/deferred');
          const from = join(deferred, id.charAt(0), id);
          const { uid, gid } = statSync(from);
          mkdirSync(join(deferred, 'A'), { recursive: true });
          chownSync(join(deferred, 'A'), uid, gid);
          const inAnHour = Date.now() / 1000 + 3600;
          for (let at = 0; at < count; at++) {
            const to = join(deferred, 'A', `ABCDE${(0x10000 + at).toString(16).toUpperCase()}`);
            // Ready before it is there: what has no later time is taken for delivery at once.
            const ready = join(hub.config, '../queue/a-copy');
            copyFileSync(from, ready);
            chownSync(ready, uid, gid);
            utimesSync(ready, inAnHour, inAnHour); // its next try: none moves while we look
            renameSync(ready, to);
          }
        },
      };
    },
  },
  {
    name: 'exim',
    needs: ['exim'],
    async start(owner, wayOut) {
      const hub = await eximHub(owner, { wayOut });
      const { run, queue } = besideOf(owner, 'exim', hub, []);
      return {
        hub,
        queue,
        own: async () => (await run([hub.program, '-bp'])).stdout,
        flush: () => run([hub.program, '-qf']),
        multiply(id, count) {
          const input = join(hub.directory, 'exim/input');
          const { uid, gid } = statSync(join(input, `${id}-H`));
          for (let at = 0; at < count; at++) {
            const copy = `${id.slice(0, 7)}${numbered(at, 6)}${id.slice(13)}`;
            for (const end of ['-D', '-H']) {
              const to = join(input, `${copy}${end}`);
              writeFileSync(to, readFileSync(join(input, `${id}${end}`), 'latin1').replaceAll(id, copy), { encoding: 'latin1', mode: 0o640 });
              chownSync(to, uid, gid); // Exim believes its own files only
            }
          }
        },
      };
    },
  },
  {
    name: 'sendmail',
    needs: ['sendmail', 'm4', 'perl'],
    async start(owner, wayOut) {
      const hub = await sendmailHub(owner, { wayOut });
      const { run, queue } = besideOf(owner, 'sendmail', hub, ['--mail-config', '/var/spool/sendmail.cf']);
      const folder = join(hub.directory, 'mqueue');
      return {
        hub,
        queue,
        own: () => Promise.resolve(readdirSync(folder).join('\n')),
        flush: () => run([hub.program, '-C', '/var/spool/sendmail.cf', '-q']),
        multiply(id, count) {
          for (let at = 0; at < count; at++)
            for (const kind of ['df', 'qf']) copyFileSync(join(folder, `${kind}${id}`), join(folder, `${kind}${id.slice(0, 8)}${numbered(at, 6)}`));
        },
      };
    },
  },
];

interface Item {
  readonly id: string;
  readonly store: string;
  readonly queuedAt: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly size: number;
  readonly reason: string;
  readonly incident: string | null;
}

const rows = ({ code, stdout, stderr }: Finished): readonly Item[] => {
  assert.equal(code, 0, stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Item);
};

const spamText = (name: string): string =>
  `Dear ${name},\r\nyou have won the great prize of our lottery this week and only need to send us your bank account\r\nand a small fee so that we can pay it out to you within three days of your answer.\r\n`;
const honestText =
  'Hello Joe,\r\nthe meeting on Thursday moves to the small room upstairs, please bring the plans of the garden\r\nand tell Mary that she is welcome to join us for lunch afterwards.\r\n';

interface Sent {
  readonly token: string;
  readonly from: string;
  readonly content: Buffer;
}

/** Six of a spammer, to many; two honest ones; a bounce-like one with a null sender. */
async function fill(owner: Owner, hub: Hub): Promise<{ readonly spam: readonly Sent[]; readonly honest: readonly Sent[] }> {
  const send = async (from: string, ip: string, to: readonly string[], parts: Parameters<typeof letter>[0]): Promise<Sent> => {
    const token = newToken();
    const content = letter({ token, ...parts });
    const { end } = await deliverOnce(owner, { port: hub.port, from: ip }, { from, to, content });
    assert.equal(end?.code, 250, end?.text);
    return { token, from, content };
  };
  const spam: Sent[] = [];
  for (let at = 0; at < 6; at++)
    spam.push(
      await send(at % 2 === 0 ? 'win@spam.example' : 'Prize@mail.spam.example', '127.0.0.2', ['joe@far.example', `x${at}'y+z@other.example`], {
        subject: `You \x1b[31mhave won ${at}`,
        body: Buffer.concat([Buffer.from(`${spamText(`winner ${at}`)}.\r\n..two\r\n`), Buffer.from('\xe9\xff\r\n', 'latin1')]),
      }),
    );
  const honest = [
    await send('mary@good.example', '127.0.0.3', ['joe@far.example'], { subject: 'Thursday', body: honestText }),
    await send('', '127.0.0.3', ['mary@good.example'], { subject: 'Undeliverable: Thursday', body: 'It did not arrive.\r\n' }),
  ];
  return { spam, honest };
}

/** From the first line of the letter on: what servers put in front is theirs. */
const behindTraces = (content: Buffer): string => content.toString('latin1').slice(content.indexOf('From: alice@outside.example'));

/** Opens the way out: what knocks at the port is led to the outside world. */
async function openWay(owner: Owner, port: number, to: number): Promise<void> {
  const server = createServer((socket) => {
    const onward = connect(to, '127.0.0.1');
    for (const each of [socket, onward]) each.on('error', () => undefined);
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  atEnd(owner, () => {
    server.close();
  });
}

for (const { name, needs, start } of programs) {
  test(`${name}: a spammer's messages are shown, taken out of the queue and brought back whole; others are not touched`, async (t) => {
    if (!requirePeers(t, ...needs)) return;
    const wayOut = await freePort();
    const began = Math.floor(Date.now() / 1000) * 1000;
    const { hub, queue, own, flush } = await start(t, wayOut);
    const { spam, honest } = await fill(t, hub);
    const list = async (...args: readonly string[]): Promise<readonly Item[]> => rows(await queue('list', '--json', ...args));
    const all = await until('all messages to have been tried', async () => {
      const found = await list();
      return found.length === 8 && found.every(({ reason }) => reason !== '') ? found : null;
    });

    // What is listed is true.
    for (const item of all) assert.deepEqual(Object.keys(item), ['id', 'store', 'queuedAt', 'from', 'to', 'size', 'reason', 'incident']);
    const one = all.find(({ to }) => to.includes("x0'y+z@other.example"));
    assert.ok(one !== undefined);
    assert.deepEqual(
      { store: one.store, from: one.from, to: one.to, incident: one.incident },
      { store: name, from: 'win@spam.example', to: ['joe@far.example', "x0'y+z@other.example"], incident: null },
    );
    assert.match(one.reason, /refused/i);
    assert.ok(Date.parse(one.queuedAt) >= began && Date.parse(one.queuedAt) <= Date.now(), one.queuedAt);
    const sent = spam[0]?.content.length ?? 0;
    assert.ok(Math.abs(one.size - sent) < 400, `${one.size} octets, ${sent} were sent`);
    assert.equal(all.filter(({ from }) => from === '').length, 1, 'the null sender is an empty text');

    // Each filter means just those.
    assert.equal((await list('--sender', 'win@spam.example')).length, 3);
    assert.equal((await list('--sender', '.spam.example')).length, 3, 'below the domain');
    assert.equal((await list('--sender', '<>')).length, 1);
    assert.equal((await list('--recipient', 'joe@far.example')).length, 7);
    assert.equal((await list('--origin', '127.0.0.2/32')).length, 6);
    assert.equal((await list('--subject', 'HAVE WON')).length, 6);
    assert.equal((await list('--like', one.id)).length, 6, 'near-duplicates of one by its queue id');
    assert.equal((await list('--like', `<${spam[3]?.token ?? ''}@test.example>`)).length, 6, 'near-duplicates of one by its Message-ID');
    assert.equal((await list('--older', '1h')).length, 0);
    const shown = await queue('show', one.id);
    assert.match(shown.stdout, /You \\u001b\[31mhave won 0/);
    assert.ok(!shown.stdout.includes('\x1b'), 'no terminal obeys a stranger');

    // A preview changes nothing.
    const before = await own();
    const preview = await queue('discard', '--like', one.id);
    assert.match(preview.stdout, /discard would concern 6 messages/);
    assert.match(preview.stdout, /3 {2}<win@spam\.example>/);
    assert.equal(await own(), before);

    // Just those go.
    const purge = await queue('discard', '--like', one.id, '--yes');
    assert.equal(purge.code, 0, purge.stderr);
    const action = /action (q-[0-9a-f]{10})/.exec(purge.stdout)?.[1] ?? '';
    const left = await list();
    assert.deepEqual(left.map(({ from }) => from).toSorted(), ['', 'mary@good.example']);
    const ownView = await own();
    for (const { id } of all.filter(({ from }) => from.includes('spam'))) assert.ok(!ownView.includes(id), `${id} is gone for the server too`);
    for (const { id } of left) assert.ok(ownView.includes(id));

    // Undo brings them back with envelope and time.
    const undone = await queue('undo', action);
    assert.equal(undone.code, 0, undone.stderr);
    const withoutIds = (items: readonly Item[]) => items.map(({ queuedAt, from, to, size }) => JSON.stringify({ queuedAt, from, to, size })).toSorted();
    assert.deepEqual(withoutIds(await list()), withoutIds(all));
    assert.equal((await queue('undo', action)).code, 1, 'done once');

    // What is held stays when all is tried, and undo of a hold lets it go.
    const held = await queue('hold', '--sender', '*spam.example', '--yes');
    assert.match(held.stdout, /6 messages held/);
    assert.equal(held.stderr.includes('timeout_frozen_after'), name === 'exim', 'Exim bounces what is frozen for long: the operator hears of it');
    await openWay(t, wayOut, hub.outside.port);
    await until('the honest mail to leave', async () => {
      await flush();
      return honest.every(({ token }) => hub.outside.messages.some((message) => message.token === token));
    });
    assert.equal(hub.outside.messages.length, honest.length, 'nothing of the spammer left');
    assert.equal((await queue('undo', /q-[0-9a-f]{10}/.exec(held.stdout)?.[0] ?? '')).code, 0);
    await until('the rest to leave', async () => {
      await flush();
      return spam.every(({ token }) => hub.outside.messages.some((message) => message.token === token)) && (await list()).length === 0;
    });

    // Byte for byte, to the same recipients, once.
    for (const { token, from, content } of spam) {
      const arrived = hub.outside.messages.filter((message) => message.token === token);
      assert.deepEqual([...new Set(arrived.map((message) => message.from))], [from]);
      assert.deepEqual(
        arrived.map((message) => behindTraces(message.content).replaceAll('\n..', '\n.')).filter((text) => text !== behindTraces(content)),
        [],
      );
      const to = arrived.flatMap((message) => message.to);
      assert.equal(to.length, 2, to.join(' '));
      assert.ok(to.includes('joe@far.example'));
    }
  });

  test(`${name}: five thousand messages are listed and looked into within seconds; hundreds are taken out and brought back`, async (t) => {
    if (!requirePeers(t, ...needs)) return;
    const { hub, queue, multiply } = await start(t, await freePort());
    await fill(t, hub);
    const first = await until('the messages to wait', async () => {
      const found = rows(await queue('list', '--json', '--sender', 'mary@good.example')).find(({ reason }) => reason !== '');
      return found ?? null;
    });
    multiply(first.id, 5000);
    const started = performance.now();
    const all = rows(await queue('list', '--json', '--sender', 'mary@good.example'));
    assert.equal(all.length, 5001);
    const listed = performance.now();
    assert.equal(rows(await queue('list', '--json', '--subject', 'thursday', '--origin', '127.0.0.3', '--sender', '*@*')).length, 5001);
    const looked = performance.now();
    t.diagnostic(`5,001 messages listed in ${Math.round(listed - started)} ms, looked into in ${Math.round(looked - listed)} ms`);
    // More than one batch.
    const purge = await queue('discard', ...all.slice(0, 600).map(({ id }) => id), '--yes');
    assert.match(purge.stdout, /600 messages discarded/, purge.stderr.slice(0, 500));
    const purged = performance.now();
    const undone = await queue('undo', /q-[0-9a-f]{10}/.exec(purge.stdout)?.[0] ?? '');
    assert.match(undone.stdout, /600 messages put back/, undone.stderr.slice(0, 500));
    t.diagnostic(`600 discarded in ${Math.round(purged - looked)} ms, brought back in ${Math.round(performance.now() - purged)} ms`);
    assert.equal(rows(await queue('list', '--json', '--sender', 'mary@good.example')).length, 5001);
    assert.ok(looked - started < 60_000); // some seconds here; a look at each message by a program of its own takes many minutes
  });
}
