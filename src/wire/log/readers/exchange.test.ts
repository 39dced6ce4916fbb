import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logEventsOf, saidBy } from '../../../../test/harness/log-events-of.ts';

const row = (event: string, words: string): string =>
  `2026-05-30T10:00:00.270Z,HUB\\Default Frontend,08DA4F7C11473A60,9,198.51.100.1:25,192.0.2.7:53722,${event},${words},`;
const tracking =
  '#Fields: date-time,client-ip,client-hostname,source,event-id,internal-message-id,message-id,recipient-address,recipient-status,sender-address,message-subject';

test('a refused password in the log of a receive connector', () => {
  assert.equal(saidBy(row('>', '535 5.7.3 Authentication unsuccessful')), 'auth failed hostile 192.0.2.7');
  assert.equal(new Date(logEventsOf([row('+', '')])[0]?.at ?? 0).toISOString(), '2026-05-30T10:00:00.270Z');
});

test('a refused recipient, a delay, and an answer that is none of these', () => {
  assert.equal(saidBy(row('>', '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain')), 'reject refused hostile 192.0.2.7');
  assert.equal(saidBy(row('>', '451 4.7.0 Temporary server error')), 'reject deferred 192.0.2.7');
  assert.equal(saidBy(row('>', '250 2.1.5 Recipient OK')), 'notice 192.0.2.7');
});

test('what a client sends is not taken for the server’s words', () => {
  const events = logEventsOf([row('<', '535 5.7.3 Authentication unsuccessful'), row('<', '"RCPT TO:<x,>,535 5.7.3 no"')]);
  assert.deepEqual(
    events.filter(({ hostile }) => hostile),
    [],
  );
});

test('the next hop of a send connector is no client', () => {
  assert.equal(logEventsOf([row('<', '550 5.1.1 User unknown')])[0]?.client, null);
});

test('the tracking log is read by the names of its columns', () => {
  const received = '2026-05-30T10:00:00.270Z,192.0.2.7,a.example,SMTP,RECEIVE,17,<k@b.example>,joe@hub.example;ann@hub.example,,a@b.example,"one, two"';
  assert.equal(saidBy(tracking, received), 'accept accepted 192.0.2.7 joe@hub.example; accept accepted 192.0.2.7 ann@hub.example');
  const failed = '2026-05-30T10:00:01.270Z,,,STOREDRIVER,FAIL,17,<k@b.example>,joe@hub.example,550 5.1.1 RESOLVER.ADR.RecipNotFound,a@b.example,x';
  assert.partialDeepStrictEqual(logEventsOf([tracking, received, failed]).at(-1), {
    type: 'delivery',
    outcome: 'bounced',
    replyCode: '550',
    status: '5.1.1',
    to: 'joe@hub.example',
    messageId: 'k@b.example',
    client: { ip: '192.0.2.7' },
  });
});

test('IMAP and POP logs, with a heading and without', () => {
  const line =
    '2026-05-30T10:00:00.270Z,0000000000000C9D,2,198.51.100.1:143,192.0.2.7:60404,joe,15,30,42,login,joe *****,"R=""a NO LOGIN failed."";Msg=LogonFailed:LogonDenied"';
  const heading = '#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context';
  assert.equal(saidBy(line), 'auth failed hostile 192.0.2.7 joe');
  assert.equal(saidBy(heading, line), 'auth failed hostile 192.0.2.7 joe');
});
