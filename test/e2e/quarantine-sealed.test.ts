// Held mail encrypted at rest (mission Q1): nothing of it can be read in the state directory, it is released byte for byte, also after kill -9, a new
// key and a lost one; and copies of what is refused.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ShownHeld } from '../../src/delivery/quarantine/desk.ts';
import { startFakeHub, type FakeHub } from '../harness/fake-hub.ts';
import { layOutGateway, type Gateway, type RawConfig } from '../harness/gateway.ts';
import { letter, newToken, onTheWire, tokenOf } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { deliverOnce, referenceIn, type SmtpReply } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

interface Site {
  readonly hub: FakeHub;
  readonly gateway: Gateway;
  readonly keyFile: string;
  newKey(): Promise<void>;
  send(content: Buffer, from?: string): Promise<SmtpReply>;
  /** Sends, and waits until it is listed; gives its id. */
  hold(content: Buffer, from?: string): Promise<string>;
  listed(...args: readonly string[]): Promise<readonly ShownHeld[]>;
  /** What the hub has of this token, content only. */
  arrived(token: string): readonly Buffer[];
}

/** A gateway that holds what x@ sends, with a key, not started. */
async function layOut(t: Owner, quarantine: RawConfig = {}): Promise<Site> {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const gateway = await layOutGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    config: {
      limits: { messageInMemory: '16 KiB' },
      quarantine: { freeDisk: '0', keyFile: 'held.keys', ...quarantine },
      rules: [
        { id: 'held-sender', when: { from: '^x@' }, action: 'quarantine', because: 'ein Verdacht' },
        { id: 'no-invoices', when: { subject: 'invoice' }, action: 'reject' },
      ],
    },
  });
  const keyFile = join(gateway.directory, 'held.keys');
  const command = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await gateway.command('quarantine', ...args);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const listed = async (...args: readonly string[]): Promise<readonly ShownHeld[]> =>
    (await command('list', '--json', ...args))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ShownHeld);
  const send = async (content: Buffer, from = 'x@sender.example'): Promise<SmtpReply> => {
    const { end } = await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from, to: ['anna@hub.example'], content });
    return end ?? assert.fail('no answer to the dot');
  };
  return {
    hub,
    gateway,
    keyFile,
    newKey: async () => void (await command('key', 'new', keyFile)),
    send,
    hold: async (content, from) => {
      const end = await send(content, from);
      assert.equal(end.code, 250, end.text);
      const id = referenceIn(end) ?? '';
      await until(`${id} to be listed`, async () => (await listed()).some((item) => item.id === id));
      return id;
    },
    listed,
    arrived: (token) => hub.messages.filter(({ data }) => tokenOf(data) === token).map(({ data }) => data),
  };
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const wireOf = (content: Buffer): Buffer => onTheWire(content).subarray(0, -3);

/** Every file below a directory. */
const filesBelow = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));

test('nothing of a held message can be read in the state directory, and it goes out byte for byte, after kill -9 as well', async (t) => {
  const { gateway, newKey, hold, listed, arrived } = await layOut(t);
  await newKey();
  assert.equal(statSync(join(gateway.directory, 'held.keys')).mode & 0o777, 0o600);
  await gateway.start();
  const [token, bigToken] = [newToken(), newToken()];
  const secret = 'ein Wort das nirgends stehen darf';
  const small = letter({ token, subject: 'Geheimer Betreff', body: Buffer.from(`.\r\n${secret}\r\n\0\xff\r\n`, 'latin1') });
  const big = letter({
    token: bigToken,
    subject: 'Geheimer Betreff 2',
    body: Buffer.concat([Buffer.from(`${secret}\r\n`), Buffer.alloc(300_000, 'y'), Buffer.from('\r\n')]),
  });
  const ids = [await hold(small), await hold(big)];

  const words = [secret, 'Geheimer Betreff', 'x@sender.example', 'sender.example', 'anna@hub.example', 'ein Verdacht', token, 'yyyyyyyyyyyyyyyy'];
  const assertHidden = (when: string): void => {
    // The journal is the record of what happened, and `recipients` says which of our own mailboxes there are: neither is of what is held.
    const others = ['journal', 'recipients'].map((name) => join(gateway.state, name));
    const files = filesBelow(gateway.state).filter((path) => !others.some((folder) => path.startsWith(folder)));
    assert.ok(files.some((path) => path.endsWith('floodgate.sqlite')) && files.some((path) => path.endsWith('message')), files.join('\n'));
    for (const path of files) {
      const bytes = readFileSync(path);
      for (const word of words) assert.ok(!bytes.includes(word), `${when}: "${word}" stands in ${path}`);
    }
  };
  assertHidden('held');
  assert.deepEqual(
    (await listed('--subject', 'geheimer', '--recipient', 'anna@hub.example', '--sender', 'sender.example')).length,
    2,
    'and all of it can be searched',
  );
  assert.match((await gateway.command('quarantine', 'show', ids[0] ?? '')).stdout, new RegExp(secret));
  await gateway.command('quarantine', 'discard', ids[0] ?? '');
  assertHidden('discarded');
  await gateway.command('quarantine', 'undo', ids[0] ?? '');

  await gateway.kill9();
  // The index is made anew from what is sealed.
  for (const file of readdirSync(gateway.state).filter((name) => name.startsWith('floodgate.sqlite'))) rmSync(join(gateway.state, file));
  await gateway.start();
  assertHidden('after kill -9');
  assert.equal((await gateway.command('quarantine', 'release', '--all')).code, 0);
  for (const [content, its] of [
    [small, token],
    [big, bigToken],
  ] as const) {
    const wire = wireOf(content);
    assert.equal(arrived(its).length, 1);
    assert.equal(sha256(arrived(its)[0]?.subarray(-wire.length) ?? Buffer.alloc(0)), sha256(wire));
  }
});

