import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf, mailbox } from '../../../test/harness/delivery-request.ts';
import type { EventBody } from '../../model/events.ts';
import type { Mailbox, Sender } from '../../model/mailbox.ts';
import type { ReleaseAsked, ReleaseAsking, ReleaseDesk, TokenWorth } from '../../model/release.ts';
import type { Reply } from '../../model/reply.ts';
import { reply } from '../../model/reply.ts';
import type { Collecting } from './collecting.ts';
import { Conversation, type OpenTransaction } from './conversation.ts';
import { ReleaseByMail, type ReleasingSession } from './release-by-mail.ts';
import type { SmtpSite } from './site.ts';

const order = { format: 1, letter: 'l', line: 1, id: 'i', recipient: 'r', way: 'reply', at: 1, asker: '192.0.2.7' } as const;
const ordered: ReleaseAsked = { kind: 'ordered', orders: [order] };
const releaseBox = mailbox('release+token@mx.hub.example');
const ok = reply(250, '2.1.5', 'Recipient ok');

interface Situation {
  readonly worth?: TokenWorth | Error;
  readonly asked?: ReleaseAsked | Error;
  readonly off?: boolean;
  readonly trap?: boolean;
}

function start({ worth = 'valid', asked = ordered, off = false, trap = false }: Situation = {}) {
  const events: EventBody[] = [];
  const said: Reply[] = [];
  const refused: string[] = [];
  const askings: ReleaseAsking[] = [];
  const client = { ip: '192.0.2.7', port: 1, localIp: '192.0.2.1', localPort: 25, listener: 'mx', role: 'mx', inside: false } as const;
  const conversation = new Conversation('1M7YNPXHV1000', client, 0);
  const given = <T>(value: T | Error): Promise<T> => (value instanceof Error ? Promise.reject(value) : Promise.resolve(value));
  const desk: ReleaseDesk = {
    tokenIn: ({ localPart }) => /^release\+(\w+)$/.exec(localPart)?.[1] ?? null,
    worth: () => given(worth),
    order: (_, asking) => {
      askings.push(asking);
      return given(asked);
    },
  };
  const site = { listener: { trap }, services: { releases: off ? null : desk, record: (event: EventBody) => void events.push(event) } } as unknown as SmtpSite; // nothing else is touched
  const waiting: Promise<void>[] = [];
  const session: ReleasingSession = {
    conversation,
    channel: { whenKnown: (value, next) => void waiting.push(Promise.resolve(value).then(next)) },
    site: () => site,
    say: (answer) => void said.push(answer),
    refuse: (_, answer, reason) => {
      said.push(answer);
      refused.push(reason);
    },
  };
  const releasing = new ReleaseByMail(session);
  const transaction = (to: readonly Mailbox[], from: Sender = mailbox('ann@hub.example')): OpenTransaction =>
    ({ at: 'rcpt', helo: 'x', esmtp: true, promised: { dsn: false, requireTls: false }, from, parameters: {}, to }) as unknown as OpenTransaction; // as above
  const rcpt = async (to: readonly Mailbox[], from?: Sender): Promise<boolean> => {
    const next = transaction(to, from);
    const takes = releasing.takes({ do: 'judge', stage: 'rcpt', next, ok, to: to.at(-1) ?? releaseBox });
    await Promise.all(waiting);
    return takes;
  };
  const send = async (content: string) => {
    const collecting = { reference: '1M7YNPXHV1000-2', bytes: content.length, finish: () => Promise.resolve({ content: contentOf(content), summary: {} }) };
    return releasing.finish(transaction([releaseBox]), collecting as unknown as Collecting); // as above
  };
  return { releasing, conversation, events, said, refused, askings, rcpt, send, transaction };
}

const person = 'From: ann@hub.example\r\nSubject: Re: held\r\n\r\n2, 3\r\n';

