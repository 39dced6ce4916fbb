// RFC 5321, the protocol itself: order and syntax of commands, replies, limits, the end of content. RFC 2920 (pipelining) with it.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { conforms } from '../harness/conformance.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';

const whole: Owner = { after };
const hub = await startFakeHub({ script: { RCPT: ({ line }) => (line.includes('nobody@') ? '550 5.1.1 No such user' : undefined) } });
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, { hub: `127.0.0.1:${hub.port}`, config: { limits: { errors: 100, errorsBeforeDelay: 100 } } });

const hello = 'C: EHLO client.example\nS: 250\n';
const mail = `${hello}C: MAIL FROM:<x@sender.example>\nS: 250\n`;
const rcpt = `${mail}C: RCPT TO:<anna@hub.example>\nS: 250\n`;
const last = (): string => hub.messages.pop()?.data.toString('latin1') ?? '';
const ends = (content: string) => (): void => assert.ok(last().endsWith(`\r\n${content}`), `the hub got ${content}`);
const recipientOf = (text: string) => (): void => assert.deepEqual(hub.messages.pop()?.recipients, [text]);

conforms('RFC 5321', gateway, [
  {
    section: '2.4',
    says: 'verbs and keywords are in any case, the local part keeps its own',
    dialogue:
      'C: ehlo client.example\nS: 250\nC: mail from:<X@Sender.Example>\nS: 250\nC: rCpT tO:<AnnA@Hub.Example>\nS: 250\nC: data\nS: 354\nC: a: case\nC: .\nS: 250',
    afterwards: recipientOf('<AnnA@Hub.Example>'),
  },
  {
    section: '3.1',
    says: 'the greeting names us',
    dialogue: 'C: NOOP\nS: 250',
    afterwards: (client) => assert.match(client.received, /^220 mx\.hub\.example ESMTP/),
  },
  {
    section: '3.3',
    says: 'MAIL, RCPT, DATA',
    dialogue: `${rcpt}C: DATA\nS: 354\nC: a: plain\nC:\nC: body\nC: .\nS: 250 2.0.0`,
    afterwards: ends('a: plain\r\n\r\nbody\r\n'),
  },
  {
    section: '3.3',
    says: 'a mistyped recipient is refused, the others are not',
    dialogue: `${rcpt}C: RCPT TO:<nobody@hub.example>\nS: 550 5.1.1\nC: DATA\nS: 354\nC: a: one of two\nC: .\nS: 250`,
    afterwards: recipientOf('<anna@hub.example>'),
  },
  { section: '3.3', says: 'DATA with no recipient taken is 554', dialogue: `${mail}C: RCPT TO:<nobody@hub.example>\nS: 550\nC: DATA\nS: 554` },
  { section: '3.5.3', says: 'VRFY neither confirms nor denies', dialogue: `${hello}C: VRFY anna\nS: 252` },
  {
    section: '3.6.1',
    says: 'a source route is understood and, being a relay trick, refused',
    dialogue: `${mail}C: RCPT TO:<@relay.example:anna@hub.example>\nS: 550 5.7.1`,
  },
  { section: '4.1.1.1', says: 'EHLO and HELO need a name', dialogue: 'C: EHLO\nS: 501\nC: HELO\nS: 501\nC: MAIL FROM:<x@sender.example>\nS: 503' },
  {
    section: '4.1.1.1',
    says: 'the answer to EHLO begins with our name, one keyword a line',
    dialogue: hello,
    afterwards: (client) => assert.match(client.received, /\r\n250-mx\.hub\.example\r\n(?:250-[A-Z0-9][A-Z0-9-]*(?: [^\r\n]+)?\r\n)+250 /),
  },
  {
    section: '4.1.1.1',
    says: 'HELO has one line',
    dialogue: 'C: HELO client.example\nS: 250',
    afterwards: (client) => assert.doesNotMatch(client.received, /250-/),
  },
  { section: '4.1.1.2', says: 'MAIL needs a path in brackets', dialogue: `${hello}C: MAIL FROM:x@sender.example\nS: 501 5.1.7` },
  {
    section: '4.1.1.4',
    says: 'content ends with CRLF.CRLF, dots doubled by the sender are single again (4.5.2)',
    dialogue: `${rcpt}C: DATA\nS: 354\nC: a: dots\nC:\nC: ..one\nC: ...\nC: .\nS: 250`,
    afterwards: ends('a: dots\r\n\r\n..one\r\n...\r\n'),
  },
  { section: '4.1.1.4', says: 'the first line may be the end already', dialogue: `${rcpt}C: DATA\nS: 354\nC: .\nS: 250` },
  {
    section: '4.1.1.5',
    says: 'RSET forgets sender and recipients, and takes no argument',
    dialogue: `${rcpt}C: RSET now\nS: 501\nC: RSET\nS: 250\nC: RCPT TO:<anna@hub.example>\nS: 503`,
  },
  { section: '4.1.1.8', says: 'HELP helps anywhere', dialogue: 'C: HELP\nS: 214' },
  {
    section: '4.1.1.9',
    says: 'NOOP does nothing, with an argument or without',
    dialogue: `${rcpt}C: NOOP\nS: 250\nC: NOOP of any kind\nS: 250\nC: DATA\nS: 354\nC: a: noop\nC: .\nS: 250`,
    afterwards: ends('a: noop\r\n'),
  },
  {
    section: '4.1.1.10',
    says: 'QUIT is answered before the end',
    dialogue: 'C: QUIT\nS: 221',
    afterwards: async (client) => assert.equal(await client.closed, 'end'),
  },
  { section: '4.1.1.11', says: 'a parameter nobody offered is 555', dialogue: `${hello}C: MAIL FROM:<x@sender.example> XNEW=1\nS: 555` },
  {
    section: '4.1.4',
    says: 'MAIL before EHLO, RCPT before MAIL, a second MAIL: 503',
    dialogue: `C: MAIL FROM:<x@sender.example>\nS: 503\n${hello}C: RCPT TO:<anna@hub.example>\nS: 503\nC: MAIL FROM:<x@sender.example>\nS: 250\nC: MAIL FROM:<y@sender.example>\nS: 503`,
  },
  { section: '4.1.4', says: 'EHLO again forgets the transaction', dialogue: `${rcpt}${hello}C: DATA\nS: 503` },
  { section: '4.2.4', says: 'an unknown verb is 500', dialogue: `${hello}C: SOML FROM:<x@sender.example>\nS: 500 5.5.2\nC: XYZZY\nS: 500` },
  {
    section: '4.5.1',
    says: 'postmaster without a domain',
    dialogue: `${mail}C: RCPT TO:<Postmaster>\nS: 250\nC: DATA\nS: 354\nC: a: postmaster\nC: .\nS: 250`,
    afterwards: recipientOf('<Postmaster>'),
  },
  {
    section: '4.5.3.1.1',
    says: 'a local part of 64 octets is taken, and a longer one too',
    dialogue: `${hello}C: MAIL FROM:<${'x'.repeat(64)}@sender.example>\nS: 250\nC: RSET\nS: 250\nC: MAIL FROM:<${'x'.repeat(200)}@sender.example>\nS: 250`,
  },
  {
    section: '4.5.3.1.3',
    says: 'a path of 256 octets is taken, of 257 not',
    dialogue: `${hello}C: MAIL FROM:<${'x'.repeat(239)}@sender.example>\nS: 250\nC: RSET\nS: 250\nC: MAIL FROM:<${'x'.repeat(240)}@sender.example>\nS: 501`,
  },
  { section: '4.5.3.1.4', says: 'a command line of 512 octets is taken', dialogue: `C: NOOP ${'x'.repeat(505)}\nS: 250` },
  {
    section: '4.5.3.1.6',
    says: 'a text line of 1000 octets is taken',
    dialogue: `${rcpt}C: DATA\nS: 354\nC: a: long line\nC:\nC: ${'x'.repeat(998)}\nC: .\nS: 250`,
    afterwards: ends(`${'x'.repeat(998)}\r\n`),
  },
  {
    section: '4.5.3.1.8',
    says: '100 recipients are taken, the next is 452 (4.5.3.1.10)',
    dialogue: `${mail}${Array.from({ length: 100 }, (_, i) => `C: RCPT TO:<u${i}@hub.example>\nS: 250`).join('\n')}\nC: RCPT TO:<more@hub.example>\nS: 452 4.5.3`,
  },
  {
    section: '4.5.5',
    says: 'the null sender',
    dialogue: `${hello}C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<anna@hub.example>\nS: 250\nC: DATA\nS: 354\nC: a: bounce\nC: .\nS: 250`,
    afterwards: () => assert.match(hub.messages.pop()?.from ?? '', /^<>/),
  },
  {
    section: '4.4',
    says: 'one Received line of ours in front, what came stays behind it',
    dialogue: `${rcpt}C: DATA\nS: 354\nC: Received: from far\nC: .\nS: 250`,
    afterwards: () => assert.match(last(), /^Received: from client\.example [^]*?\r\n\tby mx\.hub\.example with ESMTP [^]*?\r\nReceived: from far\r\n$/),
  },
  {
    section: '6.3',
    says: 'mail that goes round in circles is refused',
    dialogue: `${rcpt}C: DATA\nS: 354\n${'C: Received: from x by y; Fri, 21 Nov 2025 09:00:00 +0000\n'.repeat(51)}C: .\nS: 5`,
  },
]);

