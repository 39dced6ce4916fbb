// Held mail released to a real Postfix (mission Q1): EICAR, eight-bit octets and dots arrive byte for byte as they were sent, by hash.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { startGateway } from '../harness/gateway.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { letter, newToken } from '../harness/letter.ts';
import { missing } from '../harness/peer.ts';
import { deliverOnce, referenceIn } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

/** The test file of virus scanners (eicar.org), in two halves so that this source is no virus. */
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');

test('a held message reaches the mailbox of a real Postfix byte for byte', { skip: missing('postfix') }, async (t) => {
  const hub = await postfixHub(t);
  const gateway = await startGateway(t, {
    hub: hub.address,
    config: { site: { networks: ['192.0.2.0/24'] }, quarantine: { freeDisk: '0' }, rules: [{ id: 'all', when: { from: 'x@' }, action: 'quarantine' }] },
  });
  const token = newToken();
  const body = Buffer.concat([
    Buffer.from(`..\r\n.\r\nFrom here\r\n${eicar}\r\n`),
    Buffer.from('\xe9\xff\x80 \t\r\n', 'latin1'),
    Buffer.alloc(900, 'z'),
    Buffer.from('\r\n'),
  ]);
  const content = letter({ token, body });
  const { end } = await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from: 'x@sender.example', to: ['anna@hub.example'], content });
  assert.equal(end?.code, 250, end?.text);
  const id = referenceIn(end) ?? '';
  await until('the message to be listed', async () => (await gateway.command('quarantine', 'list')).stdout.includes(id));
  assert.equal(hub.deliveredTokens('anna').includes(token), false);
  const released = await gateway.command('quarantine', 'release', id);
  assert.equal(released.code, 0, released.stderr);
  await hub.delivery('anna', token);
  const arrived = hub.messages('anna').find((message) => message.includes(token)) ?? Buffer.alloc(0);
  // A mailbox has LF line ends; what Postfix and we put in front is before the first line of the letter.
  const sent = Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  const behindTraces = Buffer.from(arrived).subarray(arrived.indexOf('From: alice@outside.example'));
  const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  assert.equal(hash(behindTraces), hash(sent));
});
