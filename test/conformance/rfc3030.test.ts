// RFC 3030, CHUNKING: BDAT against the real gateway. BINARYMIME is not offered.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { conforms, conformsInTime } from '../harness/conformance.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  config: {
    hub: { verifyRecipients: false },
    limits: { messagesPerSession: 100_000, message: '8 KiB', header: '2 KiB', errorsBeforeDelay: 100, errors: 100, junkCommands: 20 },
    timeouts: { data: '1s' },
  },
});

const begun = `
  C: EHLO client.example
  S: 250
  C: MAIL FROM:<x@sender.example>
  S: 250
  C: RCPT TO:<anna@hub.example>
  S: 250`;

/** What the hub was given last, without our lines in front, dots taken away by the letter of RFC 5321 4.5.2. */
function delivered(): string {
  const wire = hub.messages.pop()?.data.toString('latin1') ?? '';
  const ours = /^Received: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*/.exec(wire)?.[0] ?? '';
  return wire.slice(ours.length).replace(/^\./gm, '');
}

const got = (content: string) => (): void => assert.equal(delivered(), content);
const gotNothing = (): void => assert.equal(hub.messages.length, 0);

conforms('RFC 3030', gateway, [
  {
    section: '2',
    says: 'EHLO announces CHUNKING without a parameter, and no BINARYMIME',
    dialogue: 'C: EHLO client.example\nS: 250 CHUNKING',
    afterwards: (client) => {
      assert.match(client.received, /^250[- ]CHUNKING\r$/m);
      assert.doesNotMatch(client.received, /BINARYMIME/);
    },
  },
  {
    section: '2',
    says: 'one chunk that is the last',
    dialogue: `${begun}\nC: BDAT 14 LAST\nD: Subject: a\\r\\n\\r\\n\nS: 250 2.0.0 Delivered`,
    afterwards: got('Subject: a\r\n\r\n'),
  },
  {
    section: '2',
    says: 'each chunk is answered, and chunks may be cut anywhere',
    dialogue: `${begun}\nC: BDAT 11\nD: Subject: a\\r\nS: 250 2.0.0 11 octets\nC: BDAT 2\nD: \\n\\r\nS: 250\nC: BDAT 2 LAST\nD: \\nb\nS: 250 2.0.0 Delivered`,
    afterwards: got('Subject: a\r\n\r\nb\r\n'),
  },
  {
    section: '2',
    says: 'BDAT 0 LAST ends a message',
    dialogue: `${begun}\nC: BDAT 6\nD: a: b\\r\\n\nS: 250\nC: BDAT 0 LAST\nS: 250 2.0.0 Delivered`,
    afterwards: got('a: b\r\n'),
  },
  { section: '2', says: 'a message may have no octets at all', dialogue: `${begun}\nC: BDAT 0 LAST\nS: 250 2.0.0 Delivered`, afterwards: got('') },
  {
    section: '2',
    says: 'octets are content, whatever they look like: the end of DATA in them ends nothing',
    dialogue:
      `${begun}\nC: BDAT 25 LAST\nD: a: b\\r\\n\\r\\n.\\r\\nMAIL FROM:<>\\r\\n`.replace('25', String('a: b\r\n\r\n.\r\nMAIL FROM:<>\r\n'.length)) +
      '\nS: 250 2.0.0 Delivered',
    afterwards: got('a: b\r\n\r\n.\r\nMAIL FROM:<>\r\n'),
  },
  {
    section: '2',
    says: 'DATA behind BDAT is 503; RSET makes both free again',
    dialogue: `${begun}\nC: BDAT 3\nD: a\\r\\n\nS: 250\nC: DATA\nS: 503\nC: RSET\nS: 250${begun.replace(/.*EHLO.*\n.*\n/, '')}\nC: DATA\nS: 354\nC: a: b\nC: .\nS: 250`,
    afterwards: got('a: b\r\n'),
  },
  {
    section: '2',
    says: 'RSET forgets what chunks have brought',
    dialogue: `${begun}\nC: BDAT 5\nD: old\\r\\n\nS: 250\nC: RSET\nS: 250${begun}\nC: BDAT 5 LAST\nD: new\\r\\n\nS: 250 2.0.0 Delivered`,
    afterwards: got('new\r\n'),
  },
  {
    section: '2',
    says: 'so does EHLO',
    dialogue: `${begun}\nC: BDAT 5\nD: old\\r\\n\nS: 250${begun}\nC: BDAT 5 LAST\nD: new\\r\\n\nS: 250 2.0.0 Delivered`,
    afterwards: got('new\r\n'),
  },
  {
    section: '2',
    says: 'BDAT without a transaction is refused when its octets are read',
    dialogue: 'C: EHLO client.example\nS: 250\nC: BDAT 6 LAST\nD: QUIT\\r\\n\nS: 503\nC: NOOP\nS: 250',
    afterwards: gotNothing,
  },
  { section: '2', says: 'also before EHLO', dialogue: 'C: BDAT 6 LAST\nD: QUIT\\r\\n\nS: 503\nC: EHLO client.example\nS: 250' },
  {
    section: '2 and RFC 5321 3.3',
    says: 'BDAT without a recipient that was taken is 554',
    dialogue:
      'C: EHLO client.example\nS: 250\nC: MAIL FROM:<x@sender.example>\nS: 250\nC: RCPT TO:<u@far.example>\nS: 55\nC: BDAT 6 LAST\nD: QUIT\\r\\n\nS: 554\nC: NOOP\nS: 250',
  },
  {
    section: '2',
    says: 'a chunk too big is read to its end and answered 552; chunks behind it are read and refused until RSET',
    dialogue: `${begun}\nC: BDAT 10000\nD: ${'x'.repeat(10_000)}\nS: 552 5.3.4\nC: BDAT 6\nD: QUIT\\r\\n\nS: 503\nC: BDAT 6 LAST\nD: QUIT\\r\\n\nS: 503\nC: DATA\nS: 503\nC: RSET\nS: 250${begun}\nC: BDAT 6 LAST\nD: a: b\\r\\n\nS: 250 2.0.0 Delivered`,
    afterwards: got('a: b\r\n'),
  },
  {
    section: '2',
    says: 'chunks that are too big together are refused at the one that goes too far',
    dialogue: `${begun}\nC: BDAT 6000\nD: ${'x'.repeat(6000)}\nS: 250\nC: BDAT 6000 LAST\nD: ${'x'.repeat(6000)}\nS: 552 5.3.4`,
    afterwards: gotNothing,
  },
  {
    section: '2',
    says: 'a header too long is refused at the end, as with DATA',
    dialogue: `${begun}\nC: BDAT 3000 LAST\nD: ${'x: y\\r\\n'.repeat(500)}\nS: 552 5.3.4 Message header`,
    afterwards: gotNothing,
  },
  {
    section: '2',
    says: 'a size nobody understands ends the session: its octets could not be told from commands',
    dialogue: `${begun}\nC: BDAT 1e3 LAST\nS: 501`,
    afterwards: async (client) => assert.equal(await client.closed, 'end'),
  },
  {
    section: '4.2',
    says: 'a whole message in one packet, chunks pipelined, each answered in order',
    dialogue: `D: EHLO c.example\\r\\nMAIL FROM:<x@sender.example>\\r\\nRCPT TO:<anna@hub.example>\\r\\nBDAT 6\\r\\na: b\\r\\nBDAT 2\\r\\n\\r\\nBDAT 3 LAST\\r\\nhi!NOOP\\r\\n\nS: 250\nS: 250\nS: 250\nS: 250 2.0.0 6 octets\nS: 250 2.0.0 2 octets\nS: 250 2.0.0 Delivered\nS: 250 2.0.0`,
    afterwards: got('a: b\r\n\r\nhi!\r\n'),
  },
  {
    section: '4.2',
    says: 'chunks in the pipe behind one that failed are thrown away, and the next message is whole',
    dialogue: `${begun}\nD: BDAT 9000\\r\\n${'x'.repeat(9000)}BDAT 6\\r\\nQUIT\\r\\nBDAT 6 LAST\\r\\nQUIT\\r\\nRSET\\r\\nNOOP\\r\\n\nS: 552\nS: 503\nS: 503\nS: 250\nS: 250`,
    afterwards: gotNothing,
  },
  {
    section: '2 and L6',
    says: 'chunks without octets lead nowhere, and there is a limit to that',
    dialogue: `${begun}\n${'C: BDAT 0\nS: 250\n'.repeat(20)}C: BDAT 0\nS: 421 4.7.0`,
    afterwards: gotNothing,
  },
]);

