import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryRequest, type RequestParts } from '../../../test/harness/delivery-request.ts';
import { contentOf, mailboxOf } from '../../../test/harness/policy-inputs.ts';
import type { DeliveryOutcome } from '../../model/delivery.ts';
import type { EventBody } from '../../model/events.ts';
import { reply } from '../../model/reply.ts';
import type { SpoolOutcome, SpoolRequest } from '../../model/spool.ts';
import { deliverOrSpool } from './spooling.ts';

const route = { key: 'hub', address: { kind: 'smtp', host: '127.0.0.1', port: 25 } } as const;
const away: DeliveryOutcome = { kind: 'unavailable', why: 'connection refused' };
const delivered: DeliveryOutcome = { kind: 'delivered', hubReply: reply(250, '2.0.0', 'Ok'), queueId: null };

interface Scene {
  readonly hub?: DeliveryOutcome;
  readonly disk?: SpoolOutcome;
  readonly isQueueing?: boolean;
  readonly isSorted?: boolean;
  readonly isFor?: boolean;
  readonly hasSpool?: boolean;
  readonly request?: Partial<RequestParts>;
  readonly sender?: string;
  readonly user?: string;
  /** Who has it from an earlier try. */
  readonly served?: string;
}

/** Sends one message; only known@hub.example is known at the hub. */
async function send({ hub = away, disk = { kind: 'spooled', expiresAt: 1 }, request = {}, sender, user, served, ...scene }: Scene) {
  const kept: SpoolRequest[] = [];
  const events: EventBody[] = [];
  let asked = 0;
  const made = deliveryRequest({ route, to: ['known@hub.example'], ...request });
  const whole = user === undefined ? made : { ...made, handover: { ...made.handover, user } };
  const sent = await deliverOrSpool({
    session: 's',
    request: whole,
    unserved: { ...whole, recipients: whole.recipients.filter(({ text }) => text !== served) },
    sender: sender === undefined ? made.from : mailboxOf(sender),
    summary: contentOf(),
    proven: 'spf',
    services: {
      delivery: {
        deliver: () => {
          asked += 1;
          return Promise.resolve(hub);
        },
        probe: () => Promise.reject(new Error('nobody is probed here')),
        abilities: () => null,
      },
      spool:
        scene.hasSpool === false
          ? null
          : {
              keep: (message) => {
                kept.push(message);
                return Promise.resolve(disk);
              },
              isFor: () => scene.isFor ?? true,
              isSorted: () => scene.isSorted ?? false,
              isVerified: (_route, { localPart }) => localPart === 'known',
              isQueueing: () => scene.isQueueing ?? false,
            },
      record: (event) => void events.push(event),
    },
  });
  return { sent, kept, events, asked, code: 'reply' in sent ? sent.reply.code : null };
}

const cases: readonly [why: string, scene: Scene, kind: string, code: number | null][] = [
  ['a hub that is there gets it', { hub: delivered }, 'delivered', null],
  ['a hub that is away: a verified recipient waits', {}, 'spooled', 250],
  [
    'one recipient nobody knows, and none waits: a 250 could end as a bounce',
    { request: { to: ['known@hub.example', 'new@hub.example'] } },
    'unavailable',
    null,
  ],
  ["a user's mail to anyone waits", { request: { to: ['new@elsewhere.example'] }, user: 'ann' }, 'spooled', 250],
  ['another route than those of the spool', { isFor: false }, 'unavailable', null],
  ['no spool', { hasSpool: false }, 'unavailable', null],
  ['a connection lost after the dot is the client to try again: the hub may have it', { hub: { kind: 'ambiguous', why: 'lost' } }, 'ambiguous', null],
  [
    'REQUIRETLS promises what nobody can keep later',
    { request: { parameters: { size: null, body: null, smtputf8: false, auth: null, requireTls: true } } },
    'unavailable',
    null,
  ],
  ['a full disk: 452', { disk: { kind: 'full', why: 'the disk' } }, 'spool-full', 452],
  ['a disk that failed: 451, nothing was acknowledged', { disk: { kind: 'failed', why: 'EIO' } }, 'spool-failed', 451],
];
for (const [why, scene, kind, code] of cases)
  test(why, async () => {
    const { sent, code: said, events } = await send(scene);
    assert.deepEqual([sent.kind, said], [kind, code]);
    assert.equal(events.length, kind === 'spooled' ? 1 : 0);
  });

test('under load it waits without the hub being asked; where there is no room, the hub is asked after all', async () => {
  assert.equal((await send({ isQueueing: true, hub: delivered })).asked, 0);
  const full = await send({ isQueueing: true, hub: delivered, disk: { kind: 'full', why: 'the disk' } });
  assert.deepEqual([full.sent.kind, full.asked], ['delivered', 1]);
});

const classes: readonly [header: string, expected: string][] = [
  ['From: ann@x.example', 'person'],
  ['List-Id: <news.example>', 'bulk'],
  ['Auto-Submitted: auto-generated', 'automatic'],
];
for (const [header, expected] of classes)
  test(`emergency intake: ${header} is ${expected}`, async () => {
    const { kept } = await send({ isSorted: true, request: { content: `${header}\r\nSubject: x\r\n\r\nhello\r\n` } });
    assert.equal(kept[0]?.class, expected);
  });

test('who wrote it is kept and recorded without the tag that the next hop sees', async () => {
  const { kept, events } = await send({ request: { from: 'prvs=0123abcdef=ann@hub.example' }, sender: 'ann@hub.example', user: 'ann' });
  assert.deepEqual([kept[0]?.sender?.text, kept[0]?.request.from?.text], ['ann@hub.example', 'prvs=0123abcdef=ann@hub.example']);
  assert.equal(events[0]?.type === 'message-spooled' && events[0].from, 'ann@hub.example');
});

test('who has it from an earlier try does not wait for it again', async () => {
  const { kept, code } = await send({ request: { to: ['known@hub.example', 'served@hub.example'] }, served: 'served@hub.example' });
  assert.deepEqual([kept.map(({ request }) => request.recipients.map(({ text }) => text)), code], [[['known@hub.example']], 250]);
  const all = await send({ hub: delivered, isQueueing: true, request: { to: ['served@hub.example'] }, served: 'served@hub.example' });
  assert.deepEqual([all.kept, all.sent.kind], [[], 'delivered'], 'what everybody has is answered as then');
});
