import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf, deliveryRequest, mailbox } from '../../test/harness/delivery-request.ts';
import { configOf } from '../../test/harness/policy-inputs.ts';
import type { Config } from '../config/options.ts';
import type { SpoolEnvelope, SpoolOutcome, SpoolRequest } from '../model/spool.ts';
import { createSpoolReports } from './spool-reports.ts';

const route = { key: 'hub', address: { kind: 'smtp', host: '127.0.0.1', port: 25 } } as const;

function envelopeFrom(from: string | null, id = '1M7YNPXHV1000-3'): SpoolEnvelope {
  const { handover, parameters, recipients, prependedHeaders, from: sender } = deliveryRequest({ route, from, content: contentOf('x') });
  const about = {
    id,
    session: '1M7YNPXHV1000',
    queuedAt: 0,
    expiresAt: 1,
    class: 'person',
    why: 'away',
    subject: null,
    messageId: '<1@there.example>',
  } as const;
  return { format: 1, ...about, from: sender, handover, parameters, recipients, prependedHeaders, route: 'hub', wireBytes: 1, sha256: '', proven: 'spf' };
}

function teller({ outcome = { kind: 'spooled', expiresAt: 1 }, config = configOf() }: { readonly outcome?: SpoolOutcome; readonly config?: Config } = {}) {
  const sent: SpoolRequest[] = [];
  const clock = { ms: 1000 };
  let number = 0;
  const keep = (request: SpoolRequest): Promise<SpoolOutcome> => {
    sent.push(request);
    return Promise.resolve(outcome);
  };
  const tell = createSpoolReports({
    config: () => config,
    place: { keep },
    post: { newId: () => `1M7YNPXHV1001-${(number += 1)}` },
    now: () => clock.ms,
  });
  const about = (from: string | null) =>
    tell({ envelope: envelopeFrom(from), header: 'Subject: Hello\r\n', failed: [{ to: mailbox('ann@hub.example'), why: '550 5.1.1 No such user' }] });
  /** Of mail that an authenticated user sent, under a tag of ours where it has one. */
  const ofUser = (user: string, sender: string, from = sender) => {
    const envelope = envelopeFrom(from);
    return tell({
      envelope: { ...envelope, sender: mailbox(sender), handover: { ...envelope.handover, user } },
      header: 'Subject: Hello\r\n',
      failed: [{ to: mailbox('ann@far.example'), why: '550 5.1.1 No such user' }],
    });
  };
  return { sent, clock, about, ofUser };
}

test('a report goes to the author alone, with the null sender, and waits in the spool as other mail does', async () => {
  const { sent, about } = teller();
  assert.equal(await about('X@There.example'), 'spf');
  const [{ request, class: ofClass }] = sent as [SpoolRequest];
  assert.deepEqual([request.from, request.recipients.map(({ text }) => text), request.route.key, ofClass], [null, ['X@There.example'], 'hub', 'automatic']);
  let wire = '';
  for await (const chunk of request.content.chunks()) wire += chunk.toString();
  assert.match(wire, /^To: <X@There\.example>\r$/m);
});

test('one author hears of five at once and then of one an hour; others are not his debt', async () => {
  const { sent, clock, about } = teller();
  const told: string[] = [];
  for (let each = 0; each < 7; each += 1) told.push(await about(each % 2 === 0 ? 'x@there.example' : 'X@there.example'));
  assert.deepEqual(told, ['spf', 'spf', 'spf', 'spf', 'spf', 'too-many', 'too-many']);
  assert.equal(await about('y@there.example'), 'spf');
  clock.ms += 3_600_000;
  assert.equal(await about('x@there.example'), 'spf');
  assert.equal(sent.length, 7);
});

test('a domain that lets everybody send as it is not flooded through us, and a million authors take no memory', async () => {
  const { sent, about } = teller();
  for (let each = 0; each < 1000; each += 1) await about(`victim${each}@open.example`);
  assert.equal(sent.length, 100);
});

test('an address that is not ASCII, and a spool that is full: nobody is told, and it is said', async () => {
  assert.equal(await teller().about('späth@there.example'), 'failed');
  assert.equal(await teller({ outcome: { kind: 'full', why: 'spool.maxMessages is reached' } }).about('x@there.example'), 'failed');
});

test('never means nobody', async () => {
  const usual = configOf();
  const { sent, about } = teller({ config: { ...usual, spool: { ...usual.spool, reports: 'never' } } });
  assert.equal(await about('x@there.example'), 'never');
  assert.equal(sent.length, 0);
});

test('a user of ours hears at his own address, without the tag that the next hop saw; the same name elsewhere may be somebody else', async () => {
  const { sent, ofUser } = teller();
  assert.equal(await ofUser('anna', 'anna@example.org', 'prvs=0123abcdef=anna@example.org'), 'user');
  assert.deepEqual(
    sent.map(({ request }) => request.recipients[0]?.text),
    ['anna@example.org'],
  );
  for (const elsewhere of ['anna@customer.example', 'anna@example.net']) assert.equal(await ofUser('anna', elsewhere), 'unproven');
  assert.equal(await ofUser('anna@customer.example', 'anna@customer.example'), 'user');
});
