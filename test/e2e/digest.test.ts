// Recipients release their own held mail (mission Q2): told by letter in their mailbox, by link or by mail, once, for themselves alone.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ReleaseLetter } from '../../src/respond/digest/letter-book.ts';
import { recipientPrint, tokenOf as releaseToken } from '../../src/respond/digest/token.ts';
import { startFakeClamd } from '../harness/fake-clamd.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { foundLetter, startHeldHouse, type FoundLetter, type HeldHouse } from '../harness/held-letters.ts';
import { letter, newToken, tokenOf } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { referenceIn, SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const whole: Owner = { after };
const house = await startHeldHouse(whole, ['ann', 'otto', 'zoe', 'flo', 'vic', 'list'], {
  digest: { lines: 4, perMinute: 6000, except: ['list@hub.example'] },
  config: { viruses: { clamd: await startFakeClamd(whole), action: 'quarantine' } },
});
const { gateway, web } = house;

/** Tells everybody, and gives the newest letter of one. */
async function tell(user: string, by: HeldHouse = house): Promise<FoundLetter> {
  const before = by.letters(user).length;
  await by.digest('--now');
  const found = by.letters(user);
  assert.equal(found.length, before + 1, 'one letter');
  return found.at(-1) ?? assert.fail('no letter');
}

const page = async (link: string, method: 'GET' | 'POST' = 'GET') => {
  const answer = await fetch(link, { method, redirect: 'manual' });
  return { status: answer.status, html: await answer.text(), headers: answer.headers };
};
const answerTo = (text: string, headers: readonly string[] = []): Buffer =>
  letter({ from: 'ann@hub.example', subject: 'Re: held', body: `${text}\r\n`, headers });
const arrived = (user: string, token: string, by: HeldHouse = house): Promise<unknown> =>
  until(`${token} in the mailbox of ${user}`, () => by.copies(user, token) > 0);

test('each recipient is told once, in his mailbox, of what is held for him; its sender is told nothing', async (t) => {
  const held = await house.hold(t, ['ann@hub.example', 'otto@hub.example', 'List@hub.example'], {
    subject: '=?utf-8?Q?Gr=C3=BC=C3=9Fe=0D=0ABcc:_x?= =?utf-8?B?4oCuY29k?=',
    from: 'otto@held.example',
  });
  const shown = await house.digest('--preview', 'ann@hub.example');
  assert.match(String(shown['text']), /Grüße Bcc: x[^]*TOKEN/);
  assert.deepEqual(house.letters('ann'), [], 'a look sends nothing');
  const letters = [await tell('ann'), ...house.letters('otto')];
  assert.equal(letters.length, 2);
  assert.deepEqual(house.letters('list'), [], 'many read it');
  for (const { raw, text } of letters) {
    assert.match(raw, /^Return-Path: <>\r$/m);
    assert.match(raw, /^Auto-Submitted: auto-generated\r$/m);
    assert.doesNotMatch(raw, /^(?:List-|Bcc)/m);
    assert.match(text, /From: otto@held\.example\n {3}Subject: Grüße Bcc: x ?cod\n/);
    assert.match(text, /Reason: it matches a filter rule/);
    assert.doesNotMatch(text, /a trial|held-sender/, 'which rule it was is not told');
  }
  assert.deepEqual(
    [letters[0]?.links.length, letters[0]?.addresses.length, letters[0]?.links[0] === letters[1]?.links[0]],
    [1, 1, false],
    'each has tokens of his own',
  );
  assert.equal((await house.digest('--now'))['underWay'], false);
  assert.equal(house.letters('ann').length, 1, 'nothing new, no letter');
  const sent = await gateway.event('digest-sent', ({ to }) => to === 'ann@hub.example');
  assert.deepEqual([sent.lines, sent.more], [1, 0]);
  assert.match(await (await fetch(`${web}/metrics`)).text(), /floodgate_digests_total\{result="sent"\} 2/);
  assert.equal(readdirSync(join(gateway.state, 'quarantine', 'held')).includes(held.id), true);
});

test('the link shows, its button releases: once, byte for byte, to its recipient alone; explain tells who it was', async (t) => {
  const { id, token, content } = await house.hold(t, ['ann@hub.example', 'otto@hub.example'], {
    subject: 'Invoice',
    body: `${'.dot\r\n'.repeat(3)}\0\xff${'x'.repeat(5000)}\r\n`,
  });
  const { links } = await tell('ann');
  const [link = ''] = links;
  for (let n = 0; n < 3; n++) {
    const looked = await page(link);
    assert.equal(looked.status, 200);
    assert.match(looked.html, /Invoice[^]*delivered to ann@hub\.example[^]*<form method="post"><button>/);
    assert.doesNotMatch(looked.html, /xxxxx/, 'nothing of its body');
    assert.deepEqual(
      ['cache-control', 'referrer-policy', 'x-content-type-options'].map((name) => looked.headers.get(name)),
      ['no-store', 'no-referrer', 'nosniff'],
    );
  }
  assert.equal(house.copies('ann', token), 0, 'programs that follow links release nothing');

  const done = await page(link, 'POST');
  assert.deepEqual([done.status, /has been released/.test(done.html)], [200, true]);
  await arrived('ann', token);
  const got = house.mailbox('ann').find((raw) => tokenOf(raw) === token) ?? Buffer.alloc(0);
  const hash = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');
  assert.equal(hash(got.subarray(-content.length)), hash(content), 'the bytes that came');
  assert.equal(house.copies('otto', token), 0, 'he has not asked');

  for (const method of ['POST', 'GET'] as const) {
    const again = await page(link, method);
    assert.deepEqual([again.status, /already been released/.test(again.html)], [410, true]);
  }
  assert.equal(house.copies('ann', token), 1);
  const [explained] = await gateway.explain(id);
  const timeline = JSON.stringify(explained?.['timeline']);
  assert.match(timeline, /release-asked.*ann@hub\.example.*link/);
  assert.match(timeline, /quarantine-released.*recipient ann@hub\.example by link from 127\.0\.0\.1.*delivered/);

  const [other = ''] = house.letters('otto').at(-1)?.links ?? [];
  await page(other, 'POST');
  await arrived('otto', token);
  assert.equal(readdirSync(join(gateway.state, 'quarantine', 'held')).includes(id), false, 'now that everybody has it, it is gone');
});

test('without a browser: the numbers in an answer to the letter, or any mail to the address of a line', async (t) => {
  const first = await house.hold(t, ['zoe@hub.example'], { subject: 'One' });
  const second = await house.hold(t, ['zoe@hub.example'], { subject: 'Two' });
  const third = await house.hold(t, ['zoe@hub.example'], { subject: 'Three' });
  const { replyTo, addresses } = await tell('zoe');
  assert.match(replyTo, /^release\+[a-z2-7]{44}@mx\.hub\.example$/);

  const unclear = await house.mail(t, 'zoe@hub.example', [replyTo], answerTo('Hello? Which invoice?\r\n\r\n> [1]\r\n>    Subject: One'));
  assert.deepEqual([unclear.rcpt[0]?.code, unclear.end?.code, unclear.end?.text.includes('write the numbers')], [250, 550, true]);

  const answered = await house.mail(t, 'zoe@hub.example', [replyTo], answerTo('1, 3\r\n\r\n> [2]\r\n>    Subject: Two'));
  assert.equal(answered.end?.code, 250, answered.end?.text);
  await arrived('zoe', first.token);
  await arrived('zoe', third.token);
  assert.equal(house.copies('zoe', second.token), 0, 'what was quoted was not asked for');

  const [, address = ''] = addresses;
  const client = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.3' });
  await client.converse(`
    C: MAIL FROM:<zoe@elsewhere.example>
    S: 250
    C: RCPT TO:<${address.toUpperCase()}>
    S: 250
    C: BDAT 21 LAST
    D: Subject: x\\r\\n\\r\\nyes\\r\\n\\r\\n
    S: 250 Released`);
  await arrived('zoe', second.token);
  await client.converse(`
    C: MAIL FROM:<zoe@elsewhere.example>
    S: 250
    C: RCPT TO:<${address}>
    S: 550 5.7.1 Released already`);
  await client.quit();
  const timeline = JSON.stringify((await gateway.explain(second.id))[0]?.['timeline']);
  assert.match(timeline, /recipient zoe@hub\.example by reply from 127\.0\.0\.3/);
  for (const { token } of [first, second, third]) assert.equal(house.copies('zoe', token), 1);
});

test('an answer to a letter with one message needs no number', async (t) => {
  const { token } = await house.hold(t, ['zoe@hub.example']);
  const { replyTo } = await tell('zoe');
  const { end } = await house.mail(t, 'zoe@hub.example', [replyTo], answerTo('Yes please.'));
  assert.equal(end?.code, 250, end?.text);
  await arrived('zoe', token);
});

test('programs release nothing: absence notices, lists, the null sender; and a release address has no company', async (t) => {
  const { token } = await house.hold(t, ['zoe@hub.example']);
  const { replyTo } = await tell('zoe');
  for (const header of ['Auto-Submitted: auto-replied', 'X-Autoreply: yes', 'Precedence: bulk', 'List-Id: <x.example>']) {
    const { end } = await house.mail(t, 'zoe@hub.example', [replyTo], answerTo('1', [header]));
    assert.deepEqual([end?.code, end?.text.includes('Automatic mail')], [550, true], header);
  }
  const bounce = await house.mail(t, '', [replyTo], answerTo('1'));
  assert.deepEqual([bounce.rcpt[0]?.code, bounce.end], [550, null]);
  const mixed = await house.mail(t, 'zoe@hub.example', ['ann@hub.example', replyTo], answerTo('1'));
  assert.deepEqual([mixed.rcpt[1]?.code, mixed.end?.code], [452, 250]);
  const other = await house.mail(t, 'zoe@hub.example', [replyTo, 'ann@hub.example'], answerTo('-'));
  assert.deepEqual([other.rcpt[0]?.code, other.rcpt[1]?.code], [250, 452]);
  await arrived('zoe', token); // by the last of them, which a person wrote
  assert.equal(house.copies('zoe', token), 1);
});

test('forged, used, expired, or made of another recipient’s: refused in the session and on the page, nothing comes of it', async (t) => {
  const mine = await house.hold(t, ['ann@hub.example'], { subject: 'mine' });
  const his = await house.hold(t, ['otto@hub.example'], { subject: 'his' });
  const ann = await tell('ann');
  const [otto = { links: [], addresses: [] }] = house.letters('otto').slice(-1);
  const tokenIn = (address: string): string => /\+([a-z2-7]{44})@/.exec(address)?.[1] ?? '';
  const [hers, others] = [tokenIn(ann.addresses[0] ?? ''), tokenIn(otto.addresses[0] ?? '')];
  const key = readFileSync(join(gateway.state, 'digest', 'key')).subarray('FGRKEY1\n'.length, -32);
  const expired: ReleaseLetter = {
    format: 1,
    name: 'aaaaaaaaaaaaaaaa',
    language: 'en',
    recipient: recipientPrint(key, 'ann@hub.example'),
    madeAt: 0,
    expiresAt: Date.now() - 1000,
    lines: [{ id: his.id, offered: true }],
  };
  writeFileSync(join(gateway.state, 'digest', 'letters', `${expired.name}.json`), JSON.stringify(expired));
  const signed = (changes: Partial<ReleaseLetter>, by = key): string => {
    const { name, recipient, expiresAt, lines } = { ...expired, ...changes };
    return releaseToken(by, { letter: name, line: 1, id: lines[0]?.id ?? '', recipient, expiresAt });
  };
  const wrong: readonly [token: string, said: string, shown: RegExp, why: string][] = [
    [`${others.slice(0, 18)}${hers.slice(18)}`, '5.1.1', /not valid/, 'the signature of one letter on another'],
    [`${hers.slice(0, 20)}${hers[20] === 'a' ? 'b' : 'a'}${hers.slice(21)}`, '5.1.1', /not valid/, 'one character changed'],
    [signed({}, Buffer.alloc(32)), '5.1.1', /not valid/, 'signed with another key'],
    [signed({ expiresAt: Date.now() + 1e9 }), '5.1.1', /not valid/, 'with a longer life'],
    [signed({}), '5.7.1 This release address has expired', /has expired/, 'its time is over'],
  ];
  for (const [token, said, shown, why] of wrong) {
    const { rcpt, end } = await house.mail(t, 'ann@hub.example', [`release+${token}@mx.hub.example`], answerTo('1'));
    assert.deepEqual([rcpt[0]?.code, rcpt[0]?.text.startsWith(said), end], [550, true, null], `${why}: ${rcpt[0]?.text}`);
    for (const method of ['GET', 'POST'] as const) assert.match((await page(`${web}/release/${token}`, method)).html, shown, why);
  }
  const reference = referenceIn((await house.mail(t, 'ann@hub.example', [`release+${signed({})}@mx.hub.example`], answerTo('1'))).rcpt[0] ?? assert.fail());
  assert.match(JSON.stringify(await gateway.explain(reference ?? '')), /release-expired/, 'the refusal can be explained');
  assert.deepEqual([house.copies('ann', mine.token), house.copies('ann', his.token), house.copies('otto', his.token)], [0, 0, 0]);
  const refused = (await gateway.events()).filter((event) => event.type === 'release-refused');
  assert.deepEqual(new Set(refused.map(({ way }) => way)), new Set(['link', 'reply']));
  assert.doesNotMatch(JSON.stringify(await gateway.events()), new RegExp(hers), 'no token that works stands in the record');
});

test('a virus is told of, and nobody can release it', async (t) => {
  const { end } = await house.mail(t, 'x@sender.example', ['vic@hub.example'], letter({ subject: 'free', headers: ['X-Infected: Eicar'] }));
  const id = end === null ? '' : (referenceIn(end) ?? '');
  await until('it to be listed', async () => (await gateway.command('quarantine', 'list', '--json')).stdout.includes(id));
  const hidden = letter({ subject: 'hidden', headers: ['X-Infected: Eicar'] });
  const other = referenceIn((await house.mail(t, 'x@held.example', ['vic@hub.example'], hidden)).end ?? assert.fail()) ?? '';
  await until('the one that a rule holds first', async () =>
    (await gateway.command('quarantine', 'list', '--check', 'held-sender', '--json')).stdout.includes(other),
  );
  const { text, links, replyTo } = await tell('vic');
  assert.match(text, /Subject: free[^]*contains a virus and cannot be released[^]*Subject: hidden[^]*contains a virus and cannot be released/);
  assert.deepEqual([links, replyTo], [[], 'postmaster@hub.example']);
});

test('a flood of held mail is one letter with the newest and the count of the rest', async (t) => {
  for (let n = 1; n <= 7; n++) await house.hold(t, ['flo@hub.example'], { subject: `number ${n}` });
  const { text, links } = await tell('flo');
  assert.deepEqual([links.length, /^3 more messages are being held/m.test(text), /number 7/.test(text), /number 3\b/.test(text)], [4, true, true, false]);
  assert.equal((await tell('flo')).links.length, 3, 'the next letter names the rest');
});

test('a mailbox that is gone costs one letter, not one a round', async (t) => {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const own = await startHeldHouse(t, [], { hub: `127.0.0.1:${hub.port}` });
  await own.hold(t, ['gone@hub.example']);
  hub.script = { RCPT: '550 5.1.1 No such user' };
  assert.deepEqual((await own.digest('--now'))['last'], { letters: 0, lines: 0, failed: 1, again: false });
  assert.match((await own.gateway.event('digest-failed')).why, /gone@hub\.example: 550 5\.1\.1 No such user/);
  assert.deepEqual((await own.digest('--now'))['last'], { letters: 0, lines: 0, failed: 0, again: false });
});

test('a message that the mail server refuses for good: the page says so, the link works again, and the operator reads who asked', async (t) => {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const own = await startHeldHouse(t, [], { hub: `127.0.0.1:${hub.port}` });
  await own.hold(t, ['ann@hub.example']);
  await own.digest('--now');
  await hub.until(() => hub.messages.length === 1);
  const [found] = foundLetter(hub.messages[0]?.data.toString('latin1') ?? '');
  const [link = ''] = found?.links ?? [];
  hub.script = { MAIL: '554 5.7.1 No such content here' };
  const refused = await page(link, 'POST');
  assert.deepEqual([refused.status, /server has refused[^]*postmaster@/.test(refused.html)], [409, true]);
  const { stdout } = await own.gateway.command('status');
  assert.match(stdout, /TROUBLE 1 held message that recipients asked for cannot be released: ann@hub\.example .*554 5\.7\.1 No such content/);
  hub.script = {};
  assert.equal((await page(link)).status, 200, 'it can be asked for again');
  assert.match((await page(link, 'POST')).html, /has been released/);
  assert.equal(hub.messages.length, 2);
});

test('switched off, its links and addresses are nothing, and the gateway says how to switch it on', async (t) => {
  const own = await startHeldHouse(t, ['ann']);
  await own.hold(t, ['ann@hub.example']);
  const { links, addresses } = await tell('ann', own);
  own.gateway.rewrite({ quarantine: { digest: undefined } });
  assert.equal(await own.gateway.reload(), 'config-loaded');
  assert.equal((await page(links[0] ?? '')).status, 404);
  const { rcpt } = await own.mail(t, 'ann@hub.example', [addresses[0] ?? ''], answerTo('1'));
  assert.notEqual(rcpt[0]?.code, 250);
  const { code, stderr } = await own.gateway.command('quarantine', 'digest', '--now');
  assert.deepEqual([code, /quarantine\.digest/.test(stderr)], [1, true]);
});

test('kill -9 around a release: what was ordered is released by the next run, with one copy more at most', async (t) => {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const own = await startHeldHouse(t, [], { hub: `127.0.0.1:${hub.port}` });
  const inHub = (token: string) => hub.messages.filter(({ data }) => tokenOf(data) === token);
  const [first, second] = [await own.hold(t, ['ann@hub.example']), await own.hold(t, ['otto@hub.example'])];
  await own.digest('--now');
  const lettersTo = (user: string): FoundLetter =>
    hub.messages.filter(({ recipients }) => recipients.some((to) => to.includes(`${user}@`))).flatMap(({ data }) => foundLetter(data.toString('latin1')))[0] ??
    assert.fail();
  const [ann, otto] = [lettersTo('ann'), lettersTo('otto')];

  // The hub has the message, its answer is on the way: nobody knows.
  hub.script = { dot: () => ({ silent: true }) };
  const pressed = page(ann.links[0] ?? '', 'POST').catch(() => null);
  await hub.until(() => inHub(first.token).length === 1);
  await own.gateway.kill9();
  await pressed;
  // The order stands, and the hub has not even been asked.
  hub.script = { connect: () => ({ drop: 'rst' }) };
  await own.gateway.start();
  const { end } = await own.mail(t, 'otto@hub.example', [otto.replyTo], letter({ token: newToken(), body: '1\r\n' }));
  assert.equal(end?.code, 250, end?.text);
  await own.gateway.kill9();
  hub.script = {};
  await own.gateway.start();
  await hub.until(() => inHub(first.token).length === 2 && inHub(second.token).length === 1);
  await until('nothing to be held', () => readdirSync(join(own.gateway.state, 'quarantine', 'held')).length === 0);
  assert.deepEqual([inHub(first.token).length, inHub(second.token).length], [2, 1], 'never lost; a second copy only where the answer was lost');
  assert.match((await page(ann.links[0] ?? '')).html, /already been released/);
});

test('kill -9 while a letter is handed over: it is not sent again in this round, it is counted and said, and its links release', async (t) => {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const own = await startHeldHouse(t, [], { hub: `127.0.0.1:${hub.port}` });
  const held = await own.hold(t, ['ann@hub.example']);
  const letters = (): readonly FoundLetter[] => hub.messages.flatMap(({ data }) => foundLetter(data.toString('latin1')));

  // The hub has the letter, its answer is on the way: nobody knows.
  hub.script = { dot: () => ({ silent: true }) };
  const told = own.gateway.command('quarantine', 'digest', '--now').catch(() => null);
  await hub.until(() => letters().length === 1);
  await own.gateway.kill9();
  await told;
  hub.script = {};
  await own.gateway.start();
  const said = await own.gateway.event('digest-failed');
  assert.deepEqual([said.to, said.uncertain], ['ann@hub.example', true]);
  assert.match(said.why, /killed while letter \w+ was handed over: it may have arrived/);
  assert.match(await (await fetch(`${own.web}/metrics`)).text(), /floodgate_digests_total\{result="uncertain"\} 1/);
  assert.deepEqual((await own.digest('--now'))['last'], { letters: 0, lines: 0, failed: 0, again: false });
  assert.equal(letters().length, 1, 'one letter a round');
  assert.equal((await page(letters()[0]?.links[0] ?? '', 'POST')).status, 200);
  await hub.until(() => hub.messages.some(({ data }) => tokenOf(data) === held.token));

  await own.gateway.kill9();
  await own.gateway.start();
  assert.equal((await own.gateway.events()).filter(({ type }) => type === 'digest-failed').length, 1, 'said once');
});
