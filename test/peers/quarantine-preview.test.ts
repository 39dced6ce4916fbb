// The preview of held mail in a real browser (mission Q3): mail full of what a browser fetches, follows and runs is shown as text, and nothing is
// asked of anybody but the gateway. All that the browser asks for goes through a proxy of ours that writes it down, loopback included.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { isOfMakers, openBrowser, startOnlooker, type BrowserPage } from '../harness/browser.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { layOutGateway } from '../harness/gateway.ts';
import { letter } from '../harness/letter.ts';
import { requirePeers } from '../harness/peer.ts';
import { atEnd, freePort, listenOn, type Owner } from '../harness/scratch.ts';
import { deliverOnce, referenceIn } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

/** A server that nobody should ever come to: gives what it was asked for. */
async function startTracker(owner: Owner): Promise<{ readonly port: number; readonly hits: string[]; page: string }> {
  const tracker = { port: 0, hits: [] as string[], page: '' };
  const server = createServer((incoming, answer) => {
    tracker.hits.push(incoming.url ?? '');
    answer.writeHead(200, { 'content-type': incoming.url === '/page' ? 'text/html' : 'text/plain' }).end(incoming.url === '/page' ? tracker.page : '');
  });
  await listenOn(server, 0);
  const address = server.address();
  atEnd(owner, () => {
    server.close();
    server.closeAllConnections();
  });
  return Object.assign(tracker, { port: typeof address === 'object' && address !== null ? address.port : 0 });
}

/** Everything by which a mail makes a browser fetch, go or run. */
const hostileHtml = (at: string): string => `<!doctype html><html><head>
<meta http-equiv="refresh" content="0;url=${at}/refresh"><base href="${at}/base/">
<link rel="stylesheet" href="${at}/style.css"><link rel="preload" as="image" href="${at}/preload.png"><link rel="prefetch" href="${at}/prefetch">
<link rel="icon" href="${at}/icon.png"><link rel="dns-prefetch" href="//dns.evil.example"><link rel="preconnect" href="${at}">
<style>@import url(${at}/import.css); body { background: url(${at}/background.png) } @font-face { font-family: x; src: url(${at}/font.woff) } p { font-family: x }</style>
<script src="${at}/script.js"></script><script>alert('run'); fetch('${at}/fetch'); window.pwned = true</script></head>
<body background="${at}/body.png" onload="window.pwned = true; new Image().src = '${at}/onload'">
<img src="${at}/pixel.gif" srcset="${at}/srcset.png 2x" onerror="window.pwned = true; alert('error')"><img src=x onerror="fetch('${at}/onerror')">
<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned = true"><image href="${at}/svg.png"/><use href="${at}/use.svg#a"/><script>window.pwned = true</script></svg>
<iframe src="${at}/frame"></iframe><iframe srcdoc="<img src=${at}/srcdoc.png>"></iframe><object data="${at}/object"></object><embed src="${at}/embed">
<video src="${at}/video" poster="${at}/poster.png" autoplay></video><audio src="${at}/audio" autoplay></audio><input type="image" src="${at}/input.png">
<form id="f" action="${at}/form" method="post"><input name="password" autofocus onfocus="document.forms.f.submit()"></form>
<a href="${at}/click" id="a">https://www.bank.example</a><a href="javascript:window.pwned=true">run</a>
<p style="background-image: url('${at}/inline.png'); list-style-image: url(${at}/list.png)">words that a reader reads</p>
<math><mtext></form><form><mglyph><style></math><img src="${at}/mutation.png" onerror="window.pwned=true"></body></html>`;

/** The same tricks where a page shows texts: subject, names, addresses, text as it stands. */
function hostileMail(at: string): readonly Buffer[] {
  const html = hostileHtml(at);
  const base64 = (text: string): string =>
    (
      Buffer.from(text)
        .toString('base64')
        .match(/.{1,76}/g) ?? []
    ).join('\r\n');
  const tag = `<img src=${at}/header.png onerror=window.pwned=true>`;
  return [
    letter({
      subject: `${tag}</td><script>window.pwned=true</script>`,
      headers: ['MIME-Version: 1.0', 'Content-Type: text/html'],
      body: html.replaceAll('\n', '\r\n'),
    }),
    letter({
      subject: `=?UTF-8?B?${Buffer.from(`\u202e${tag}\u0007`).toString('base64')}?=`,
      headers: ['MIME-Version: 1.0', 'Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64'],
      body: base64(html),
    }),
    letter({
      headers: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'],
      body: [
        '--b',
        'Content-Type: text/plain',
        '',
        `</pre>${tag}<script>window.pwned=true</script> ${at}/text`,
        '--b',
        `Content-Type: image/svg+xml; name="${tag.replaceAll('"', '')}.svg"`,
        'Content-Disposition: inline',
        '',
        `<svg xmlns="http://www.w3.org/2000/svg" onload="fetch('${at}/attached')"><image href="${at}/attached.png"/></svg>`,
        '--b--',
        '',
      ].join('\r\n'),
    }),
  ];
}

/** The mail as a mail program without any care would show it: the browser must be seen to fetch, or nothing is proven. */
async function assertSeen(page: BrowserPage, tracker: { readonly port: number; readonly hits: readonly string[]; page: string }): Promise<void> {
  tracker.page = hostileHtml(`http://127.0.0.1:${tracker.port}`)
    .replace(/<meta http-equiv[^>]*>/, '')
    .replace(' autofocus', '');
  await page.goto(`http://127.0.0.1:${tracker.port}/page`);
  for (const path of ['/pixel.gif', '/style.css', '/background.png', '/frame', '/svg.png', '/onload'])
    await until(`the careless page to fetch ${path}`, () => tracker.hits.some((hit) => hit.startsWith(path)));
  assert.equal(await page.evaluate('window.pwned'), true, 'and to run');
}

