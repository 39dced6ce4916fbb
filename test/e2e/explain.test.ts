// Every refusal can be explained by the reference in it (mission I5): the stranger's word is all the postmaster has.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter, newToken } from '../harness/letter.ts';
import { missing, peerPath } from '../harness/peer.ts';
import { atEnd, runProgram, type Owner } from '../harness/scratch.ts';
import { referenceIn, SmtpClient, type SmtpReply } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const whole: Owner = { after };
const hub = await startFakeHub({
  script: {
    RCPT: ({ line }) => (line.includes('nobody@') ? '550 5.1.1 No such user' : line.includes('later@') ? '450 4.2.1 Busy' : undefined),
    dot: ({ bytes }) => (bytes > 5000 ? '554 5.7.1 Content refused' : undefined),
  },
});
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  listeners: { mx: {}, out: { role: 'submission' } },
  tls: true,
  users: { ulla: 'secret' },
  config: { limits: { message: '20 KiB', outsideRecipientsPerMessage: 2, sessionsPerAddress: 5, errors: 100, errorsBeforeDelay: 100, junkCommands: 3 } },
});
const stranger = { port: gateway.port('mx'), from: '127.0.0.2' };

/** What `floodgate explain` says of a reference, as soon as the journal knows it. */
async function explained(id: string): Promise<string> {
  const lines = await until(`${id} to be explained`, async () => {
    const found = await gateway.explain(id);
    return found.length > 0 && found;
  });
  return JSON.stringify(lines);
}

const body = (bytes: number): string => `${'x'.repeat(70)}\r\n`.repeat(bytes / 72);
const refusals: readonly (readonly [title: string, provoke: (client: SmtpClient) => Promise<SmtpReply | null | undefined>, says: RegExp])[] = [
  [
    'relaying',
    async (client) => (await client.transact({ from: 'x@sender.example', to: ['a@far.example'], content: letter() })).rcpt[0],
    /relay-not-allowed.*far\.example|far\.example.*relay-not-allowed/,
  ],
  [
    'a relay trick',
    async (client) => (await client.transact({ from: 'x@sender.example', to: ['a%far.example@hub.example'], content: letter() })).rcpt[0],
    /relay-trick/,
  ],
  [
    'an unknown recipient',
    async (client) => (await client.transact({ from: 'x@sender.example', to: ['nobody@hub.example'], content: letter() })).rcpt[0],
    /unknown-recipient.*No such user|No such user.*unknown-recipient/,
  ],
  [
    'a recipient the hub puts off',
    async (client) => (await client.transact({ from: 'x@sender.example', to: ['later@hub.example'], content: letter() })).rcpt[0],
    /unknown-recipient/,
  ],
  [
    'too many recipients',
    async (client) => (await client.transact({ from: 'x@sender.example', to: ['a@hub.example', 'b@hub.example', 'c@hub.example'], content: letter() })).rcpt[2],
    /too-many-recipients/,
  ],
  ['a size that is too big', (client) => client.ask('MAIL FROM:<x@sender.example> SIZE=99999999'), /message-too-big/],
  [
    'content that is too big',
    async (client) => (await client.transact({ from: 'x@sender.example', to: ['anna@hub.example'], content: letter({ body: body(30_000) }) })).end,
    /message-too-big/,
  ],
  [
    'content the hub refuses',
    async (client) => (await client.transact({ from: 'x@sender.example', to: ['anna@hub.example'], content: letter({ body: body(9000) }) })).end,
    /Content refused/,
  ],
  ['a command that does not exist', (client) => client.ask('NONSENSE'), /NONSENSE/],
  ['commands out of order', (client) => client.ask('DATA'), /DATA/],
  ['a bad address', (client) => client.ask('MAIL FROM:<x@@y>'), /MAIL/],
  ['XCLIENT', (client) => client.ask('XCLIENT ADDR=127.0.0.1'), /XCLIENT/],
  [
    'too much junk',
    async (client) => {
      for (let count = 0; count < 3; count += 1) await client.ask('NOOP');
      return client.ask('NOOP');
    },
    /too-many-junk-commands/,
  ],
];
for (const [title, provoke, says] of refusals) {
  test(`explained by its reference: ${title}`, async (t) => {
    const client = await SmtpClient.greet(t, stranger);
    const answer = await provoke(client);
    assert.ok(answer && answer.code >= 400, answer?.text);
    const reference = referenceIn(answer);
    assert.ok(reference, `a reference in ${answer.text}`);
    assert.match(await explained(reference), says);
    client.reset();
  });
}

