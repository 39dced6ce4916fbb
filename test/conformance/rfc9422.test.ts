// RFC 9422, LIMITS: what is announced to a client is what holds for it.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { conforms } from '../harness/conformance.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  tls: true,
  users: { anna: 'secret' },
  config: {
    hub: { verifyRecipients: false },
    limits: { messagesPerSession: 2, recipientsPerMessage: 4, outsideRecipientsPerMessage: 3, recipientsPerSession: 100, outsideRecipientsPerSession: 50 },
  },
});

const rcpts = (count: number): string => Array.from({ length: count }, (_, i) => `C: RCPT TO:<u${i}@hub.example>\nS: 250`).join('\n');
const message = (subject: string): string => `C: MAIL FROM:<x@sender.example>\nS: 250\n${rcpts(1)}\nC: DATA\nS: 354\nC: Subject: ${subject}\nC: .\nS: 250`;
const plain = Buffer.from('\0anna\0secret').toString('base64');

conforms('RFC 9422', gateway, [
  {
    section: '4',
    says: 'limits are name and value, in one line',
    dialogue: 'C: EHLO client.example\nS: 250 LIMITS MAILMAX=2 RCPTMAX=3',
    afterwards: (client) => assert.match(client.received, /^250[- ]LIMITS MAILMAX=2 RCPTMAX=3\r$/m),
  },
  {
    section: '4.2',
    says: 'RCPTMAX recipients are taken, and not one more',
    dialogue: `C: EHLO client.example\nS: 250 RCPTMAX=3\nC: MAIL FROM:<x@sender.example>\nS: 250\n${rcpts(3)}\nC: RCPT TO:<more@hub.example>\nS: 452 4.5.3`,
  },
  {
    section: '4.1',
    says: 'MAILMAX messages are taken, and not one more',
    dialogue: `C: EHLO client.example\nS: 250 MAILMAX=2\n${message('one')}\n${message('two')}\nC: MAIL FROM:<x@sender.example>\nS: 421`,
  },
  {
    section: '3',
    says: 'an insider has limits of its own, which hold as well',
    from: '127.0.0.1',
    dialogue: `C: EHLO client.example\nS: 250 RCPTMAX=4\nC: MAIL FROM:<x@sender.example>\nS: 250\n${rcpts(4)}\nC: RCPT TO:<more@hub.example>\nS: 452 4.5.3`,
  },
  {
    section: '3',
    says: 'they may change when EHLO is said again after AUTH',
    tls: true,
    dialogue: `C: EHLO client.example\nS: 250 RCPTMAX=3\nC: AUTH PLAIN ${plain}\nS: 235\nC: EHLO client.example\nS: 250 RCPTMAX=4`,
  },
  {
    section: '3',
    says: 'HELO has no extensions',
    dialogue: 'C: HELO client.example\nS: 250',
    afterwards: (client) => assert.doesNotMatch(client.received, /LIMITS/),
  },
]);
