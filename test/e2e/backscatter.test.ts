// Our own bounces come home, forged ones do not (missions B5, D9): mail of ours goes out into a world that bounces it, and a forger makes the
// world bounce what was never ours.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { bounce, forgedHeader } from '../harness/bounce.ts';
import { dkimSigner } from '../harness/dkim.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway, type RawConfig } from '../harness/gateway.ts';
import { letter, newToken, tokenOf } from '../harness/letter.ts';
import { writeOldMemory } from '../harness/outgoing-memory.ts';
import { atEnd, scratchDirectory } from '../harness/scratch.ts';
import { deliverOnce, type Answers } from '../harness/smtp-client.ts';

const stranger = '127.0.0.9';
const anna = 'anna@hub.example';

interface Parts {
  readonly config?: RawConfig;
  readonly young?: boolean;
  readonly zone?: Record<string, readonly string[]>;
}

async function start(context: TestContext, { config = {}, young = false, zone = {} }: Parts = {}) {
  const [hub, world] = [await startFakeHub(), await startFakeHub()];
  atEnd(context, () => Promise.all([hub.close(), world.close()]));
  const state = scratchDirectory(context, 'state');
  if (!young) await writeOldMemory(state);
  const gateway = await startGateway(context, {
    hub: `127.0.0.1:${hub.port}`,
    state,
    zone,
    config: { outbound: { address: `127.0.0.1:${world.port}` }, checks: { 'forged-bounce': { action: 'reject' } }, ...config },
  });
  return { hub, world, gateway };
}

/** Anna writes to Bert out in the world; gives what the world saw. */
async function sendOut(context: TestContext, { gateway, world }: Awaited<ReturnType<typeof start>>, to = 'bert@far.example', from = anna) {
  const before = world.messages.length;
  const answers = await deliverOnce(context, { port: gateway.port() }, { from, to: [to], content: letter({ from, to }) });
  assert.equal(answers.end?.code, 250, answers.end?.text);
  await world.until(() => world.messages.length > before);
  const message = world.messages[before];
  assert.ok(message !== undefined);
  const text = message.data.toString('latin1');
  return { ...message, header: text.slice(0, text.indexOf('\r\n\r\n')) };
}

const comesBack = (context: TestContext, gateway: Gateway, content: Buffer, to = anna, from = ''): Promise<Answers> =>
  deliverOnce(context, { port: gateway.port(), from: stranger }, { from, to: [to], content });

const without = (header: string, ...names: readonly string[]): string =>
  header
    .split(/\r\n(?![ \t])/)
    .filter((field) => !names.some((name) => field.toLowerCase().startsWith(`${name}:`)))
    .join('\r\n');

test('mail that goes out carries a signed mark; mail within the house does not', async (context) => {
  const parts = await start(context);
  const { header } = await sendOut(context, parts);
  assert.match(header, /^X-Floodgate-Trace: v1; [0-9A-Z]+-\d+; \d{10}; [\w-]{16}$/m);
  assert.equal((await deliverOnce(context, { port: parts.gateway.port() }, { from: anna, to: ['carl@hub.example'], content: letter() })).end?.code, 250);
  assert.doesNotMatch(parts.hub.messages[0]?.data.toString('latin1') ?? '', /X-Floodgate-Trace/);
});

test('each proof alone brings a bounce home, and a forged one is refused with nothing at the hub', async (context) => {
  const parts = await start(context);
  const { gateway, hub } = parts;
  const { header } = await sendOut(context, parts);
  const bare = ['x-floodgate-trace', 'message-id'];
  const cases = [
    ['trace', bounce({ to: anna, failed: 'other@elsewhere.example', returned: without(header, 'message-id') })],
    ['message-id', bounce({ to: anna, failed: 'other@elsewhere.example', returned: without(header, 'x-floodgate-trace') })],
    ['recipient', bounce({ to: anna, failed: 'bert@far.example', returned: without(header, ...bare) })],
  ] as const;
  for (const [proof, content] of cases) {
    const answers = await comesBack(context, gateway, content);
    assert.equal(answers.end?.code, 250, `${proof}: ${answers.end?.text}`);
    const event = await gateway.event('report-judged', (each) => each.returned === 'ours' && each.proof === proof);
    assert.deepEqual(event.recipients, [anna]);
  }
  assert.deepEqual(
    hub.messages.map(({ data }) => tokenOf(data)),
    cases.map(([, content]) => tokenOf(content)),
  );

  const forged = bounce({
    to: anna,
    failed: 'victim@far.example',
    returned: forgedHeader({ from: anna, to: 'victim@far.example', subject: 'You have won', ip: '203.0.113.9' }),
  });
  const refused = await comesBack(context, gateway, forged);
  assert.equal(refused.rcpt[0]?.code, 250, 'never at RCPT: a server that verifies senders sees that the address exists');
  assert.equal(refused.end?.code, 550);
  const event = await gateway.event('report-judged', (each) => each.returned === 'forged');
  assert.deepEqual([event.kind, event.original.originIp, event.original.subject], ['bounce', '203.0.113.9', 'You have won']);
  assert.equal(hub.messages.length, cases.length);
});