test('explained by its reference: refused before the banner', async (t) => {
  const clients: SmtpClient[] = [];
  for (;;) {
    const client = await SmtpClient.connect(t, { ...stranger, from: '127.0.7.7' });
    clients.push(client);
    const greeting = await client.reply();
    if (greeting.code === 220) continue;
    const reference = referenceIn(greeting);
    assert.ok(reference);
    assert.match(await explained(reference), /sessionsPerAddress/);
    break;
  }
  for (const client of clients) client.reset();
});

test('explained by its reference: a wrong password, and no word of it in the journal', async (t) => {
  const client = await SmtpClient.greet(t, { port: gateway.port('out'), from: '127.0.0.2' });
  await client.startTls();
  await client.ask('EHLO client.example');
  const answer = await client.ask(`AUTH PLAIN ${Buffer.from('\0ulla\0mistyped-secret').toString('base64')}`);
  const reference = referenceIn(answer);
  assert.ok(reference);
  const text = await explained(reference);
  assert.match(text, /auth-wrong/);
  const journal = JSON.stringify(await gateway.events()) + gateway.stderr();
  assert.ok(!journal.includes('mistyped-secret') && !journal.includes(Buffer.from('\0ulla\0mistyped-secret').toString('base64')));
});

test('an acceptance is explained by reference, Message-ID, address and the hub’s queue id', async (t) => {
  const token = newToken();
  const client = await SmtpClient.greet(t, stranger);
  const { end } = await client.transact({ from: `${token}@sender.example`, to: ['anna@hub.example'], content: letter({ token }) });
  assert.equal(end?.code, 250);
  const reference = referenceIn(end) ?? '';
  const queueId = /queued as (\S+)/.exec(end.text)?.[1] ?? '';
  for (const id of [reference, `<${token}@test.example>`, `${token}@sender.example`, queueId]) {
    assert.ok((await explained(id)).includes(reference), `${id} leads to ${reference}`);
  }
});

test('what nobody knows is not explained: exit 1 and one clear line', async () => {
  const { code, stderr } = await gateway.command('explain', '--json', '0000000000000-1');
  assert.equal(code, 1);
  assert.equal(stderr.trim().split('\n').length, 1);
});

test('every refusal of a swaks run is explained', { skip: missing('swaks') }, async () => {
  const server = ['--server', '127.0.0.1', '--port', String(gateway.port('mx')), '--local-interface', '127.0.0.9', '--from', 'x@sender.example'];
  const runs = [
    ['--to', 'a@far.example'],
    ['--to', 'nobody@hub.example'],
    ['--to', 'anna@hub.example,nobody@hub.example,b@far.example'],
    ['--to', '"a@far.example"@hub.example'],
    ['--to', 'anna@hub.example', '--body', 'y'.repeat(9000)],
  ];
  const references: string[] = [];
  for (const args of runs) {
    const { stdout } = await runProgram(peerPath('swaks'), [...server, ...args]);
    for (const line of stdout.split('\n').filter((one) => /^<(\*\*|-) +[45]\d\d/.test(one))) {
      const reference = /\(ref ([^)]+)\)/.exec(line)?.[1];
      assert.ok(reference, `a reference in ${line}`);
      references.push(reference);
    }
  }
  assert.ok(references.length >= 6, `${references.length} refusals`);
  for (const reference of references) assert.ok((await explained(reference)).includes(reference));
});
