import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf } from '../../../test/harness/delivery-request.ts';
import { clientOf, mailboxOf } from '../../../test/harness/policy-inputs.ts';
import type { LoadLevel } from '../../lib/load-level.ts';
import type { MessageToRead, SenderAuthentication } from '../../model/content-reading.ts';
import type { Content } from '../../model/delivery.ts';
import type { EventBody } from '../../model/events.ts';
import { createContentReader } from './reading-content.ts';

const wire = 'DKIM-Signature: v=1; d=shop.example; b=abcdefghijklmnopqrs\r\nFrom: a@shop.example\r\nSubject: Please confirm your subscription\r\n\r\nx\r\n';
const messageOf = (changes: Partial<MessageToRead> = {}): MessageToRead => ({
  session: 's',
  client: clientOf(),
  helo: 'mx.shop.example',
  user: null,
  from: mailboxOf('a@shop.example'),
  recipients: [mailboxOf('b@example.org')],
  content: contentOf(wire, 10),
  ...changes,
});

function readerOf({ level = 0, authentication = null as SenderAuthentication | null } = {}) {
  const events: EventBody[] = [];
  const reader = createContentReader({ key: { k0: 1, k1: 2 }, authentication, level: () => level as LoadLevel, record: (event) => void events.push(event) });
  return { reader, events };
}
const passing: SenderAuthentication = {
  prove: () =>
    Promise.resolve({ spf: 'pass', dmarc: 'pass', author: 'a@shop.example', dkim: [{ domain: 'shop.example', mark: 'abcdefghijklmnop', result: 'pass' }] }),
};
const inFile = (chunks: () => AsyncIterable<Buffer>): Content => ({ wireBytes: wire.length, sha256: '', chunks, dispose: () => undefined });

test('content in memory is read at once, nothing is awaited', () => {
  const traits = readerOf().reader.read(messageOf());
  assert.ok(traits !== null && !(traits instanceof Promise));
  assert.equal(traits.confirmation, 'confirm');
});

test('content in a file is read to the same end', async () => {
  const { reader } = readerOf();
  const content = inFile(async function* () {
    await Promise.resolve();
    yield Buffer.from(wire);
  });
  assert.deepEqual(await reader.read(messageOf({ content })), await reader.read(messageOf()));
});

test('under load there is no time for it', () => {
  assert.equal(readerOf({ level: 2 }).reader.read(messageOf()), null);
  assert.notEqual(readerOf({ level: 1 }).reader.read(messageOf()), null);
});

test('the proof of a sender from outside stands in the traits; insiders, users and relays are not asked for one', async () => {
  const { reader } = readerOf({ authentication: passing });
  const traits = await reader.read(messageOf());
  assert.deepEqual(
    [traits?.spf, traits?.dmarc, traits?.provenAuthor, traits?.signatures],
    ['pass', 'pass', 'a@shop.example', [{ domain: 'shop.example', mark: 'abcdefghijklmnop', result: 'pass' }]],
  );
  for (const changes of [{ client: clientOf({ inside: true }) }, { client: clientOf({ role: 'submission' }) }, { user: 'bob' }])
    assert.equal((await reader.read(messageOf(changes)))?.spf, undefined);
});

test('what was too much to look up leaves the traits as they are', async () => {
  const { reader } = readerOf({ authentication: { prove: () => null } });
  const traits = await reader.read(messageOf());
  assert.deepEqual([traits?.spf, traits?.confirmation], [undefined, 'confirm']);
});

test('a fault is on record, and nothing is known', async () => {
  const { reader, events } = readerOf();
  const content = inFile(async function* () {
    await Promise.resolve();
    yield Buffer.from(wire);
    throw new Error('the disk is gone');
  });
  assert.equal(await reader.read(messageOf({ content })), null);
  assert.deepEqual(events, [{ type: 'content-unread', session: 's', ip: '203.0.113.7', why: 'the disk is gone' }]);
});
