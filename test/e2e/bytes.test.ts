// What comes in with clean line ends goes out byte for byte, behind our own header lines (engineering 4.6): DKIM must survive us.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { unstuff } from '../../src/wire/smtp/dot-stuffing.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { onTheWire } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  config: { hub: { verifyRecipients: false }, limits: { messagesPerSession: 100_000 } },
});
const client = await SmtpClient.greet(whole, { port: gateway.port(), from: '127.0.0.2' });

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Our own lines in front: Received alone, folded. */
const ourLines = /^(?:Received: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)$/;

const loneDotAmongNuls = /(?:^|\n)(?:\0+\.\0*|\.\0+)\r\n/;

const contentOf = (wire: Buffer): Buffer => Buffer.concat([...unstuff([wire])]);

/** Sends a message and compares what the hub got. */
async function roundTrip(message: Buffer, cuts: readonly number[] = []): Promise<void> {
  await client.converse(`
    C: MAIL FROM:<x@sender.example> BODY=8BITMIME
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: DATA
    S: 354`);
  const wire = onTheWire(message);
  const places = [...new Set(cuts.map((cut) => cut % wire.length))].sort((one, other) => one - other);
  await client.sendPieces([...places, wire.length].map((place, index) => wire.subarray(places[index - 1] ?? 0, place)));
  const end = await client.reply();
  assert.equal(end.code, 250, end.text);
  const got = hub.messages.pop();
  assert.ok(got);
  // A lone dot among NULs may travel stuffed otherwise (content-decoder.ts): such a message is compared as a receiver reads it, all others as they travel.
  const asItIs = !loneDotAmongNuls.test(message.toString('latin1'));
  const [sent, arrived] = asItIs ? [wire.subarray(0, -3), got.data] : [contentOf(wire.subarray(0, -3)), contentOf(got.data)];
  const front = arrived.subarray(0, arrived.length - sent.length);
  assert.match(front.toString('latin1'), ourLines);
  assert.equal(sha256(arrived.subarray(front.length)), sha256(sent), 'byte for byte');
}

/** Any line: all bytes but CR and LF, with more dots, NULs and 8-bit than chance would give. */
const line = fc
  .array(fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 255 }) }, { weight: 2, arbitrary: fc.constantFrom(0x2e, 0x00, 0xff, 0x20, 0x09, 0x41) }), {
    maxLength: 40,
  })
  .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0d && byte !== 0x0a)));
const body = fc
  .array(fc.oneof(line, fc.constantFrom(Buffer.from('.'), Buffer.from('..'), Buffer.from(''), Buffer.from('. '), Buffer.from('From x'))), { maxLength: 30 })
  .map((lines) => Buffer.concat(lines.flatMap((one) => [one, Buffer.from('\r\n')])));

test('any body, cut into any packets, arrives as it was', async () => {
  await fc.assert(
    fc.asyncProperty(body, fc.array(fc.nat(2000), { maxLength: 3 }), (content, cuts) =>
      roundTrip(Buffer.concat([Buffer.from('Subject: any\r\n\r\n'), content]), cuts),
    ),
    { numRuns: 300 },
  );
});

const odd: readonly (readonly [title: string, message: Buffer])[] = [
  ['every byte that is no line end', Buffer.from([...Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 10 && byte !== 13), 13, 10])],
  ['an empty message', Buffer.from('\r\n')],
  ['no header at all', Buffer.from('\r\njust text\r\n')],
  ['a header and nothing else', Buffer.from('Subject: x\r\n')],
  ['a line of 10,000 bytes: not folded', Buffer.from(`Subject: x\r\n\r\n${'y'.repeat(10_000)}\r\n`)],
  ['a header line of 5,000 bytes', Buffer.from(`Subject: ${'y'.repeat(5000)}\r\n\r\nx\r\n`)],
  ['lines of dots', Buffer.from('Subject: x\r\n\r\n.\r\n..\r\n...\r\n.x\r\n')],
  ['foreign Received and X-headers', Buffer.from('Received: from a by b; now\r\nX-Any: 1\r\nSubject: x\r\n\r\nx\r\n')],
  ['blank lines at the end', Buffer.from('Subject: x\r\n\r\nx\r\n\r\n\r\n')],
  ['8-bit in the header', Buffer.from('Subject: gr\xfc\xdfe\r\n\r\nx\r\n', 'latin1')],
];
for (const [title, message] of odd) test(`byte for byte: ${title}`, () => roundTrip(message));

test('20 MB of random bytes, NUL and 8-bit, byte for byte', async () => {
  const bytes = randomBytes(20_000_000);
  // Random bytes hold bare line ends; those are another test's matter.
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === 10 || bytes[at] === 13) bytes[at] = 0;
  for (let at = 76; at < bytes.length - 1; at += 78) bytes.set([13, 10], at);
  bytes.set([13, 10], bytes.length - 2);
  await roundTrip(Buffer.concat([Buffer.from('Subject: big\r\n\r\n'), bytes]));
});
