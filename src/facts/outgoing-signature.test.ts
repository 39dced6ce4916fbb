import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounce } from '../../test/harness/bounce.ts';
import { dkimSigner } from '../../test/harness/dkim.ts';
import { mailboxOf } from '../../test/harness/policy-inputs.ts';
import type { Mailbox } from '../model/mailbox.ts';
import { understand } from '../wire/message/understand.ts';
import { claimsOurSignature, signatureProof } from './outgoing-signature.ts';
import { heldSignatures } from './sender-proof.ts';
import type { KeyLook } from './signature-key.ts';

const signer = dkimSigner();
const dayMs = 86_400_000;
const signedAt = Date.UTC(2026, 10, 20, 10);
const seconds = (ms: number): number => ms / 1000;
const letter = {
  header: [
    'From: Anna <anna@hub.example>',
    'To: bert@far.example',
    'Subject: Lunch',
    'Date: Fri, 20 Nov 2026 10:00:00 +0000',
    'Message-ID: <q@hub.example>',
  ].join('\r\n'),
  body: 'Shall we meet at noon?\r\n',
};
const signed = (tags = `t=${seconds(signedAt)}; `, changes: object = {}): string => signer.sign(letter, { domain: 'hub.example', tags, ...changes });
const headerOf = (message: string): string => message.slice(0, message.indexOf('\r\n\r\n'));
const whole = (message: string): Buffer => {
  const text = bounce({ to: 'anna@hub.example', failed: 'bert@far.example', returned: 'X: y' }).toString('latin1');
  return Buffer.from(
    text.replace('text/rfc822-headers\r\n\r\nX: y', () => `message/rfc822\r\n\r\n${message}`),
    'latin1',
  );
};
const headers = (message: string): Buffer => bounce({ to: 'anna@hub.example', failed: 'bert@far.example', returned: headerOf(message) });

interface Asked {
  readonly to?: Mailbox;
  readonly atMs?: number;
  readonly key?: KeyLook;
}
const ours = new Set(['hub.example']);
const prove = (content: Buffer, { to = mailboxOf('anna@hub.example'), atMs = signedAt + dayMs, key = { kind: 'known', record: signer.record } }: Asked = {}) =>
  signatureProof({
    report: { text: content.toString('latin1'), recipients: [to] },
    ours,
    atMs,
    verify: (message) => heldSignatures(message, ours, () => Promise.resolve(key)),
  });

test('a whole message of ours is proven, and its header alone where only that came back', async () => {
  assert.equal(await prove(whole(signed())), 'signature');
  assert.equal(await prove(headers(signed())), 'signed-header');
  assert.equal(await prove(whole(signed().replace('at noon', 'at'))), 'signed-header', 'a body cut short does not unsay the header');
});

test('a trace line on top and a server’s own fields change nothing', async () => {
  const passed = `Return-Path: <anna@hub.example>\r\nReceived: from mx.hub.example by mx.far.example; Fri, 20 Nov 2026 10:00:01 +0000\r\n${signed()}`;
  assert.equal(await prove(headers(passed)), 'signed-header');
});

for (const [why, message] of [
  ['a changed subject', () => signed().replace('Subject: Lunch', 'Subject: Pills')],
  ['a signature of another domain', () => signed(undefined, { domain: 'far.example' })],
  ['a signature of nobody', () => signed().replace(/b=[^;\r]{20}(?=[^;]*\r\nFrom)/, 'b=AAAAAAAAAAAAAAAAAAAA')],
  ['a signature without any time, which would prove for ever', () => signed('', { signs: ['from', 'subject'] })],
] as const)
  test(`proves nothing: ${why}`, async () => assert.equal(await prove(headers(message())), null));

test('a key of somebody else, a key that is not there, and DNS that does not answer', async () => {
  assert.equal(await prove(headers(signed()), { key: { kind: 'known', record: dkimSigner().record } }), null);
  assert.equal(await prove(headers(signed()), { key: { kind: 'absent' } }), null);
  assert.equal(await prove(headers(signed()), { key: { kind: 'unknown' } }), 'unsure', 'an outage must not look like a forger');
});

test('an old letter proves for fourteen days, by its time or by its signed date; one from the future never', async () => {
  assert.equal(await prove(headers(signed()), { atMs: signedAt + 14 * dayMs }), 'signed-header');
  assert.equal(await prove(headers(signed()), { atMs: signedAt + 14 * dayMs + 1000 }), null);
  assert.equal(await prove(headers(signed('')), { atMs: signedAt + 14 * dayMs }), 'signed-header');
  assert.equal(await prove(headers(signed('')), { atMs: signedAt + 15 * dayMs }), null);
  assert.equal(await prove(headers(signed()), { atMs: signedAt - 2 * 3_600_000 }), null);
});

test('a signature that has expired proves nothing', async () => {
  const tags = `t=${seconds(signedAt)}; x=${seconds(signedAt + 2 * dayMs)}; `;
  assert.equal(await prove(headers(signed(tags)), { atMs: signedAt + dayMs }), 'signed-header');
  assert.equal(await prove(headers(signed(tags)), { atMs: signedAt + 3 * dayMs }), null);
});

test('Anna’s letter proves nothing for Bert, whatever unsigned fields say', async () => {
  const bert = mailboxOf('bert@hub.example');
  assert.equal(await prove(headers(signed()), { to: bert }), null);
  assert.equal(await prove(headers(`Sender: bert@hub.example\r\nFrom: bert@hub.example\r\n${signed()}`), { to: bert }), null);
});

test('only what claims to be signed by us is looked at', () => {
  const claims = (content: Buffer): boolean => claimsOurSignature({ understanding: understand(content) }, ours);
  assert.equal(claims(headers(signed())), true);
  assert.equal(claims(headers(signed(undefined, { domain: 'sub.hub.example' }))), false);
  assert.equal(claims(headers(letter.header)), false);
});