conforms('RFC 2920', gateway, [
  {
    section: '3.1',
    says: 'a group of commands in one packet, answered in order',
    dialogue: `${hello}D: MAIL FROM:<x@sender.example>\\r\\nRCPT TO:<anna@hub.example>\\r\\nRCPT TO:<nobody@hub.example>\\r\\nDATA\\r\\n\nS: 250\nS: 250\nS: 550\nS: 354\nC: a: pipelined\nC: .\nS: 250`,
    afterwards: ends('a: pipelined\r\n'),
  },
  {
    section: '3.1',
    says: 'content and the next transaction in one packet',
    dialogue: `${rcpt}C: DATA\nS: 354\nD: a: first\\r\\n.\\r\\nMAIL FROM:<y@sender.example>\\r\\nRCPT TO:<bert@hub.example>\\r\\nRSET\\r\\n\nS: 250\nS: 250\nS: 250\nS: 250`,
    afterwards: ends('a: first\r\n'),
  },
  {
    section: '3.1',
    says: 'DATA with no recipient taken: 554, and the lines behind it are commands',
    dialogue: `${hello}D: MAIL FROM:<x@sender.example>\\r\\nRCPT TO:<nobody@hub.example>\\r\\nDATA\\r\\nRSET\\r\\n\nS: 250\nS: 550\nS: 554\nS: 250`,
  },
  {
    section: '3.2',
    says: 'nothing that was sent is flushed, whatever its answer',
    dialogue: `${hello}D: BOGUS\\r\\nNOOP\\r\\nRCPT TO:<anna@hub.example>\\r\\nNOOP\\r\\n\nS: 500\nS: 250\nS: 503\nS: 250`,
  },
]);