test('hostile mail is shown as text in Chromium, and nobody hears of it', async (t) => {
  if (!requirePeers(t, 'chromium')) return;
  const tracker = await startTracker(t);
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const web = await freePort();
  const gateway = await layOutGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    config: {
      web: { address: `127.0.0.1:${web}` },
      quarantine: { freeDisk: '0', keyFile: 'held.keys' },
      rules: [{ id: 'all', when: { from: 'x@' }, action: 'quarantine', because: '<b>bold</b>' }],
    },
  });
  assert.equal((await gateway.command('quarantine', 'key', 'new', join(gateway.directory, 'held.keys'))).code, 0);
  await gateway.start();
  const ids: string[] = [];
  for (const content of hostileMail(`http://127.0.0.1:${tracker.port}`)) {
    const { end } = await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from: 'x@evil.example', to: ['anna@hub.example'], content });
    ids.push((end === null ? null : referenceIn(end)) ?? assert.fail(end?.text));
  }
  await until('all to be listed', async () => (await gateway.command('quarantine', 'list', '--json')).stdout.trim().split('\n').length === ids.length);
  const { token } = JSON.parse((await gateway.command('token', 'add', 'desk', '--role', 'operator', '--json')).stdout) as { token: string };

  const ours = `127.0.0.1:${web}`;
  const onlooker = await startOnlooker(t, [ours, `127.0.0.1:${tracker.port}`]);
  const page = await openBrowser(t, onlooker);
  await page.goto(`http://${ours}/quarantine`);
  await page.until('the list', `document.querySelectorAll('#list button').length === ${ids.length}`);
  await page.evaluate(`sessionStorage.setItem('token', ${JSON.stringify(token)})`);
  for (const id of ids) {
    await page.evaluate(`[...document.querySelectorAll('#list button')].find((button) => button.textContent === ${JSON.stringify(id)}).click()`);
    await page.until(`the preview of ${id}`, `!document.getElementById('preview').hidden && document.getElementById('preview-title').textContent === '${id}'`);
    // What the preview sets off goes out before this does.
    await page.evaluate(
      `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))).then(() => fetch('/healthz?${id}')).then((it) => it.text())`,
    );
    await until('the page’s last request', () => onlooker.asked.includes(`http://${ours}/healthz?${id}`));
    const inside = await page.evaluate<readonly string[]>(`[...document.querySelectorAll('#preview *, #list *')].map(({ localName }) => localName)`);
    for (const name of ['img', 'a', 'iframe', 'svg', 'form', 'script', 'style', 'link', 'object', 'b'])
      assert.ok(!inside.includes(name), `no ${name} of a stranger`);
  }
  const text = await page.evaluate<string>(`document.getElementById('readable').textContent + document.getElementById('list').textContent`);
  assert.match(text, /<script>window\.pwned=true<\/script>/, 'it is read as text');
  assert.match(text, /\\u\{202e\}<img|<img/);
  assert.doesNotMatch(text, /\u202e|\u0007/, 'and turns no line');
  assert.equal(await page.evaluate('window.pwned'), undefined);
  assert.deepEqual(page.dialogs, []);
  assert.deepEqual(tracker.hits, [], 'nobody heard of it');
  assert.deepEqual(
    onlooker.asked.filter((url) => !url.startsWith(`http://${ours}/`) && !isOfMakers(url)),
    [],
    'nothing was asked of anybody else',
  );
  // Pictures that belong to the browser's own form fields are data in its own style.
  assert.deepEqual(
    page.requests.filter((url) => !url.startsWith(`http://${ours}/`) && !url.startsWith('data:')),
    [],
    'nor tried by the page, and forbidden',
  );

  await assertSeen(page, tracker);
});

test('release of all that fit from the page: the number first, and what could not be released is told', async (t) => {
  if (!requirePeers(t, 'chromium')) return;
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const web = await freePort();
  const gateway = await layOutGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    config: {
      web: { address: `127.0.0.1:${web}` },
      quarantine: { freeDisk: '0' },
      rules: [{ id: 'all', when: { from: '@' }, action: 'quarantine' }],
    },
  });
  await gateway.start();
  for (const from of ['a@one.example', 'b@one.example', 'c@one.example', 'd@two.example'])
    await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from, to: ['anna@hub.example'], content: letter() });
  await until('all to be listed', async () => (await gateway.command('quarantine', 'list', '--json')).stdout.trim().split('\n').length === 4);
  const { token } = JSON.parse((await gateway.command('token', 'add', 'desk', '--role', 'operator', '--json')).stdout) as { token: string };
  hub.script = { MAIL: ({ line }) => (line.includes('b@one') ? '554 5.7.1 Not him' : undefined) };

  const onlooker = await startOnlooker(t, [`127.0.0.1:${web}`]);
  const page = await openBrowser(t, onlooker);
  await page.goto(`http://127.0.0.1:${web}/quarantine`);
  await page.until('the list', `document.querySelectorAll('#list button').length === 4`);
  await page.evaluate(
    `sessionStorage.setItem('token', ${JSON.stringify(token)}); document.getElementById('sender').value = 'one.example'; document.getElementById('release').click()`,
  );
  await page.until('the number', `/^3 messages .* would be released/.test(document.getElementById('number').textContent)`);
  assert.equal(hub.messages.length, 0, 'only told');
  await page.evaluate(`document.getElementById('yes').click()`);
  await page.until('the end', `document.getElementById('state').textContent === '2 released, 1 were not'`);
  assert.match(await page.evaluate<string>(`document.getElementById('result').textContent`), /is still held: 554 5\.7\.1 Not him/);
  assert.equal(hub.messages.length, 2);
});