conformsInTime('RFC 3030', gateway, [
  {
    section: '2 and L6',
    says: 'a chunk that does not come is waited for as long as content is',
    dialogue: `${begun}\nC: BDAT 100 LAST\nD: a: b\nS: 421 4.4.2 The content came too slowly`,
    afterwards: gotNothing,
  },
  {
    section: '2 and L6',
    says: 'nor is the next chunk waited for longer',
    dialogue: `${begun}\nC: BDAT 6\nD: a: b\\r\\n\nS: 250\nS: 421 4.4.2`,
    afterwards: gotNothing,
  },
  {
    section: '2 and L6',
    says: 'octets of a refused chunk have the same floor',
    dialogue: `C: EHLO client.example\nS: 250\nC: BDAT 100 LAST\nD: a: b\nS: 421 4.4.2`,
  },
  {
    section: '2 and L6',
    says: 'a chunk far beyond the limit is not read to its end',
    dialogue: `${begun}\nC: BDAT 99999999999999999999 LAST\nD: ${'x'.repeat(90_000)}\nS: 421 4.3.4`,
    afterwards: gotNothing,
  },
]);

/** All octets; more of those that matter than chance would give. */
const octet = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 255 }) }, { weight: 3, arbitrary: fc.constantFrom(0x2e, 0x00, 0x0d, 0x0a) });
const line = fc.array(octet, { maxLength: 30 }).map((octets) => Buffer.from(octets));
const clean = fc
  .array(line, { maxLength: 20 })
  .map((lines) => Buffer.from(lines.map((one) => `${one.toString('latin1').replace(/[\r\n]/g, '')}\r\n`).join(''), 'latin1'));
