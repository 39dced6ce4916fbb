// A delivery status built at random is read back exactly: whatever its recipients, their spellings, the nesting, the encoding and the line ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { understand } from './understand.ts';

const actions = { failed: '5', delayed: '4', delivered: '2', relayed: '2', expanded: '2' } as const;
type Action = keyof typeof actions;
const worstFirst = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;
const kinds = { failed: 'bounce', delayed: 'delayed', delivered: 'delivered', relayed: 'delivered', expanded: 'delivered' } as const;

interface Recipient {
  readonly address: string;
  readonly original: string | null;
  readonly action: Action;
  readonly detail: string;
  readonly spelling: (address: string) => string;
}

const atom = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const local = fc.oneof(
  atom,
  fc.tuple(atom, atom).map(([a, b]) => `${a}.${b}`),
  fc.tuple(atom, atom).map(([a, b]) => `${a}+${b}x`),
  fc.tuple(atom, atom).map(([a, b]) => `"${a} ${b}"`),
  atom.map((name) => `${name}'s`),
);
const domain = fc.oneof(
  fc.tuple(atom, atom).map(([a, b]) => `${a}.${b}.example`),
  fc.constant('[192.0.2.7]'),
);
const mailbox = fc.tuple(local, domain).map(([name, host]) => `${name}@${host}`);
const spelling = fc.constantFrom<Recipient['spelling'][]>(
  (address) => `rfc822;${address}`,
  (address) => `RFC822; <${address}>`,
  (address) => `rfc822; ${address} (known as other@comment.example)`,
  (address) => `rfc822;@route.example,@road.example:${address}`,
  (address) => address,
);
const recipient: fc.Arbitrary<Recipient> = fc.record({
  address: mailbox,
  original: fc.option(mailbox, { freq: 3 }),
  action: fc.constantFrom<Action[]>('failed', 'delayed', 'delivered', 'relayed', 'expanded'),
  detail: fc.constantFrom('1.1', '2.2', '4.1', '7.1', '0.0'),
  spelling,
});

const group = ({ address, original, action, detail, spelling: spelt }: Recipient): string =>
  [
    ...(original === null ? [] : [`Original-Recipient: ${spelt(original)}`]),
    `Final-Recipient: ${spelt(address)}`,
    `Action: ${action}`,
    `Status: ${actions[action]}.${detail}`,
    'Remote-MTA: dns; mx.example',
  ].join('\n');

const layout = fc.record({
  nesting: fc.nat(3),
  ending: fc.constantFrom('\n', '\r\n', '\r'),
  encoding: fc.constantFrom('7bit', 'base64', 'quoted-printable'),
  statusType: fc.constantFrom('message/delivery-status', 'Message/Delivery-Status; name=x', 'text/plain', 'application/octet-stream'),
  upper: fc.boolean(),
  hasWords: fc.boolean(),
  returned: fc.constantFrom('message/rfc822', 'text/rfc822-headers', null),
  statusFirst: fc.boolean(),
});
type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

const encoded = (text: string, encoding: string): string =>
  encoding === 'base64' ? Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n') : encoding === 'quoted-printable' ? text.replaceAll('=', '=3D') : text;

function messageOf(recipients: readonly Recipient[], { nesting, ending, encoding, statusType, upper, hasWords, returned, statusFirst }: Layout): Buffer {
  const status = `Reporting-MTA: dns; relay.example\nArrival-Date: Sat, 21 Nov 2026 10:00:00 +0000\n\n${recipients.map(group).join('\n\n')}\n`;
  const parts = [
    ...(hasWords ? ['Content-Type: text/plain\n\nYour message could not be delivered. For help write to somebody@else.example.\n'] : []),
    `Content-Type: ${statusType}\nContent-Transfer-Encoding: ${encoding}\n\n${encoded(status, encoding)}`,
    ...(returned === null
      ? []
      : [`Content-Type: ${returned}\n\nMessage-ID: <original@writer.example>\nFrom: author@writer.example\nTo: list@never-failed.example\nSubject: hello\n\n`]),
  ];
  const ordered = statusFirst ? parts.toReversed() : parts;
  let body = `Content-Type: multipart/report; report-type=delivery-status; boundary="b0"\n\n${ordered.map((part) => `--b0\n${part}\n`).join('')}--b0--\n`;
  for (let level = 1; level <= nesting; level++) body = `Content-Type: multipart/mixed; boundary="b${level}"\n\n--b${level}\n${body}\n--b${level}--\n`;
  const header = 'Return-Path: <>\nFrom: Mail Delivery System <mailer-daemon@relay.example>\nTo: author@writer.example\nSubject: Delivery report\n';
  const text = `${header}${body}`;
  const cased = upper ? text.replace(/^(?:[A-Z][A-Za-z]+-)*[A-Z][A-Za-z]+:/gm, (name) => name.toUpperCase()) : text;
  return Buffer.from(cased.replaceAll('\n', ending));
}

test('the worst action decides the kind; exactly its recipients are named, each once, and nobody else', () => {
  fc.assert(
    fc.property(fc.array(recipient, { minLength: 1, maxLength: 8 }), layout, (recipients, shape) => {
      const answer = understand(messageOf(recipients, shape));
      const worst = worstFirst.find((action) => recipients.some((one) => one.action === action)) ?? 'failed';
      assert.equal(answer.kind, kinds[worst], answer.evidence.join('; '));
      const telling = worst === 'failed' || worst === 'delayed' ? recipients.filter(({ action }) => action === worst) : [];
      const named = telling.flatMap(({ address, original }) => [...(original === null ? [] : [original]), address]);
      assert.deepEqual(answer.failedRecipients, [...new Set(named)]);
      if (telling[0] !== undefined) assert.equal(answer.status, `${actions[worst]}.${telling[0].detail}`);
    }),
    { numRuns: 400 },
  );
});

test('the original Message-ID is read wherever the returned header stands, and is null where nothing is returned', () => {
  fc.assert(
    fc.property(fc.array(recipient, { minLength: 1, maxLength: 3 }), layout, (recipients, shape) => {
      const answer = understand(messageOf(recipients, shape));
      assert.equal(answer.originalMessageId, shape.returned === null ? null : '<original@writer.example>');
    }),
    { numRuns: 200 },
  );
});
