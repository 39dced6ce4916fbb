import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mailbox } from '../../../test/harness/delivery-request.ts';
import { heldItem, wireMessage } from '../../../test/harness/held-item.ts';
import { scratchDirectory, type Owner } from '../../../test/harness/scratch.ts';
import type { DeliveryOutcome, DeliveryRequest } from '../../model/delivery.ts';
import type { Mailbox } from '../../model/mailbox.ts';
import { reply, type Reply } from '../../model/reply.ts';
import { releaseItem } from './release.ts';

const [anna, otto] = [mailbox('anna@hub.example'), mailbox('otto@hub.example')];
const item = heldItem({ recipients: [anna, otto] });
const [yes, no] = [reply(250, '2.0.0', 'Ok'), reply(550, '5.1.1', 'No such user')];

interface Sent {
  readonly request: DeliveryRequest;
  readonly content: Buffer;
}

/** Releases to a next hop that answers as told; gives what came of it and what was sent. */
async function release(
  t: Owner,
  answer: (request: DeliveryRequest) => DeliveryOutcome,
  { content = wireMessage, routeOf, held = item }: { content?: Buffer; routeOf?: (to: Mailbox) => string; held?: typeof item } = {},
) {
  const path = join(scratchDirectory(t, 'held'), 'message');
  writeFileSync(path, content);
  const sent: Sent[] = [];
  const released = await releaseItem(held, held.recipients, () => createReadStream(path) as AsyncIterable<Buffer>, {
    delivery: {
      deliver: async (request) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request.content.chunks()) chunks.push(chunk);
        sent.push({ request, content: Buffer.concat(chunks) });
        return answer(request);
      },
    },
    routeOf: (input) => ({ key: routeOf?.(input.to) ?? 'hub', address: { kind: 'smtp', host: '127.0.0.1', port: 25 } }),
  });
  return { released, sent };
}
const delivered: DeliveryOutcome = { kind: 'delivered', hubReply: yes, queueId: null };
const mixed =
  (at: 'rcpt' | 'dot', answers: readonly Reply[]) =>
  ({ recipients }: DeliveryRequest): DeliveryOutcome => ({
    kind: 'mixed',
    at,
    perRecipient: recipients.map((to, index) => ({ to, hubReply: answers[index] ?? yes })),
  });

test('the bytes and the envelope are those of the arrival, behind its trace line', async (t) => {
  const { released, sent } = await release(t, () => delivered);
  assert.deepEqual([released.left, released.delivered.length], [[], 2]);
  assert.equal(sent.length, 1);
  const [one] = sent;
  assert.equal(
    createHash('sha256')
      .update(one?.content ?? '')
      .digest('hex'),
    item.sha256,
  );
  assert.deepEqual(
    [one?.request.from, one?.request.reference, one?.request.prependedHeaders, one?.request.parameters, one?.request.handover],
    [item.from, item.reference, item.prependedHeaders, item.parameters, item.handover],
  );
});

test('LMTP: who was refused stays, who was served does not', async (t) => {
  const { released, sent } = await release(t, mixed('dot', [yes, no]));
  assert.deepEqual([released.delivered, released.left], [[anna], [{ to: otto, why: '550 5.1.1 No such user', isFinal: true }]]);
  assert.equal(sent.length, 1);
});

test('a next hop that knows only one of them: the other is served alone', async (t) => {
  const { released, sent } = await release(t, (request) => (request.recipients.length === 2 ? mixed('rcpt', [no, yes])(request) : delivered));
  assert.deepEqual([released.delivered, released.left], [[otto], [{ to: anna, why: '550 5.1.1 No such user', isFinal: true }]]);
  assert.deepEqual(
    sent.map(({ request }) => request.recipients.length),
    [2, 1],
  );
});

const troubles: readonly [outcome: DeliveryOutcome, why: RegExp][] = [
  [{ kind: 'refused', hubReply: no, at: 'dot' }, /^550 5\.1\.1 No such user$/],
  [{ kind: 'unavailable', why: 'connect ECONNREFUSED' }, /^connect ECONNREFUSED$/],
  [{ kind: 'ambiguous', why: 'connection lost' }, /^connection lost; it may have been delivered$/],
];
for (const [outcome, why] of troubles) {
  test(`${outcome.kind}: nobody has it, and the operator reads why`, async (t) => {
    const { released } = await release(t, () => outcome);
    assert.deepEqual([released.delivered, released.isUncertain], [[], outcome.kind === 'ambiguous']);
    for (const left of released.left) assert.match(left.why, why);
    assert.ok(
      released.left.every(({ isFinal }) => isFinal === (outcome.kind === 'refused')),
      'what may go well tomorrow is not for good',
    );
    assert.equal(released.left.length, 2);
  });
}

test('customers who have moved since are served where they are now, each route by itself', async (t) => {
  const { released, sent } = await release(t, ({ route }) => (route.key === 'hub' ? delivered : { kind: 'unavailable', why: 'down' }), {
    routeOf: ({ localPart }) => (localPart === 'anna' ? 'hub' : 'customer.example'),
  });
  assert.deepEqual([released.delivered, released.left], [[anna], [{ to: otto, why: 'down', isFinal: false }]]);
  assert.equal(sent.length, 2);
});

test('a message that lost a byte on the disk does not go out as if it were whole', async (t) => {
  await assert.rejects(
    release(t, () => delivered, { content: wireMessage.subarray(1) }),
    /the file is damaged/,
  );
});

test('what its sender wanted to be told does not keep it from a next hop that cannot tell', async (t) => {
  const noDsn: DeliveryOutcome = { kind: 'refused', hubReply: reply(451, '4.3.3', 'Delivery status notifications cannot be asked for'), at: 'mail' };
  const wishing = {
    ...item,
    parameters: { ...item.parameters, ret: 'HDRS', envid: 'x' },
    recipients: [{ ...anna, notify: 'FAILURE', orcpt: 'rfc822;anna' }],
  } as const;
  const wishes = ({ parameters: { ret, envid }, recipients: [to] }: DeliveryRequest): readonly unknown[] => [ret, envid, to?.notify, to?.orcpt];
  const { released, sent } = await release(t, (request) => (wishes(request).some((wish) => wish !== undefined) ? noDsn : delivered), { held: wishing });
  assert.deepEqual(
    released.delivered.map(({ text }) => text),
    [anna.text],
  );
  assert.deepEqual(
    sent.map(({ request }) => wishes(request)),
    [
      ['HDRS', 'x', 'FAILURE', 'rfc822;anna'],
      [undefined, undefined, undefined, undefined],
    ],
  );
});
