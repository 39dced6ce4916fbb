import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf } from '../../test/harness/delivery-request.ts';
import { clientOf, mailboxOf } from '../../test/harness/policy-inputs.ts';
import type { MessageToRead, SenderProof } from '../model/content-reading.ts';
import { createSenderAuthentication, type SenderAuthenticationParts } from './sender-authentication.ts';
import type { MessageToProve } from './sender-proof.ts';

const messageOf = (wire: string | Buffer): MessageToRead => ({
  session: 's',
  client: clientOf(),
  helo: 'mx.sender.example',
  user: null,
  from: mailboxOf('a@sender.example'),
  recipients: [mailboxOf('b@example.org')],
  content: contentOf(wire, 1000),
});
const plain = 'From: a@sender.example\r\n\r\nx\r\n';
const desk = (prove: SenderAuthenticationParts['prove'], changes: Partial<SenderAuthenticationParts> = {}) =>
  createSenderAuthentication({ perSecond: 100, timeoutMs: 20, now: () => 0, ...changes, prove });
const set = (found: SenderProof, more: SenderProof): void => void Object.assign(found, more);

test('what is known when the time is up is told, what comes later is not', async () => {
  const late = Promise.withResolvers<void>();
  const { prove } = desk(async (_message, found) => {
    set(found, { spf: 'pass' });
    await late.promise;
    set(found, { dmarc: 'pass' });
  });
  const proof = await prove(messageOf(plain));
  late.resolve();
  await late.promise;
  assert.deepEqual(proof, { spf: 'pass' });
});

test('eight at once: what DNS does not answer keeps its place, and others are not looked at', async () => {
  const stuck = Promise.withResolvers<void>();
  const { prove } = desk(() => stuck.promise);
  const first = await Promise.all(Array.from({ length: 9 }, async () => prove(messageOf(plain))));
  assert.deepEqual(
    first.map((proof) => proof === null),
    [...Array<boolean>(8).fill(false), true],
  );
  assert.equal(await prove(messageOf(plain)), null, 'the time is up, the questions are still out');
  stuck.resolve();
  await new Promise(setImmediate);
  assert.notEqual(await prove(messageOf(plain)), null);
});

test('so many a second and no more', async () => {
  let clock = 0;
  const { prove } = desk(() => Promise.resolve(), { perSecond: 2, now: () => clock });
  const many = async (): Promise<number> =>
    (await Promise.all(Array.from({ length: 5 }, async () => prove(messageOf(plain))))).filter((proof) => proof !== null).length;
  assert.equal(await many(), 2);
  clock = 1000;
  assert.equal(await many(), 2);
});

test('a fault leaves what was found', async () => {
  const { prove } = desk((_message, found) => {
    set(found, { spf: 'none' });
    return Promise.reject(new Error('broken'));
  });
  assert.deepEqual(await prove(messageOf(plain)), { spf: 'none' });
});

test('a signed message is given as it was signed; without a signature, or where it is too large, its header is enough', async () => {
  const seen: MessageToProve[] = [];
  const { prove } = desk((message) => {
    seen.push(message);
    return Promise.resolve();
  });
  const signed = 'DKIM-Signature: v=1; d=x; b=y\r\n\r\n..stuffed\r\n...\r\n';
  await prove(messageOf(signed));
  await prove(messageOf(plain));
  await prove(messageOf(`DKIM-Signature: v=1\r\n\r\n${'x'.repeat(998)}\r\n`.repeat(1100)));
  assert.equal(seen[0]?.message.toString(), 'DKIM-Signature: v=1; d=x; b=y\r\n\r\n.stuffed\r\n..\r\n');
  assert.equal(seen[1]?.message.toString(), 'From: a@sender.example\r\n\r\n');
  assert.equal(seen[2]?.message.toString(), 'DKIM-Signature: v=1\r\n\r\n');
  assert.deepEqual([seen[0]?.ip, seen[0]?.helo, seen[0]?.from], ['203.0.113.7', 'mx.sender.example', 'a@sender.example']);
});
