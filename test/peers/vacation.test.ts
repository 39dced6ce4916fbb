// Absence notices that a real Dovecot with Pigeonhole sends through the outgoing listener (mission B3): none leaves unless the operator wants it;
// then only to whoever is proven to have written, never to lists, null or unproven senders, nor while our addresses are forged.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Evidence } from '../../src/model/verdict.ts';
import { bounce, forgedHeader } from '../harness/bounce.ts';
import { detour } from '../harness/detour.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { letter, newToken } from '../harness/letter.ts';
import { writeOldMemory } from '../harness/outgoing-memory.ts';
import { outsideWorld, type OutsideWorld } from '../harness/outside-world.ts';
import { missing } from '../harness/peer.ts';
import { startPigeonhole, type Pigeonhole } from '../harness/pigeonhole.ts';
import { scratchDirectory } from '../harness/scratch.ts';
import { deliverOnce } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const anna = 'anna@hub.example';
const stranger = '127.0.0.2';
const script = 'require ["vacation"];\nvacation :subject "Away" "I am away until Monday.";\n';

interface Site {
  readonly world: OutsideWorld;
  readonly hub: Pigeonhole;
  readonly gateway: Gateway;
  /** Somebody writes to Anna, who has got it when this resolves. */
  write(from: string, headers?: readonly string[]): Promise<void>;
  /** What was found of her notice to this address when it was about to leave. */
  stopped(to: string): Promise<Evidence>;
}

async function startSite(context: TestContext, { leaving, sendsAsUser = false }: { readonly leaving: string; readonly sendsAsUser?: boolean }): Promise<Site> {
  const [world, way, state] = [await outsideWorld(context), await detour(context, '127.0.0.1'), scratchDirectory(context, 'state')];
  const hub = await startPigeonhole(context, { users: { anna: script, postmaster: '' }, wayOut: way.port, sendsAsUser });
  await writeOldMemory(state);
  const gateway = await startGateway(context, {
    hub: hub.address,
    state,
    listeners: { mx: {}, out: { role: 'smarthost' } },
    config: { outbound: { address: `127.0.0.1:${world.port}` }, autoReplies: { leaving }, checks: { 'forged-bounce': { action: 'reject' } } },
    zone: { 'friend.example TXT': [`v=spf1 ip4:${stranger} -all`] },
  });
  way.leadTo(gateway.port('out'));
  return {
    world,
    hub,
    gateway,
    async write(from, headers = []) {
      const token = newToken();
      const content = letter({ token, from: from === '' ? 'mailer-daemon@far.example' : from, to: anna, headers });
      const { end } = await deliverOnce(context, { port: gateway.port('mx'), from: stranger }, { from, to: [anna], content });
      assert.equal(end?.code, 250, end?.text);
      await hub.delivery('anna', token);
    },
    async stopped(to) {
      const judged = await gateway.event('stage-judged', ({ input, findings }) => {
        return input.recipients?.includes(to) === true && findings.some(({ check }) => check === 'auto-reply-leaving');
      });
      const outcome = judged.findings.find(({ check }) => check === 'auto-reply-leaving')?.outcome;
      return outcome?.kind === 'finding' ? outcome.evidence : {};
    },
  };
}

const skip = missing('pigeonhole');

test('by default no absence notice leaves, and the mail that it answers is delivered', { skip }, async (context) => {
  const { world, hub, write, stopped } = await startSite(context, { leaving: 'refuse' });
  for (const from of ['dora@friend.example', 'emil@elsewhere.example']) {
    await write(from);
    assert.equal((await stopped(from))['kind'], 'autoreply');
  }
  await until('Dovecot to say so', () => /failed to send vacation response/.test(hub.log()));
  assert.deepEqual(world.messages, []);
});

for (const [sendsAsUser, sender] of [
  [false, ''],
  [true, anna],
] as const)
  test(`where the operator wants it, a notice from <${sender}> goes to who is proven to have written, and to nobody else`, { skip }, async (context) => {
    const { world, hub, gateway, write, stopped } = await startSite(context, { leaving: 'careful', sendsAsUser });
    await write('dora@friend.example');
    await until('the notice to leave', () => world.messages.length === 1);
    assert.deepEqual(
      world.messages.map(({ from, to }) => [from, to]),
      [[sender, ['dora@friend.example']]],
    );

    await context.test('not to a sender whom nothing proves', async () => {
      await write('victim@elsewhere.example');
      assert.equal((await stopped('victim@elsewhere.example'))['toProven'], false);
    });
    await context.test('not to the address of a list, though it is proven to have written', async () => {
      await write('news-l@friend.example');
      const { toNobody, toProven } = await stopped('news-l@friend.example');
      assert.deepEqual([toNobody, toProven], [true, true]);
    });
    await context.test('Pigeonhole itself answers no list and no null sender', async () => {
      await write('frida@friend.example', ['List-Id: <news.friend.example>']);
      await write('');
      assert.doesNotMatch(hub.log(), /sent vacation response to <frida/);
    });
    await context.test('not to one who is proven, while somebody forges her address', async () => {
      const returned = forgedHeader({ from: anna, to: 'x@far.example', subject: 'Buy', ip: '203.0.113.9' });
      const content = bounce({ to: anna, failed: 'x@far.example', returned });
      await deliverOnce(context, { port: gateway.port('mx'), from: stranger }, { from: '', to: [anna], content });
      await gateway.event('report-judged', ({ returned: verdict }) => verdict === 'forged');
      await write('gustav@friend.example');
      const { underAttack, toProven } = await stopped('gustav@friend.example');
      assert.deepEqual([underAttack, toProven], [true, true]);
    });
    assert.equal(world.messages.length, 1, 'one notice has left, and nothing else');
  });
