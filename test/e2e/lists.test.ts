// The operator's lists change while mail flows (mission R6): a file or a command, no restart, in force within two seconds, also for a
// session that is under way.
import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { atEnd, scratchDirectory, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const whole: Owner = { after };
const inForceMs = 2000;
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const files = scratchDirectory(whole, 'lists');
const file = (name: string): string => join(files, `${name}.txt`);
const write = (name: string, text: string): void => writeFileSync(file(name), text);
for (const name of ['clients', 'hosts', 'senders', 'recipients', 'banned', 'accepted']) write(name, '');
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  config: {
    limits: { errors: 10_000, errorsBeforeDelay: 10_000, junkCommands: 10_000 },
    lists: [
      { name: 'clients', matches: 'client', file: file('clients') },
      { name: 'hosts', matches: 'hostname', file: file('hosts') },
      { name: 'senders', matches: 'sender', file: file('senders'), action: 'defer' },
      { name: 'recipients', matches: 'recipient', file: file('recipients') },
      { name: 'banned', matches: 'client', file: file('banned'), action: 'refuse-at-banner' },
      { name: 'accepted', matches: 'client', file: file('accepted'), action: 'accept' },
    ],
  },
  zone: { '3.0.0.127.in-addr.arpa PTR': ['dialup.bad.example'], 'dialup.bad.example A': ['127.0.0.3'] },
});
const stranger = (from = '127.0.0.2') => ({ port: gateway.port(), from });

/** The code of RCPT in a transaction of its own within the session. */
async function rcptCode(client: SmtpClient, from = 'x@sender.example', to = 'anna@hub.example'): Promise<number> {
  await client.ask('RSET');
  const mail = await client.ask(`MAIL FROM:<${from}>`);
  return mail.code === 250 ? (await client.ask(`RCPT TO:<${to}>`)).code : mail.code;
}
/** Waits until the session hears this code, within the promised time. */
async function hears(client: SmtpClient, code: number, from?: string, to?: string): Promise<void> {
  await until(`RCPT to be answered ${code}`, async () => (await rcptCode(client, from, to)) === code, inForceMs);
}

const changes: readonly (readonly [list: string, entry: string, code: number, from?: string | undefined, to?: string | undefined, address?: string])[] = [
  ['clients', '127.0.0.2', 550],
  ['clients', '127.0.0.0/28  # a network', 550],
  ['senders', 'x@sender.example', 450],
  ['senders', '.example', 450],
  ['recipients', 'anna@hub.example', 550],
  ['hosts', '.bad.example', 550, undefined, undefined, '127.0.0.3'],
];
for (const [list, entry, code, from, to, address] of changes) {
  test(`an entry "${entry}" in ${list}: ${code} within two seconds, and taken back as fast, in one session`, async (t) => {
    const client = await SmtpClient.greet(t, stranger(address));
    assert.equal(await rcptCode(client, from, to), 250);
    write(list, `# a comment\n${entry}\n`);
    await hears(client, code, from, to);
    write(list, '');
    await hears(client, 250, from, to);
  });
}

test('a file that is replaced by another is seen too', async (t) => {
  const client = await SmtpClient.greet(t, stranger());
  writeFileSync(join(files, 'new'), '127.0.0.2\n');
  renameSync(join(files, 'new'), file('clients'));
  await hears(client, 550);
  write('clients', '');
  await hears(client, 250);
});

test('a broken line is named in the journal and the rest holds', async (t) => {
  const client = await SmtpClient.greet(t, stranger());
  write('clients', '127.0.0.2\nthis is no address\n');
  await gateway.event('list-broken', ({ list }) => list.includes('clients'));
  await hears(client, 550);
  write('clients', '');
  await hears(client, 250);
});

test('who is banned at the banner hears it there, with a reference', async (t) => {
  write('banned', '127.0.0.8\n');
  const answer = await until('the ban to hold', async () => {
    const client = await SmtpClient.connect(t, stranger('127.0.0.8'));
    const greeting = await client.reply();
    client.reset();
    return greeting.code !== 220 && greeting;
  });
  assert.equal(answer.code, 554);
  assert.match(answer.text, /\(ref /);
  write('banned', '');
});

test('accept spares a client the other lists, and never gives permission to relay', async (t) => {
  const client = await SmtpClient.greet(t, stranger());
  write('senders', 'x@sender.example\n');
  await hears(client, 450);
  write('accepted', '127.0.0.2\n');
  await hears(client, 250);
  assert.equal(await rcptCode(client, 'x@sender.example', 'someone@far.example'), 554);
  write('accepted', '');
  write('senders', '');
});

test('postmaster is reached by whoever is refused (RFC 5321 4.5.1)', async (t) => {
  const client = await SmtpClient.greet(t, stranger());
  write('clients', '127.0.0.2\n');
  await hears(client, 550);
  assert.equal(await rcptCode(client, 'x@sender.example', 'postmaster@hub.example'), 250);
  write('clients', '');
});

test('floodgate list add and remove are in force at once, and survive a restart', async (t) => {
  const added = await gateway.command('list', 'add', '127.0.0.2', '--matches', 'client', '--reason', 'a test');
  assert.equal(added.code, 0, added.stderr);
  await hears(await SmtpClient.greet(t, stranger()), 550);
  await gateway.restart();
  await hears(await SmtpClient.greet(t, stranger()), 550);
  const removed = await gateway.command('list', 'remove', '127.0.0.2');
  assert.equal(removed.code, 0, removed.stderr);
  await hears(await SmtpClient.greet(t, stranger()), 250);
});
