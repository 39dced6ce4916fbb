// The final-dot window (engineering 4.2): what the hub does at each step, what the client hears, what the hub has in the end.
// 250 is said only for what the hub has; a message is there twice only where nobody could know.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startFakeHub, type FakeHubScript } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter, newToken, onTheWire, tokenOf } from '../harness/letter.ts';
import { atEnd, freePort, type Owner } from '../harness/scratch.ts';
import { deliverOnce, referenceIn, SmtpClient } from '../harness/smtp-client.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  config: { hub: { verifyRecipients: false }, timeouts: { hubCommand: '1s', hubFinalDot: '1s', hubIdle: '5s' }, limits: { messagesPerSession: 1000 } },
});
const stranger = { port: gateway.port(), from: '127.0.0.2' };
const copies = (token: string): number => hub.messages.filter(({ data }) => tokenOf(data) === token).length;

async function attempt(t: Owner, script: FakeHubScript, to: readonly string[] = ['anna@hub.example']) {
  if (script.connect !== undefined) hub.resetAll(); // or the greeting of long ago would do
  hub.script = script;
  const token = newToken();
  const { end } = await deliverOnce(t, stranger, { from: 'x@sender.example', to, content: letter({ token }) });
  hub.script = {};
  assert.ok(end);
  return { token, end, copies: copies(token) };
}

