import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { Channel, type ChannelOwner } from './channel.ts';

interface Line {
  readonly channel: Channel;
  readonly socket: Socket;
  readonly client: Socket;
  /** What the owner was told, in order. */
  readonly told: string[];
  /** All that the client heard. */
  heard(): string;
  /** Resolves when the owner was told this. */
  until(what: string): Promise<void>;
}

/** A channel at one end of a loopback connection. `react` is what its owner does with a line. */
async function line(t: TestContext, react: (text: string, channel: Channel) => void = () => {}): Promise<Line> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const [socket] = (await once(server, 'connection')) as [Socket];
  let heard = '';
  client.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  client.on('error', () => {});
  t.after(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  const told: string[] = [];
  const waiting: { readonly what: string; readonly done: () => void }[] = [];
  const tell = (what: string): void => {
    told.push(what);
    for (const { done } of waiting.filter((each) => each.what === what)) done();
  };
  const owner: ChannelOwner = {
    onLine: (result) => {
      const text = result.kind === 'line' ? result.line : result.kind;
      tell(text);
      react(text, channel);
    },
    onContent: (chunk) => tell(`content ${chunk.length}`),
    onEarlyBytes: () => tell('early'),
    onHalfClosed: () => undefined,
    onInputEnd: () => tell('input end'),
    onClosed: () => tell('closed'),
    nextDeadline: (now) => now + 1000,
    onFault: (error) => tell(`fault ${String(error)}`),
  };
  const channel: Channel = new Channel(socket, owner, { maxLineBytes: 100, now: () => 50 });
  return {
    channel,
    socket,
    client,
    told,
    heard: () => heard,
    until: (what) => new Promise((done) => (told.includes(what) ? done() : waiting.push({ what, done }))),
  };
}

test('bytes before the banner are told and kept: they are lines once lines are wanted', async (t) => {
  const { channel, client, told, until } = await line(t);
  client.write('EHLO a\r\n');
  await until('early');
  assert.ok(!told.includes('EHLO a'));
  channel.mode = 'lines';
  channel.pump();
  assert.deepEqual(told, ['early', 'EHLO a']);
});

test('while something is awaited no line is read; what is said then leaves at once, and it is our turn: no deadline runs', async (t) => {
  const judged = Promise.withResolvers<number>();
  const { channel, client, told, until } = await line(t, (text, own) => {
    if (text === 'A') own.whenKnown(judged.promise, (value) => own.say(`${value}\r\n`));
    else own.say('second\r\n');
  });
  channel.mode = 'lines';
  client.write('A\r\nB\r\n');
  await until('A');
  assert.deepEqual([told, channel.busy, channel.deadline], [['A'], true, Infinity]);
  judged.resolve(1);
  await until('B');
  const [chunk] = (await once(client, 'data')) as [Buffer];
  assert.equal(chunk.toString(), '1\r\nsecond\r\n', 'answered in one packet');
  assert.equal(channel.deadline, 1050);
});

test('what is awaited and rejects is a fault of ours, told once; the channel lives', async (t) => {
  const { channel, client, until, told } = await line(t, (text, own) => {
    if (text === 'A') own.whenKnown(Promise.reject(new Error('broken')), () => {});
  });
  channel.mode = 'lines';
  client.write('A\r\nB\r\n');
  await until('B');
  assert.deepEqual(told, ['A', 'fault Error: broken', 'B']);
});

test('a client that talks on behind QUIT hears goodbye all the same: its words are taken and thrown away, not reset', async (t) => {
  const { channel, client, told, heard } = await line(t, (_text, own) => {
    own.say('221\r\n');
    own.close('quit');
  });
  channel.mode = 'lines';
  const ended = once(client, 'end');
  client.write('QUIT\r\nNOOP\r\n');
  await ended;
  await new Promise(setImmediate);
  assert.deepEqual([heard(), told], ['221\r\n', ['QUIT']], 'still open for what the client may be sending');
});

test('half closed while something is awaited: the end comes after the answer', async (t) => {
  const judged = Promise.withResolvers<void>();
  const { channel, client, told, until } = await line(t, (_text, own) => own.whenKnown(judged.promise, () => own.say('250\r\n')));
  channel.mode = 'lines';
  client.end('QUIT\r\n');
  await until('QUIT');
  await new Promise(setImmediate);
  assert.deepEqual(told, ['QUIT']);
  judged.resolve();
  await until('input end');
});

test('a full backlog stops reading, and content that comes next starts it again: pipelined recipients must not hang', async (t) => {
  const judged = Promise.withResolvers<void>();
  const { channel, socket, client, until } = await line(t, (text, own) => {
    if (text === 'A') own.whenKnown(judged.promise, () => {});
    if (text === 'DATA') own.mode = 'content';
  });
  channel.mode = 'lines';
  client.write(`A\r\n${'N\r\n'.repeat(30_000)}DATA\r\n`);
  while (!socket.isPaused()) await new Promise(setImmediate);
  judged.resolve();
  await until('DATA');
  await new Promise(setImmediate);
  assert.ok(!socket.isPaused());
  client.write('text');
  await until('content 4');
});

test('the disk’s wish to wait is kept until the disk is done, whatever else happens', async (t) => {
  const { channel, socket } = await line(t);
  const disk = Promise.withResolvers<void>();
  channel.mode = 'content';
  channel.pauseUntil(disk.promise);
  channel.pump();
  assert.ok(socket.isPaused());
  disk.resolve();
  await disk.promise;
  await new Promise(setImmediate);
  assert.ok(!socket.isPaused());
});

test('a client that reads no answers stops being read, and is read again when it has caught up', async (t) => {
  const { channel, client, told, until } = await line(t, (_text, own) => own.say(`250 ${'x'.repeat(90)}\r\n`));
  client.pause();
  channel.mode = 'lines';
  const lines = 200_000;
  client.write('N\r\n'.repeat(lines));
  let before = -1;
  while (before !== told.length) {
    before = told.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(told.length < lines, `all ${lines} answers stand in memory`);
  client.write('LAST\r\n');
  client.resume();
  await until('LAST');
  assert.equal(told.length, lines + 1, 'none is lost');
});

test('behind goodbye nothing is said, nothing is read, and a client that stays is given five seconds', async (t) => {
  const judged = Promise.withResolvers<void>();
  const { channel, client, told, until, heard } = await line(t, (text, own) => {
    if (text === 'A') own.whenKnown(judged.promise, () => own.say('250 too late\r\n'));
  });
  channel.mode = 'lines';
  client.write('A\r\n');
  await until('A');
  channel.say('421 bye\r\n');
  channel.close('draining');
  assert.equal(channel.deadline, 5050);
  assert.ok(channel.over);
  client.write('B\r\n');
  judged.resolve();
  await once(client, 'end');
  client.end();
  await until('closed');
  assert.equal(heard(), '421 bye\r\n');
  assert.deepEqual([told, channel.closeReason], [['A', 'closed'], 'draining']);
});

test('the end is told once, with its reason, also when the client resets', async (t) => {
  const { channel, client, told, until } = await line(t);
  channel.mode = 'lines';
  client.resetAndDestroy();
  await until('closed');
  assert.deepEqual(told, ['closed']);
  assert.match(channel.closeReason, /ECONNRESET/);
  assert.ok(channel.ended && channel.over);
});
