// draft-hall-prdr as Exim speaks it: after the content 353, an answer for each recipient in order, and one for the whole. What a hub says
// of each recipient reaches the client without loss; a plain client hears 451 and is served a recipient at a time (mission B9).
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { conforms } from '../harness/conformance.ts';
import { startFakeHub, type FakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { letter, newToken, tokenOf } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';

const whole: Owner = { after };
const [lmtp, smtp] = await Promise.all([startFakeHub({ protocol: 'lmtp' }), startFakeHub()]);
atEnd(whole, () => Promise.all([lmtp.close(), smtp.close()]).then(() => {}));
const limits = { errors: 1000, errorsBeforeDelay: 1000, message: '64 KiB' };
const [behindLmtp, behindSmtp] = await Promise.all([
  startGateway(whole, { hub: `lmtp://127.0.0.1:${lmtp.port}`, config: { hub: { verifyRecipients: false }, limits } }),
  startGateway(whole, { hub: `127.0.0.1:${smtp.port}`, config: { hub: { verifyRecipients: false }, limits } }),
]);

const [ok, later, never] = ['250 2.0.0 Ok', '452 4.2.2 Mailbox full', '550 5.7.1 Not wanted'] as const;
type Said = string | undefined;

/** What the hub says of the recipients, in order: at the dot (LMTP), or at RCPT. */
function says(hub: FakeHub, step: 'dot' | 'RCPT', verdicts: readonly Said[]): void {
  const verdictOf = (text: string): Said => verdicts[Number(/<u(\d)-/.exec(text)?.[1])];
  hub.script = step === 'dot' ? { dot: ({ recipient }) => verdictOf(recipient) } : { RCPT: ({ line }) => verdictOf(line) };
}

interface Attempt {
  readonly rcpt: readonly number[];
  /** All that was said after the content. */
  readonly end: readonly number[];
}

/** One message to as many recipients; names of their own, so that nothing is remembered of other tests. */
async function attempt(
  owner: Owner,
  gateway: Gateway,
  {
    parameter,
    token,
    recipients,
    name,
    by = 'DATA',
  }: { readonly parameter: string; readonly token: string; readonly recipients: readonly number[]; readonly name: string; readonly by?: 'DATA' | 'BDAT' },
): Promise<Attempt> {
  const client = await SmtpClient.greet(owner, { port: gateway.port(), from: '127.0.0.2' });
  assert.equal((await client.ask(`MAIL FROM:<x@sender.example>${parameter}`)).code, 250);
  const rcpt: number[] = [];
  for (const i of recipients) rcpt.push((await client.ask(`RCPT TO:<u${i}-${name}@hub.example>`)).code);
  const content = letter({ token });
  if (by === 'DATA') {
    const go = await client.ask('DATA');
    if (go.code !== 354) return { rcpt, end: [go.code] };
    await client.send(Buffer.concat([content, Buffer.from('.\r\n')]));
  } else await client.send(Buffer.concat([Buffer.from(`BDAT ${content.length} LAST\r\n`), content]));
  const end = [(await client.reply()).code];
  if (end[0] === 353) for (let left = rcpt.filter((code) => code === 250).length + 1; left > 0; left--) end.push((await client.reply()).code);
  await client.quit();
  return { rcpt, end };
}

/** Recipients who have the message, and how often. */
const served = (hub: FakeHub, token: string, verdict: (recipient: string) => Said): string[] =>
  hub.messages
    .filter(({ data }) => tokenOf(data) === token)
    .flatMap(({ recipients }) => recipients)
    .filter((recipient) => (verdict(recipient) ?? ok).startsWith('2'))
    .map((recipient) => recipient.slice(1, 3))
    .sort();

interface Verdicts {
  readonly hub: readonly Said[];
  readonly prdr: readonly number[];
  /** A plain client: the answer, then to its retry RCPT by RCPT and the end. */
  readonly plain: readonly number[];
  readonly retry: readonly number[] | null;
}

const atDot: readonly Verdicts[] = [
  { hub: [ok, ok], prdr: [353, 250, 250, 250], plain: [250], retry: null },
  { hub: [ok, never], prdr: [353, 250, 550, 250], plain: [451], retry: [250, 550, 250] },
  { hub: [never, ok], prdr: [353, 550, 250, 250], plain: [451], retry: [550, 250, 250] },
  { hub: [ok, later], prdr: [353, 250, 452, 250], plain: [451], retry: [250, 452, 250] },
  { hub: [later, never], prdr: [353, 452, 550, 451], plain: [451], retry: [452, 550, 554] },
  { hub: [ok, later, never], prdr: [353, 250, 452, 550, 250], plain: [451], retry: [250, 452, 550, 250] },
  { hub: [never, never], prdr: [353, 550, 550, 550], plain: [550], retry: null },
  { hub: [later, later], prdr: [353, 452, 452, 452], plain: [452], retry: null },
];

for (const [row, { hub, prdr, plain, retry }] of atDot.entries()) {
  const told = hub.map((verdict) => verdict?.slice(0, 3)).join(', ');
  const verdictOf = (recipient: string): Said => hub[Number(recipient[2])];
  const everybody = hub.map((_, i) => i);

  test(`an LMTP hub says ${told}: a PRDR client hears ${prdr.join(', ')}`, async (t) => {
    says(lmtp, 'dot', hub);
    const token = newToken();
    const { end } = await attempt(t, behindLmtp, { parameter: ' PRDR', token, recipients: everybody, name: `p${row}` });
    assert.deepEqual(end, prdr);
    assert.deepEqual(
      served(lmtp, token, verdictOf),
      everybody.filter((i) => hub[i] === ok).map((i) => `u${i}`),
      'who heard 250 has it, once, and nobody else',
    );
  });

  test(`an LMTP hub says ${told}: a plain client hears ${plain.join(', ')}${retry === null ? '' : `, and then ${retry.join(', ')}`}`, async (t) => {
    says(lmtp, 'dot', hub);
    const token = newToken();
    const message = { parameter: ' SIZE=2000', token, recipients: everybody, name: `q${row}` };
    assert.deepEqual((await attempt(t, behindLmtp, message)).end, plain);
    if (retry !== null) {
      const again = await attempt(t, behindLmtp, message);
      assert.deepEqual([...again.rcpt, ...again.end], retry);
    }
    assert.deepEqual(
      served(lmtp, token, verdictOf),
      everybody.filter((i) => hub[i] === ok).map((i) => `u${i}`),
      'once, also after the retry',
    );
  });
}

test('without SIZE nobody knows whether the retry is the same message: who was refused for its content is put off beside the others, and refused alone', async (t) => {
  says(lmtp, 'dot', [ok, never]);
  const token = newToken();
  const message = { parameter: '', token, recipients: [0, 1], name: 'nosize' };
  assert.deepEqual((await attempt(t, behindLmtp, message)).end, [451]);
  assert.deepEqual(await attempt(t, behindLmtp, message), { rcpt: [250, 450], end: [250] });
  assert.deepEqual(await attempt(t, behindLmtp, { ...message, recipients: [1] }), { rcpt: [250], end: [550] });
  assert.deepEqual(
    served(lmtp, token, (recipient) => [ok, never][Number(recipient[2])]),
    ['u0'],
    'once',
  );
});

const atRcpt: readonly { readonly hub: readonly Said[]; readonly prdr: readonly number[] }[] = [
  { hub: [undefined, never], prdr: [353, 250, 550, 250] },
  { hub: [later, undefined, never], prdr: [353, 452, 250, 550, 250] },
  { hub: [later, never], prdr: [353, 452, 550, 451] },
  { hub: [never, never], prdr: [353, 550, 550, 550] },
];

for (const [row, { hub, prdr }] of atRcpt.entries()) {
  test(`a hub says ${hub.map((verdict) => (verdict ?? ok).slice(0, 3)).join(', ')} at RCPT, after we had taken them: a PRDR client hears ${prdr.join(', ')}`, async (t) => {
    says(smtp, 'RCPT', hub);
    const token = newToken();
    const { end } = await attempt(t, behindSmtp, { parameter: ' PRDR', token, recipients: hub.map((_, i) => i), name: `r${row}` });
    assert.deepEqual(end, prdr);
    assert.deepEqual(
      served(smtp, token, () => ok),
      hub.flatMap((verdict, i) => (verdict === undefined ? [`u${i}`] : [])),
    );
  });
}

test('by BDAT it is the same', async (t) => {
  says(lmtp, 'dot', [ok, never]);
  assert.deepEqual(
    (await attempt(t, behindLmtp, { parameter: ' PRDR', token: newToken(), recipients: [0, 1], name: 'b', by: 'BDAT' })).end,
    [353, 250, 550, 250],
  );
});

test('one recipient has one answer, with PRDR or without', async (t) => {
  says(lmtp, 'dot', [never]);
  assert.deepEqual((await attempt(t, behindLmtp, { parameter: ' PRDR', token: newToken(), recipients: [0], name: 'one' })).end, [550]);
});

test('a refusal that was heard is about that message: the next from the same sender is taken at RCPT again', async (t) => {
  says(lmtp, 'dot', [ok, never]);
  const message = { parameter: ' PRDR', recipients: [0, 1], name: 'again' };
  assert.deepEqual((await attempt(t, behindLmtp, { ...message, token: newToken() })).rcpt, [250, 250]);
  assert.deepEqual((await attempt(t, behindLmtp, { ...message, token: newToken() })).rcpt, [250, 250]);
});

test('a deliberate repetition after answers that were heard is delivered', async (t) => {
  says(lmtp, 'dot', [ok, never]);
  const message = { parameter: ' PRDR', recipients: [0, 1], name: 'twice', token: newToken() };
  await attempt(t, behindLmtp, message);
  await attempt(t, behindLmtp, message);
  assert.deepEqual(
    served(lmtp, message.token, (recipient) => (recipient.startsWith('<u1') ? never : ok)),
    ['u0', 'u0'],
  );
});

test('a client that went before it could hear its answers does not bring a second copy', async (t) => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const token = newToken();
  lmtp.script = { dot: ({ recipient }) => (recipient.startsWith('<u0') ? { reply: ok, hold: held } : never) };
  const client = await SmtpClient.greet(t, { port: behindLmtp.port(), from: '127.0.0.2' });
  await client.converse(`
    C: MAIL FROM:<x@sender.example> PRDR
    S: 250
    C: RCPT TO:<u0-gone@hub.example>
    S: 250
    C: RCPT TO:<u1-gone@hub.example>
    S: 250
    C: DATA
    S: 354`);
  await client.send(Buffer.concat([letter({ token }), Buffer.from('.\r\n')]));
  assert.equal((await client.reply()).code, 353, 'said at once, the hub may take its time');
  await lmtp.until(() => lmtp.messages.some(({ data }) => tokenOf(data) === token));
  client.reset();
  release();
  await behindLmtp.event('session-closed', ({ ip, why }) => ip === '127.0.0.2' && why !== 'quit');
  says(lmtp, 'dot', [ok, never]);
  const { end } = await attempt(t, behindLmtp, { parameter: ' PRDR', token, recipients: [0, 1], name: 'gone' });
  assert.deepEqual(end, [353, 250, 550, 250]);
  assert.deepEqual(
    served(lmtp, token, (recipient) => (recipient.startsWith('<u1') ? never : ok)),
    ['u0'],
    'once',
  );
});

