// Recipients release their held mail with the programs they have: a real browser at the release page, a real mail client answering the letter.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOfMakers, openBrowser, startOnlooker } from '../harness/browser.ts';
import { startHeldHouse } from '../harness/held-letters.ts';
import { tokenOf } from '../harness/letter.ts';
import { peerPath, requirePeers } from '../harness/peer.ts';
import { runProgram } from '../harness/scratch.ts';
import { until } from '../harness/until.ts';

test('Chromium shows the message, loads nothing else, and its button puts it into the mailbox, once', async (t) => {
  if (!requirePeers(t, 'chromium')) return;
  const house = await startHeldHouse(t, ['ann'], { digest: { language: 'de' } });
  const { token, content } = await house.hold(t, ['ann@hub.example'], {
    subject: '<img src=http://evil.example/x.png><script>alert(1)</script> Rechnung',
    headers: ['Content-Type: text/html'],
    body: '<img src="http://evil.example/y.png"><script>alert(2)</script>\r\n',
  });
  await house.digest('--now');
  const [link = ''] = house.letters('ann')[0]?.links ?? [];
  assert.notEqual(link, '');
  const onlooker = await startOnlooker(t, [new URL(house.web).host]);
  const page = await openBrowser(t, onlooker);

  await page.goto(link);
  await page.goto(`${link}#again`);
  assert.match(await page.evaluate<string>('document.body.innerText'), /<img src=[^]*Rechnung[^]*an ann@hub\.example zugestellt/);
  assert.equal(await page.evaluate<number>('document.scripts.length + document.images.length + document.links.length'), 0);
  assert.equal(await page.evaluate<string>('getComputedStyle(document.querySelector("dt")).fontWeight'), '600', 'its own style is allowed');
  assert.equal(house.copies('ann', token), 0, 'to look is not to release');

  await page.evaluate('document.querySelector("button").click()');
  await page.until('the page to say that it is released', 'document.body.innerText.includes("wurde freigegeben")');
  await until('the message to be in the mailbox', () => house.copies('ann', token) === 1);
  const got = house.mailbox('ann').find((raw) => tokenOf(raw) === token) ?? Buffer.alloc(0);
  assert.deepEqual(got.subarray(-content.length), content, 'byte for byte');

  await page.goto('about:blank');
  await page.goto(link);
  assert.match(await page.evaluate<string>('document.body.innerText'), /bereits freigegeben/);
  assert.equal(house.copies('ann', token), 1);
  const asked = onlooker.asked.filter((url) => !isOfMakers(url));
  assert.deepEqual([...new Set(asked)], [link], 'nothing but the page was asked for, of anybody');
  assert.deepEqual([page.dialogs, page.requests.filter((url) => !url.startsWith(house.web) && url !== 'about:blank')], [[], []]);
});

test('swaks answers the letter with a number, and that message comes', async (t) => {
  if (!requirePeers(t, 'swaks')) return;
  const house = await startHeldHouse(t, ['ann']);
  const [first, second] = [await house.hold(t, ['ann@hub.example'], { subject: 'One' }), await house.hold(t, ['ann@hub.example'], { subject: 'Two' })];
  await house.digest('--now');
  const [letter] = house.letters('ann');
  const swaks = (to: string, body: string) =>
    runProgram(peerPath('swaks'), [
      '--server',
      `127.0.0.1:${house.gateway.port()}`,
      '--from',
      'ann@hub.example',
      '--to',
      to,
      '--header',
      'Subject: Re: held',
      '--body',
      body,
    ]);
  const sent = await swaks(letter?.replyTo ?? '', '2\n\n> [1]\n>    Subject: One');
  assert.equal(sent.code, 0, sent.stdout);
  await until('the message to be in the mailbox', () => house.copies('ann', second.token) === 1);
  assert.equal(house.copies('ann', first.token), 0);
  const again = await swaks(letter?.addresses[1] ?? '', 'please');
  assert.notEqual(again.code, 0);
  assert.match(again.stdout, /550 5\.7\.1 Released already/);
});