test('kill -9 in the release of a sealed message: it is held, its release interrupted, and one copy more at most', async (t) => {
  const { gateway, hub, newKey, hold, listed, arrived } = await layOut(t);
  await newKey();
  await gateway.start();
  const token = newToken();
  const id = await hold(letter({ token }));
  hub.script = { dot: () => ({ silent: true }) };
  const releasing = gateway.command('quarantine', 'release', id);
  await hub.until(() => arrived(token).length === 1);
  await gateway.kill9();
  hub.script = {};
  assert.notEqual((await releasing).code, 0);
  await gateway.start();
  assert.equal((await listed())[0]?.release?.outcome, 'interrupted');
  assert.equal((await gateway.command('quarantine', 'release', id)).code, 0);
  assert.equal(arrived(token).length, 2);
});

test('a new key writes, the old one reads; without it the mail is told of and stays, and with it comes back', async (t) => {
  const { gateway, keyFile, newKey, hold, listed, arrived } = await layOut(t);
  await newKey();
  await gateway.start();
  const [old, fresh] = [newToken(), newToken()];
  const oldId = await hold(letter({ token: old }));
  const oldKeys = readFileSync(keyFile, 'utf8');
  await newKey();
  assert.equal(await gateway.reload(), 'config-loaded');
  const freshId = await hold(letter({ token: fresh }));

  const both = readFileSync(keyFile, 'utf8');
  const oldLine = oldKeys.split('\n').find((line) => line.startsWith('k-')) ?? '';
  writeFileSync(keyFile, both.replace(oldLine, ''));
  await gateway.restart();
  assert.match(
    (await gateway.command('status')).stdout,
    /TROUBLE 1 kept messages cannot be opened, and stay: it is sealed with the key k-\S+, which is not at hand/,
  );
  const shown = new Map((await listed()).map((item) => [item.id, item]));
  assert.deepEqual([shown.get(freshId)?.unreadable, shown.get(oldId)?.from], [null, '']);
  assert.match(shown.get(oldId)?.reason ?? '', /^cannot be opened: it is sealed with the key/);
  const failed = await gateway.command('quarantine', 'release', oldId, freshId);
  assert.deepEqual([failed.code, failed.stdout], [1, '1 released\n'], failed.stderr);
  assert.match(failed.stderr, new RegExp(`1 could not be released: ${oldId}`));

  writeFileSync(keyFile, both);
  assert.equal(await gateway.reload(), 'config-loaded');
  await until('the old message to be readable', async () => (await listed()).every(({ unreadable }) => unreadable === null));
  assert.equal((await gateway.command('quarantine', 'release', oldId)).code, 0);
  assert.deepEqual([arrived(old).length, arrived(fresh).length], [1, 1]);
});

test('a key file that all may read, is none or is gone: no start, a clear sentence, and no reload', async (t) => {
  const { gateway, keyFile, newKey, send } = await layOut(t);
  const refusal = async (): Promise<string> => {
    await assert.rejects(gateway.start());
    return gateway.stderr();
  };
  assert.match(await refusal(), /quarantine\.keyFile: the file of keys cannot be read: no such file/);
  await newKey();
  chmodSync(keyFile, 0o644);
  assert.match(await refusal(), /quarantine\.keyFile: can be read by every user of this host/);
  chmodSync(keyFile, 0o600);
  await gateway.start();
  writeFileSync(keyFile, 'k-1: geheim\n');
  assert.equal(await gateway.reload(), 'config-refused');
  assert.match(gateway.stderr(), /quarantine\.keyFile: line 1 is no key/);
  assert.doesNotMatch(gateway.stderr(), /geheim/);
  assert.equal((await send(letter())).code, 250, 'the keys of before are in force');
});

test('a copy of what a named rule refuses: 550 all the same, for the operator alone, within its share, and sealed too', async (t) => {
  const { gateway, newKey, send, hold, listed, arrived } = await layOut(t, { keepRefused: ['no-invoices'], maxMessages: 10, refusedShare: 10 });
  await newKey();
  await gateway.start();
  const [token, held] = [newToken(), newToken()];
  const refused = await send(letter({ token, subject: 'invoice 1' }), 'bill@shop.example');
  assert.match(`${refused.code} ${refused.text}`, /^550 5\.7\.1 /);
  const id = referenceIn(refused) ?? '';
  assert.equal((await gateway.event('refused-copy', ({ ref }) => ref === id)).outcome, 'kept');
  const second = await send(letter({ subject: 'invoice 2' }), 'bill@shop.example');
  assert.equal(second.code, 550, 'its share is full: that changes nothing');
  assert.equal((await gateway.event('refused-copy', ({ ref }) => ref === referenceIn(second))).why, 'quarantine.refusedShare is reached');
  await hold(letter({ token: held }));

  assert.equal((await listed()).length, 1, 'a list shows no copies');
  const [copy, ...more] = await listed('--refused');
  assert.deepEqual([copy?.id, copy?.refused, copy?.check, more.length], [id, true, 'no-invoices', 0]);
  assert.ok(!readFileSync(join(gateway.state, 'quarantine', 'held', id, 'message')).includes(token));
  assert.equal((await gateway.command('quarantine', 'release', '--all')).stdout, '1 released\n');
  assert.deepEqual([arrived(held).length, arrived(token).length], [1, 0], 'all does not mean copies');
  const [told] = await gateway.explain(id);
  assert.equal(told?.['outcome'], 'refused');
  assert.equal((await gateway.command('quarantine', 'release', id)).code, 0, 'a person who names it may have it');
  assert.equal(arrived(token).length, 1);
});
