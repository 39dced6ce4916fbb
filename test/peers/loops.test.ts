// Mail that goes round between the gateway and a real Postfix (mission B1, D8): a domain that the gateway hands to the hub and the hub hands back.
// The loop is broken by counting our own trace lines, before Postfix counts: it would bounce to whoever stands in the envelope.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detour } from '../harness/detour.ts';
import { startGateway } from '../harness/gateway.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { letter, newToken } from '../harness/letter.ts';
import { outsideWorld } from '../harness/outside-world.ts';
import { missing } from '../harness/peer.ts';
import { deliverOnce } from '../harness/smtp-client.ts';

test('a misrouted domain: the message is held after some rounds, counted, and no bounce leaves', { skip: missing('postfix') }, async (context) => {
  const [world, way] = [await outsideWorld(context), await detour(context, '127.0.0.1')];
  // It knows nothing of customer.example, which the gateway gives to it.
  const hub = await postfixHub(context, { domains: ['hub.example'], settings: { relayhost: `[127.0.0.1]:${way.port}` } });
  const gateway = await startGateway(context, {
    hub: hub.address,
    listeners: { mx: {}, out: { role: 'smarthost' } },
    config: { outbound: { address: `127.0.0.1:${world.port}` }, quarantine: { freeDisk: '0' } },
  });
  way.leadTo(gateway.port('out'));
  const stranger = { port: gateway.port('mx'), from: '127.0.0.2' };
  const token = newToken();
  const { end } = await deliverOnce(context, stranger, { from: 'forged@victim.example', to: ['carl@customer.example'], content: letter({ token }) });
  assert.equal(end?.code, 250, end?.text);

  const held = await gateway.event('message-quarantined');
  assert.equal(held.check, 'mail-loop');
  const rounds = (await gateway.events()).filter((event) => event.type === 'message-finished' && event.outcome === 'delivered');
  assert.equal(rounds.length, 5, 'as often as limits.passes says, and no more');
  const { alarm } = await gateway.event('alarm-raised', ({ alarm: { detector } }) => detector === 'circling-message');
  assert.match(alarm.because, /again|times/);

  await context.test('good mail goes on, and when all is over nothing has left', async () => {
    const good = newToken();
    assert.equal(
      (await deliverOnce(context, stranger, { from: 'x@sender.example', to: ['anna@hub.example'], content: letter({ token: good }) })).end?.code,
      250,
    );
    await hub.delivery('anna', good);
    assert.deepEqual([world.messages, hub.outside.messages], [[], []]);
    assert.doesNotMatch(hub.log(), /status=bounced|postfix\/bounce/);
  });
  await context.test('with the route put right a person lets it go, and it arrives once', async () => {
    gateway.rewrite({ routes: { 'customer.example': { address: `127.0.0.1:${world.port}`, verifyRecipients: false } } });
    assert.equal(await gateway.reload(), 'config-loaded');
    const released = await gateway.command('quarantine', 'release', '--check', 'mail-loop');
    assert.equal(released.code, 0, released.stdout + released.stderr);
    await world.arrival(token);
    assert.equal(world.messages.length, 1);
  });
});