test('a bounce of Anna’s mail does not come to Carl: the mark is hers', async (context) => {
  const parts = await start(context);
  const { header } = await sendOut(context, parts);
  const stolen = bounce({ to: 'carl@hub.example', failed: 'x@far.example', returned: without(header, 'message-id') });
  assert.equal((await comesBack(context, parts.gateway, stolen, 'carl@hub.example')).end?.code, 550);
});

test('an absence notice of somebody she wrote to reaches Anna, one of a stranger who names no mail of hers does not', async (context) => {
  const parts = await start(context);
  const { world } = parts;
  await sendOut(context, parts);
  const id = /Message-ID: (<[^>]+>)/.exec(world.messages[0]?.data.toString('latin1') ?? '')?.[1] ?? '';
  const away = (from: string, reference: string) =>
    letter({
      from,
      to: anna,
      subject: 'Out of office',
      headers: ['Auto-Submitted: auto-replied', `In-Reply-To: ${reference}`],
      body: 'I am out of the office until Monday.\r\n',
    });
  assert.equal((await comesBack(context, parts.gateway, away('bert.smith@far.example', id))).end?.code, 250);
  assert.equal((await comesBack(context, parts.gateway, away('bert@far.example', '<lost@far.example>'))).end?.code, 250, 'she wrote to him');
  assert.equal((await comesBack(context, parts.gateway, away('x@elsewhere.example', '<forged@spammer.example>'))).end?.code, 550);
});

test('a gateway that has not seen its mail for five days yet cannot tell, and lets pass', async (context) => {
  const { gateway } = await start(context, { young: true });
  const forged = bounce({
    to: anna,
    failed: 'victim@far.example',
    returned: forgedHeader({ from: anna, to: 'victim@far.example', subject: 'x', ip: '203.0.113.9' }),
  });
  assert.equal((await comesBack(context, gateway, forged)).end?.code, 250);
  const event = await gateway.event('report-judged');
  assert.ok(event.returned === 'unproven' && event.why === 'memory-too-young');
});

test('where others send for us what is not proven is marked and delivered', async (context) => {
  const { gateway, hub } = await start(context, { config: { bounces: { othersSendForUs: true } } });
  const forged = bounce({
    to: anna,
    failed: 'victim@far.example',
    returned: forgedHeader({ from: anna, to: 'victim@far.example', subject: 'x', ip: '203.0.113.9' }),
  });
  assert.equal((await comesBack(context, gateway, forged)).end?.code, 250);
  assert.match(hub.messages[0]?.data.toString('latin1') ?? '', /^X-Floodgate-Class: forged-bounce\r$/m);
});

test('what left us is known after a restart, and postmaster hears of everything', async (context) => {
  const parts = await start(context);
  const { header } = await sendOut(context, parts);
  await parts.gateway.restart();
  assert.equal((await comesBack(context, parts.gateway, bounce({ to: anna, failed: 'x@far.example', returned: header }))).end?.code, 250);
  const forged = bounce({
    to: 'postmaster@hub.example',
    failed: 'x@far.example',
    returned: forgedHeader({ from: anna, to: 'x@far.example', subject: 'x', ip: '203.0.113.9' }),
  });
  assert.equal((await comesBack(context, parts.gateway, forged, 'postmaster@hub.example')).end?.code, 250);
});

