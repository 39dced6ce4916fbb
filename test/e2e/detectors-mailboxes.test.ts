// Bombs, storms and campaigns over the wire (missions D1, D2, D3, D8, D11): real clients at the whole gateway, each detector within its stated
// number of messages; who gets and sends ordinary mail beside it is left alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertInnocent, networksFrom, someText, startWatched } from '../harness/watched-gateway.ts';

const bystander = 'neighbour@hub.example';
const friend = '127.250.0.1';

test('mail that comes too often, to too many or from too many is told of, each kind by its detector', async (t) => {
  const watched = await startWatched(t);
  const { send, alarm } = watched;
  /** Ordinary mail, before and between the attacks. */
  const ordinary = (): Promise<void> => send({ host: friend, recipients: [bystander], subject: 'Lunch on Friday?', body: someText() });

  await t.test('sign-up mail of many organisations: subscription-bomb after at most fifteen, and the notice of the bank is found', async () => {
    const victim = 'victim@hub.example';
    await send({ host: '127.10.200.1', recipients: [victim], subject: 'Wire transfer of 4,000 EUR', body: someText() });
    const form = { subject: 'Please confirm your subscription', headers: ['Auto-Submitted: auto-generated'] };
    for (const host of networksFrom(10, 15)) await send({ host, recipients: [victim], ...form, body: someText() });
    for (const host of networksFrom(249, 3)) await send({ host, recipients: [bystander], ...form, body: someText() });
    const { count, counts, needles } = await alarm('subscription-bomb', { key: { recipient: victim } });
    assert.ok(count <= 15, `after ${count}`);
    assert.ok((counts['organisations']?.est ?? 8) >= 8, JSON.stringify(counts));
    assert.deepEqual(
      needles?.map(({ sort, subject }) => [sort, subject]),
      [['bank', 'Wire transfer of 4,000 EUR']],
    );
  });

  await t.test('one host writes to one mailbox again and again: single-source-bomb after at most fifteen', async () => {
    await ordinary();
    const client = await watched.greet('127.11.0.1');
    for (let number = 0; number < 15; number++)
      assert.equal(
        (
          await client.transact({
            from: `x${number}@bomber.example`,
            to: ['cara@hub.example'],
            content: Buffer.from(`Subject: ${number}\r\n\r\n${someText()}`),
          })
        ).end?.code,
        250,
      );
    const { count, spoofable } = await alarm('single-source-bomb', { key: { recipient: 'cara@hub.example', network: '127.11.0.0/24' } });
    assert.ok(count <= 15, `after ${count}`);
    assert.equal(spoofable, false, 'the network is proven by the connection');
  });

  await t.test('people from everywhere write to one mailbox at once: mailbox-flood after at most 25', async () => {
    for (const host of networksFrom(12, 26)) await send({ host, recipients: ['dora@hub.example'], subject: 'Where is my parcel', body: someText() });
    const { count } = await alarm('mailbox-flood', { key: { recipient: 'dora@hub.example' } });
    assert.ok(count <= 25, `after ${count}`);
  });

  await t.test('the same message comes back: circling-message at the fifth', async () => {
    await ordinary();
    const token = 'thisgoesround';
    for (let number = 0; number < 5; number++) await send({ host: '127.13.0.1', token, recipients: ['emil@hub.example'], body: someText() });
    const { count } = await alarm('circling-message', { key: { recipient: 'emil@hub.example', message: `<${token}@test.example>` } });
    assert.equal(count, 5);
  });

  await t.test('ten answer to all, fifty read it: reply-all-storm at the tenth', async () => {
    const readers = Array.from({ length: 50 }, (_, number) => `reader${number}@hub.example`);
    const thread = '<first-question@hub.example>';
    for (const host of networksFrom(14, 10))
      await send({ host, recipients: readers, subject: 'Re: who has my cup', headers: [`In-Reply-To: ${thread}`, `References: ${thread}`], body: someText() });
    const { alarm: told } = await watched.gateway.event('alarm-raised', (event) => event.alarm.detector === 'reply-all-storm' && event.alarm.level === 'alert');
    assert.equal(told.statistic.value, 10);
  });

  await t.test('a list posts and posts: list-explosion after at most thirty posts, once they made five hundred copies', async () => {
    const members = Array.from({ length: 20 }, (_, number) => `member${number}@hub.example`);
    const client = await watched.greet('127.15.0.1');
    for (let number = 0; number < 30; number++) {
      const content = Buffer.from(
        `From: m${number}@people.example\r\nMessage-ID: <post${number}@list.example>\r\nList-Id: <talk.list.example>\r\nSubject: ${number}\r\n\r\n${someText()}`,
      );
      assert.equal((await client.transact({ from: 'talk-bounces@list.example', to: members, content })).end?.code, 250);
    }
    const { counts } = await alarm('list-explosion', { key: { thread: 'talk.list.example' } });
    assert.ok((counts['copies']?.est ?? 0) >= 500 && (counts['posts']?.est ?? 99) <= 30, JSON.stringify(counts));
  });

  await t.test('nearly one text from twenty networks: campaign at the twentieth', async () => {
    const offer = someText();
    for (const [number, host] of networksFrom(16, 20).entries())
      await send({ host, recipients: [`reader${number}@hub.example`], subject: `An offer, ${number}`, body: `Dear reader ${number},\r\n${offer}` });
    const { alarm: told } = await watched.gateway.event('alarm-raised', (event) => event.alarm.detector === 'campaign' && event.alarm.level === 'alert');
    assert.equal(told.count, 20);
    assert.ok((told.counts['networks']?.est ?? 0) >= 8);
  });

  await t.test('one signed message for many whom it does not name: dkim-replay at the fiftieth', async () => {
    const signature = 'DKIM-Signature: v=1; a=rsa-sha256; d=newsletter.example; s=s1; h=from:subject; bh=ZnJhbmtseQ==; b=bXlkZWFyaWRvbnRnaXZlYWRhbW4=';
    for (const [number, host] of networksFrom(17, 3).entries()) {
      const recipients = Array.from({ length: 18 }, (_, each) => `target${number}-${each}@hub.example`);
      await send({ host, to: 'subscriber@newsletter.example', recipients, headers: [signature], body: 'The same for all.\r\n' });
    }
    const { alarm: told } = await watched.gateway.event('alarm-raised', (event) => event.alarm.detector === 'dkim-replay' && event.alarm.level === 'alert');
    assert.match(told.key.message ?? '', /^newsletter\.example\//);
    assert.equal(told.spoofable, true, 'its signer did not send it');
  });

  await t.test('two programs answer each other: answering-machines at the tenth that has an answer', async () => {
    const headers = ['Auto-Submitted: auto-replied'];
    for (let number = 0; number < 6; number++) {
      await send({ host: '127.18.0.1', sender: 'robot@far.example', recipients: ['fred@hub.example'], headers, body: someText() });
      // The gateway refuses what answers by itself and would leave; it is seen all the same.
      await send({ host: '127.0.0.1', sender: 'fred@hub.example', recipients: ['robot@far.example'], headers, body: someText(), answer: 550 });
    }
    const { alarm: told } = await watched.gateway.event(
      'alarm-raised',
      (event) => event.alarm.detector === 'answering-machines' && event.alarm.level === 'alert',
    );
    assert.equal(told.count, 10);
  });

  await t.test('who got and sent ordinary mail meanwhile is nobody’s alarm', () => assertInnocent(watched, bystander, friend));
});