test('a good token: the recipient is taken, and the message is an order that goes nowhere', async () => {
  const { rcpt, send, conversation, askings, events, said } = start();
  assert.equal(await rcpt([releaseBox]), true);
  assert.deepEqual([conversation.state.at, said], ['rcpt', [ok]]);
  const final = await send(person);
  assert.deepEqual([final?.reply.code, final?.unconfirmedKey], [250, null]);
  assert.deepEqual(askings, [{ way: 'reply', asker: '192.0.2.7', lines: [2, 3] }]);
  const [finished] = events;
  assert.ok(finished?.type === 'message-finished');
  assert.deepEqual([finished.outcome, finished.recipients, finished.reason], ['discarded', ['release@mx.hub.example'], 'an order to release held mail']);
  assert.doesNotMatch(JSON.stringify(events), /token/, 'the token is not in the record');
});

for (const worth of ['forged', 'expired', 'used', 'gone', 'not-offered'] as const)
  test(`a token that is ${worth} is refused at RCPT with 550, and told`, async () => {
    const { rcpt, said, refused, events, conversation } = start({ worth });
    assert.equal(await rcpt([releaseBox]), true);
    assert.deepEqual([said[0]?.code, refused, conversation.state.at], [550, [`release-${worth}`], 'fresh']);
    assert.deepEqual(events, [{ type: 'release-refused', way: 'reply', why: worth, asker: '192.0.2.7' }]);
  });

test('a disk that fails is 451 at either end, and the session goes on', async () => {
  const atRcpt = start({ worth: new Error('EIO') });
  await atRcpt.rcpt([releaseBox]);
  assert.equal(atRcpt.said[0]?.code, 451);
  const atEnd = start({ asked: new Error('EIO') });
  const final = await atEnd.send(person);
  assert.equal(final?.reply.code, 451);
  assert.equal(atEnd.events.find((event) => event.type === 'message-finished')?.outcome, 'deferred');
});

test('it stands alone in its transaction, whichever comes first', async () => {
  const other = mailbox('otto@hub.example');
  const behind = start();
  assert.equal(await behind.rcpt([other, releaseBox]), true);
  const before = start();
  assert.equal(await before.rcpt([releaseBox, other]), true);
  assert.deepEqual([behind.said[0]?.code, before.said[0]?.code], [452, 452]);
  assert.deepEqual(behind.events, [], 'nobody’s token is in question');
});

test('what has no sender is no person’s answer', async () => {
  const { rcpt, refused } = start();
  await rcpt([releaseBox], null);
  assert.deepEqual(refused, ['release-automatic']);
});

const programs = [
  'Auto-Submitted: auto-replied',
  'Auto-Submitted: Auto-Generated',
  'Precedence: auto_reply',
  'Precedence: list',
  'X-Auto-Response-Suppress: All',
  'List-Id: <a.example>',
  'Content-Type: multipart/report; boundary=x',
];
for (const header of programs)
  test(`${header}: a program wrote it, and nothing is ordered`, async () => {
    const { send, askings } = start();
    const final = await send(`${header}\r\n${person}`);
    assert.deepEqual([final?.reply.code, askings], [550, []]);
  });

test('Auto-Submitted: no is a person’s', async () => {
  const { send } = start();
  assert.equal((await send(`Auto-Submitted: no\r\n${person}`))?.reply.code, 250);
});

test('an answer in HTML and in quoted-printable is read like any other', async () => {
  const { send, askings } = start();
  await send('Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><body><div>1,=\r\n 2</div><div>Ann</div></body></html>\r\n');
  assert.deepEqual(askings[0]?.lines, [1, 2]);
});

test('other mail is not touched; nor is any where it is switched off, or at a honeypot', async () => {
  const { rcpt, releasing, transaction } = start();
  assert.equal(await rcpt([mailbox('ann@hub.example')]), false);
  assert.equal(releasing.finish(transaction([mailbox('ann@hub.example')]), {} as Collecting), null);
  for (const situation of [{ off: true }, { trap: true }]) assert.equal(await start(situation).rcpt([releaseBox]), false);
});