test('the record tells what each recipient was answered', async (t) => {
  says(lmtp, 'dot', [ok, never]);
  await attempt(t, behindLmtp, { parameter: ' PRDR', token: newToken(), recipients: [0, 1], name: 'record' });
  const { answers, outcome } = await behindLmtp.event('message-finished', ({ recipients }) => recipients.includes('u0-record@hub.example'));
  assert.equal(outcome, 'delivered');
  assert.deepEqual(
    answers?.map((answer) => answer.slice(0, 9)),
    ['250 2.1.5', '550 5.7.1'],
  );
});

conforms('PRDR', behindLmtp, [
  {
    section: 'EHLO',
    says: 'the keyword has no parameter',
    dialogue: 'C: EHLO client.example\nS: 250 PRDR',
    afterwards: (client) => assert.match(client.received, /^250[- ]PRDR\r$/m),
  },
  {
    section: 'MAIL',
    says: 'nor has the parameter of MAIL a value',
    dialogue: 'C: EHLO client.example\nS: 250\nC: MAIL FROM:<x@sender.example> PRDR=1\nS: 501',
  },
  { section: 'MAIL', says: 'after HELO it is not known', dialogue: 'C: HELO client.example\nS: 250\nC: MAIL FROM:<x@sender.example> PRDR\nS: 555' },
  {
    section: 'answers',
    says: 'a refusal of the whole by ourselves is said of each',
    dialogue: `C: EHLO client.example\nS: 250\nC: MAIL FROM:<x@sender.example> PRDR\nS: 250\nC: RCPT TO:<a@hub.example>\nS: 250\nC: RCPT TO:<b@hub.example>\nS: 250\nC: BDAT 70000 LAST\nD: ${'x'.repeat(70_000)}\nS: 353\nS: 552\nS: 552\nS: 552`,
  },
]);