const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

test('any content with clean line ends, in any chunks and any packets, arrives octet for octet', async (t) => {
  const client = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.2' });
  const cuts = fc.array(fc.nat(600), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(clean, cuts, cuts, fc.boolean(), async (body, chunkCuts, packetCuts, endsEmpty) => {
      const content = Buffer.concat([Buffer.from('Subject: any\r\n\r\n'), body]);
      const pieces = cutAt(content, chunkCuts);
      const chunks = endsEmpty ? [...pieces, Buffer.alloc(0)] : pieces;
      const stream = Buffer.concat([
        Buffer.from('MAIL FROM:<x@sender.example> BODY=8BITMIME\r\nRCPT TO:<anna@hub.example>\r\n'),
        ...chunks.flatMap((chunk, i) => [Buffer.from(`BDAT ${chunk.length}${i === chunks.length - 1 ? ' LAST' : ''}\r\n`), chunk]),
      ]);
      await client.sendPieces(cutAt(stream, packetCuts));
      for (let i = 0; i < chunks.length + 2; i++) assert.equal((await client.reply()).code, 250);
      const arrived = delivered();
      assert.equal(sha256(arrived), sha256(content.toString('latin1')), JSON.stringify([content.toString('latin1'), arrived]));
    }),
    { numRuns: 200 },
  );
});

function cutAt(octets: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (octets.length + 1)))].sort((one, other) => one - other);
  return [...sorted, octets.length].map((place, i) => octets.subarray(sorted[i - 1] ?? 0, place));
}