test('with BATV the world sees a tag, the hub never does, and the tag is proof enough', async (context) => {
  const parts = await start(context, { config: { bounces: { batv: true } } });
  const { gateway, hub } = parts;
  const { from, header } = await sendOut(context, parts);
  const tagged = /<(prvs=\d{4}[0-9a-f]{6}=anna@hub\.example)>/.exec(from)?.[1];
  assert.ok(tagged !== undefined, from);
  const bare = bounce({ to: tagged, failed: 'x@elsewhere.example', returned: without(header, 'x-floodgate-trace', 'message-id', 'to') });
  assert.equal((await comesBack(context, gateway, bare, tagged)).end?.code, 250);
  assert.deepEqual(hub.messages[0]?.recipients, ['<anna@hub.example>']);
  await gateway.event('report-judged', (each) => each.returned === 'ours' && each.proof === 'tag');

  const made = `prvs=${tagged.slice(5, 9)}000000=anna@hub.example`;
  hub.script = { RCPT: ({ line }) => (line.includes('prvs=') ? '550 5.1.1 No such user' : undefined) };
  const answers = await comesBack(context, gateway, bare, made);
  assert.deepEqual([answers.rcpt[0]?.code, answers.end?.code], [250, 550], 'a made-up tag leads to her mailbox, and proves nothing');

  gateway.rewrite({ bounces: { batv: false } });
  assert.equal(await gateway.reload(), 'config-loaded');
  assert.equal((await comesBack(context, gateway, bare, tagged)).end?.code, 250, 'switched off, what is on its way still comes home');
});

test('a person’s letter that quotes a bounce is a letter', async (context) => {
  const { gateway } = await start(context);
  const content = letter({
    from: 'dora@far.example',
    to: anna,
    subject: 'Fwd: what is this?',
    body: 'Hello Anna,\r\nI got this today:\r\n> Undelivered Mail Returned to Sender\r\nDo you know it?\r\nDora\r\n',
    token: newToken(),
  });
  assert.equal((await comesBack(context, gateway, content, anna, 'dora@far.example')).end?.code, 250);
});

/** A letter of Anna's that left by another way: nothing of it is remembered, and it is signed. */
function signedElsewhere(signer = dkimSigner(1024), selector = 's1', at = Date.now()) {
  const header = forgedHeader({ from: anna, to: 'carl@far.example', subject: 'By another way', ip: '203.0.113.9' });
  const message = signer.sign({ header, body: 'Hello\r\n' }, { domain: 'hub.example', selector, tags: `t=${Math.floor(at / 1000)}; ` });
  return { signer, returned: message.slice(0, message.indexOf('\r\n\r\n')) };
}

test('our signature in what comes back is proof: by a key of the configuration, or of DNS; an old one, and one of somebody else, is none', async (context) => {
  const [first, second] = [signedElsewhere(), signedElsewhere(undefined, 's2')];
  const { gateway, hub } = await start(context, {
    config: {
      checks: { 'forged-bounce': { action: 'reject' } },
      bounces: { signingKeys: [{ domain: 'hub.example', selector: 's1', key: first.signer.record }] },
    },
    zone: { 's2._domainkey.hub.example TXT': [second.signer.record] },
  });
  const back = async (returned: string): Promise<number | undefined> =>
    (await comesBack(context, gateway, bounce({ to: anna, failed: 'carl@far.example', returned }))).end?.code;
  assert.equal(await back(first.returned), 250, 'a key of the configuration');
  assert.equal(await back(second.returned), 250, 'a key in DNS');
  assert.equal(hub.messages.length, 2);
  const judged = await gateway.event('report-judged');
  assert.ok(judged.returned === 'ours' && judged.proof === 'signed-header');
  assert.equal(await back(signedElsewhere(undefined, 's2').returned), 550, 'another key');
  assert.equal(await back(signedElsewhere(first.signer, 's1', Date.now() - 15 * 86_400_000).returned), 550, 'fifteen days old');
});

test('a bounce from where our SPF record permits mail is let through in peace, and not when her name is being forged', async (context) => {
  const { gateway } = await start(context, { zone: { 'hub.example TXT': ['v=spf1 ip4:203.0.113.0/24 -all'] } });
  const back = async (ip: string): Promise<number | undefined> => {
    const returned = forgedHeader({ from: anna, to: 'victim@far.example', subject: 'x', ip });
    return (await comesBack(context, gateway, bounce({ to: anna, failed: 'victim@far.example', returned }))).end?.code;
  };
  assert.equal(await back('203.0.113.9'), 250);
  const event = await gateway.event('report-judged');
  assert.ok(event.returned === 'unproven' && event.why === 'origin-permitted' && event.originSpf === 'permitted');
  assert.equal(await back('198.51.100.7'), 550, 'from elsewhere: forged');
  assert.equal(await back('203.0.113.9'), 550, 'a hint is not enough now');
});
