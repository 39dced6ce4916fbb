// RFC 3207 (STARTTLS), RFC 4954 (AUTH) and RFC 6531 (SMTPUTF8) against the real gateway.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { conforms } from '../harness/conformance.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';

const whole: Owner = { after };
const [hub, asciiHub] = await Promise.all([startFakeHub(), startFakeHub({ capabilities: ['PIPELINING'] })]);
atEnd(whole, () => Promise.all([hub.close(), asciiHub.close()]).then(() => {}));
const config = { hub: { verifyRecipients: false }, limits: { authFailures: 10, errors: 100, errorsBeforeDelay: 100 } };
const [gateway, behindAscii] = await Promise.all([
  startGateway(whole, {
    hub: `127.0.0.1:${hub.port}`,
    tls: true,
    users: { anna: 'secret' },
    listeners: { mx: {}, submission: { role: 'submission' } },
    config,
  }),
  startGateway(whole, { hub: `127.0.0.1:${asciiHub.port}`, config }),
]);

const hello = 'C: EHLO client.example\nS: 250\n';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const [right, wrong] = [base64('\0anna\0secret'), base64('\0anna\0guess')];

conforms('RFC 3207', gateway, [
  { section: '4', says: 'STARTTLS is announced in clear', dialogue: 'C: EHLO client.example\nS: 250 STARTTLS' },
  { section: '4', says: 'it takes no parameter', dialogue: `${hello}C: STARTTLS now\nS: 501` },
  { section: '4', says: 'not in the middle of a transaction', dialogue: `${hello}C: MAIL FROM:<x@sender.example>\nS: 250\nC: STARTTLS\nS: 503` },
  { section: '4.2', says: 'all that was said before is forgotten', tls: true, dialogue: 'C: MAIL FROM:<x@sender.example>\nS: 503' },
  {
    section: '4.2',
    says: 'it is not announced again, nor taken',
    tls: true,
    dialogue: `${hello}C: STARTTLS\nS: 503`,
    afterwards: (client) => assert.doesNotMatch(client.received.slice(client.received.lastIndexOf('250-mx')), /STARTTLS/),
  },
  {
    section: '5',
    says: 'what is sent behind STARTTLS in clear is not believed',
    dialogue: `${hello}D: STARTTLS\\r\\nMAIL FROM:<x@sender.example>\\r\\n\nS: 554`,
  },
]);

conforms('RFC 4954', gateway, [
  {
    section: '4',
    says: 'no password in clear where TLS is to be had',
    listener: 'submission',
    dialogue: `${hello}C: AUTH PLAIN ${right}\nS: 538`,
    afterwards: (client) => assert.doesNotMatch(client.received, /250[- ]AUTH/),
  },
  { section: '4', says: 'under TLS with an initial response', listener: 'submission', tls: true, dialogue: `${hello}C: AUTH PLAIN ${right}\nS: 235 2.7.0` },
  { section: '4', says: 'without one', listener: 'submission', tls: true, dialogue: `${hello}C: AUTH PLAIN\nS: 334\nC: ${right}\nS: 235` },
  {
    section: '4',
    says: 'LOGIN asks twice',
    listener: 'submission',
    tls: true,
    dialogue: `${hello}C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: ${base64('anna')}\nS: 334 UGFzc3dvcmQ6\nC: ${base64('secret')}\nS: 235`,
  },
  {
    section: '4',
    says: 'an asterisk cancels, and a command follows',
    listener: 'submission',
    tls: true,
    dialogue: `${hello}C: AUTH PLAIN\nS: 334\nC: *\nS: 501\nC: NOOP\nS: 250`,
  },
  { section: '4', says: 'what is no base64 is 501', listener: 'submission', tls: true, dialogue: `${hello}C: AUTH PLAIN %%%\nS: 501 5.5.2` },
  { section: '4', says: 'once only', listener: 'submission', tls: true, dialogue: `${hello}C: AUTH PLAIN ${right}\nS: 235\nC: AUTH PLAIN ${right}\nS: 503` },
  { section: '4', says: 'not in a transaction', tls: true, dialogue: `${hello}C: MAIL FROM:<x@sender.example>\nS: 250\nC: AUTH PLAIN ${right}\nS: 503` },
  { section: '4', says: 'a mechanism nobody offered is 504', listener: 'submission', tls: true, dialogue: `${hello}C: AUTH GSSAPI\nS: 504` },
  { section: '4', says: 'not before EHLO', listener: 'submission', tls: true, dialogue: `C: AUTH PLAIN ${right}\nS: 503` },
  { section: '5', says: 'MAIL AUTH= is taken', tls: true, dialogue: `${hello}C: MAIL FROM:<x@sender.example> AUTH=e+3Dmc2@sender.example\nS: 250` },
  { section: '6', says: 'a wrong password is 535', listener: 'submission', tls: true, dialogue: `${hello}C: AUTH PLAIN ${wrong}\nS: 535 5.7.8` },
  {
    section: '6',
    says: 'mail without it is 530 where it is needed (RFC 6409 4.3)',
    listener: 'submission',
    tls: true,
    dialogue: `${hello}C: MAIL FROM:<x@sender.example>\nS: 530 5.7.0`,
  },
]);

conforms('RFC 6531', gateway, [
  {
    section: '3.1',
    says: 'SMTPUTF8 is announced without a parameter where the hub has it',
    dialogue: hello,
    afterwards: (client) => assert.match(client.received, /^250[- ]SMTPUTF8\r$/m),
  },
  {
    section: '3.3',
    says: 'addresses beyond ASCII go on as they came',
    dialogue: `${hello}C: MAIL FROM:<käthe@sender.example> SMTPUTF8\nS: 250\nC: RCPT TO:<jürgen@hub.example>\nS: 250\nC: DATA\nS: 354\nC: Subject: ä\nC: .\nS: 250`,
    afterwards: () => assert.deepEqual(hub.messages.pop()?.recipients, ['<jürgen@hub.example>']),
  },
  { section: '3.4', says: 'the parameter has no value', dialogue: `${hello}C: MAIL FROM:<x@sender.example> SMTPUTF8=yes\nS: 501` },
  {
    section: '3.5',
    says: 'without the parameter they are 553',
    dialogue: `${hello}C: MAIL FROM:<käthe@sender.example>\nS: 553 5.6.7\nC: MAIL FROM:<x@sender.example>\nS: 250\nC: RCPT TO:<jürgen@hub.example>\nS: 553 5.6.7`,
  },
]);

conforms('RFC 6531', behindAscii, [
  // The first contact with the hub is made by the first EHLO: a message is sent before the offer is looked at.
  {
    section: '3.1',
    says: 'a hub without it is met',
    dialogue: `${hello}C: MAIL FROM:<x@sender.example>\nS: 250\nC: RCPT TO:<anna@hub.example>\nS: 250\nC: DATA\nS: 354\nC: a: b\nC: .\nS: 250`,
  },
  {
    section: '3.1',
    says: 'and then SMTPUTF8 is not announced, nor known',
    dialogue: `${hello}C: MAIL FROM:<käthe@sender.example> SMTPUTF8\nS: 5`,
    afterwards: (client) => assert.doesNotMatch(client.received, /SMTPUTF8\r/),
  },
]);