/** Row of the table: the hub's conduct, the reply's beginning, how often the hub has the message. */
const rows: readonly (readonly [title: string, script: FakeHubScript, heard: RegExp, copies: number])[] = [
  ['the hub takes it', {}, /^250 2\.0\.0 /, 1],
  ['the hub refuses the content for good', { dot: '554 5.7.1 We do not like it' }, /^554 5\.7\.1 We do not like it \(ref /, 1],
  ['the hub defers the content', { dot: '452 4.2.2 Mailbox full for now' }, /^452 4\.2\.2 Mailbox full for now \(ref /, 1],
  ['the hub hangs up politely at the dot: about its connection, not ours', { dot: '421 4.3.2 Going down' }, /^451 /, 1],
  ['the hub refuses the sender', { MAIL: '550 5.1.8 Bad sender' }, /^550 5\.1\.8 Bad sender \(ref /, 0],
  ['the hub refuses the only recipient', { RCPT: '550 5.2.1 Mailbox closed' }, /^550 5\.2\.1 Mailbox closed \(ref /, 0],
  ['the hub defers the only recipient', { RCPT: '450 4.2.1 Greylisted' }, /^450 4\.2\.1 Greylisted \(ref /, 0],
  ['the hub refuses DATA', { DATA: '554 5.3.0 Not today' }, /^554 5\.3\.0 Not today \(ref /, 0],
  ['the hub dies in every greeting', { connect: { drop: 'rst' } }, /^451 4\.4\.1 /, 0],
  ['the hub says 554 as greeting', { connect: '554 5.3.2 No service' }, /^451 4\.4\.1 /, 0],
  ['the hub dies at every MAIL', { MAIL: { drop: 'rst' } }, /^451 4\.4\.[12] /, 0],
  ['the hub dies at every DATA', { DATA: { drop: 'rst' } }, /^451 4\.4\.[12] /, 0],
  ['the hub dies while the content is coming, every time', { content: { drop: 'rst' } }, /^451 4\.4\.2 /, 1],
  ['the hub dies after the dot: nobody knows, and we do not try again', { dot: { drop: 'rst' } }, /^451 4\.4\.2 /, 1],
  ['the hub closes after the dot', { dot: { drop: 'fin' } }, /^451 4\.4\.2 /, 1],
  ['the hub is silent after the dot', { dot: { silent: true } }, /^451 4\.4\.2 /, 1],
  ['the hub answers the dot with rubbish', { dot: { raw: 'what?\r\n' } }, /^451 /, 1],
  ['the hub answers the dot with half a reply', { dot: { raw: '250 2.0', drop: 'fin' } }, /^451 4\.4\.2 /, 1],
  ['the hub answers the dot with a code that means nothing here', { dot: '354 Go on' }, /^451 /, 1],
  ['the hub answers in lines', { dot: '250-2.0.0 Thank\n250 2.0.0 you' }, /^250 /, 1],
  ['the hub answers in single bytes', { dot: { reply: '250 2.0.0 Ok: queued as SLOW', split: 1 } }, /^250 2\.0\.0 .*SLOW/, 1],
];

for (const [title, script, heard, expected] of rows) {
  test(`${title}: ${heard.source}`, async (t) => {
    const { end, copies: there } = await attempt(t, script);
    assert.match(`${end.code} ${end.text}`, heard);
    assert.equal(there, expected);
    assert.ok(referenceIn(end), 'also an acceptance has its reference');
  });
}

test('a connection of the pool that died meanwhile is replaced in silence', async (t) => {
  assert.equal((await attempt(t, {})).end.code, 250);
  hub.resetAll();
  const { end, copies: there } = await attempt(t, {});
  assert.equal(end.code, 250);
  assert.equal(there, 1);
});

test('what the hub says is made safe before a stranger hears it', async (t) => {
  const { end } = await attempt(t, { dot: { raw: '554 5.7.1 \x1b[2Jred\x07 \xff\r\n' } });
  assert.equal(end.code, 554);
  assert.match(end.lines.join(''), /^[\x20-\x7e]*$/);
});

test('the hub refuses one of two recipients at the end: nobody gets it twice, nobody is bounced', async (t) => {
  const script: FakeHubScript = { RCPT: ({ line }) => (line.includes('bert@') ? '550 5.1.1 Gone' : undefined) };
  const { end, copies: there } = await attempt(t, script, ['anna@hub.example', 'bert@hub.example']);
  assert.equal(end.code, 451);
  assert.equal(there, 0, 'nothing was sent');
  hub.script = script;
  const client = await SmtpClient.greet(t, stranger);
  const token = newToken();
  const retry = await client.transact({ from: 'x@sender.example', to: ['anna@hub.example', 'bert@hub.example'], content: letter({ token }) });
  hub.script = {};
  assert.deepEqual(
    retry.rcpt.map(({ code }) => code),
    [250, 550],
    'the retry is told at RCPT',
  );
  assert.equal(retry.end?.code, 250);
  assert.equal(copies(token), 1);
});

test('the client goes away before the dot: the hub never hears of it', async (t) => {
  const before = hub.sessions.flatMap(({ lines }) => lines).length;
  const client = await SmtpClient.greet(t, stranger);
  await client.converse(`
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: DATA
    S: 354`);
  const port = client.localPort;
  await client.send('Subject: half\r\n\r\nhalf a line');
  client.reset();
  const opened = await gateway.event('session-opened', (event) => event.port === port);
  await gateway.event('transaction-aborted', ({ session }) => session === opened.session);
  assert.equal(hub.sessions.flatMap(({ lines }) => lines).length, before);
});

test('the client goes away before it hears 250: its retry is answered, and not delivered again', async (t) => {
  const content = letter({ token: newToken() });
  const token = tokenOf(content) ?? '';
  let release: () => void = () => undefined;
  hub.script = { dot: { reply: '250 2.0.0 Ok', hold: new Promise<void>((resolve) => (release = resolve)) } };
  const client = await SmtpClient.greet(t, stranger);
  await client.converse(`
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: DATA
    S: 354`);
  const port = client.localPort;
  await client.send(onTheWire(content));
  await hub.until(() => copies(token) === 1);
  client.reset();
  const opened = await gateway.event('session-opened', (event) => event.port === port);
  release();
  hub.script = {};
  await gateway.event('session-closed', ({ session }) => session === opened.session);
  const retry = await deliverOnce(t, stranger, { from: 'x@sender.example', to: ['anna@hub.example'], content });
  assert.equal(retry.end?.code, 250);
  assert.equal(copies(token), 1, 'once');
});

test('a message that is sent again after its 250 was heard is delivered again: that is the sender’s wish', async (t) => {
  const content = letter({ token: newToken() });
  for (const _ of ['first', 'second'])
    assert.equal((await deliverOnce(t, stranger, { from: 'x@sender.example', to: ['anna@hub.example'], content })).end?.code, 250);
  assert.equal(copies(tokenOf(content) ?? ''), 2);
});

test('the journal says what happened to each', async () => {
  await gateway.event('message-finished', ({ reason, outcome }) => reason === 'ambiguous' && outcome === 'deferred');
  const finished = (await gateway.events()).filter((event) => event.type === 'message-finished');
  assert.ok(finished.every(({ outcome, hubReply }) => outcome !== 'delivered' || hubReply?.startsWith('250') === true || hubReply === null));
});

test('no hub at all: deferred at RCPT where recipients are verified, at the end where not', async (t) => {
  const nowhere = `127.0.0.1:${await freePort()}`;
  for (const [verifyRecipients, where] of [
    [true, 'rcpt'],
    [false, 'end'],
  ] as const) {
    const lonely = await startGateway(t, { hub: nowhere, config: { hub: { verifyRecipients } } });
    const { rcpt, end } = await deliverOnce(
      t,
      { port: lonely.port(), from: '127.0.0.2' },
      { from: 'x@sender.example', to: ['anna@hub.example'], content: letter() },
    );
    const refusal = where === 'rcpt' ? rcpt[0] : end;
    assert.ok(refusal && refusal.code >= 450 && refusal.code <= 451, `${where}: ${refusal?.code} ${refusal?.text}`);
  }
});
