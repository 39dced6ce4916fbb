import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { digestLanguages, type DigestLanguage } from '../model/release.ts';
import type { ReleaseDoor, ReleaseView } from '../respond/digest/release-view.ts';
import { releasePages } from './release-page.ts';

const offered = (language: DigestLanguage = 'en'): ReleaseView => ({
  language,
  postmaster: 'postmaster@hub.example',
  state: 'offered',
  message: {
    recipient: 'ann@hub.example',
    from: '"><script>alert(1)</script>',
    subject: '<img src=x onerror=y>',
    arrivedAt: 0,
    keptUntil: 1e12,
    reason: 'rule',
  },
});

function start(view: (token: string) => ReleaseView | null | Error = () => offered()) {
  const asked: string[] = [];
  const faults: unknown[] = [];
  const clock = { ms: 1e6 };
  const answer = (what: string, token: string): Promise<ReleaseView | null> => {
    asked.push(`${what} ${token}`);
    const found = view(token);
    return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
  };
  const house: { door: ReleaseDoor | null } = {
    door: { language: 'de', look: (token) => answer('look', token), release: (token) => answer('release', token) },
  };
  const pages = releasePages({ door: () => house.door, onFault: (error) => void faults.push(error), now: () => clock.ms });
  const ask = (method: 'GET' | 'POST', token = 'tok', asker = '192.0.2.9') =>
    pages.find((page) => page.method === method)?.run({ params: { token }, asker }) ?? Promise.resolve(null);
  return { asked, faults, clock, house, ask };
}

test('looking looks, the button releases', async () => {
  const { ask, asked } = start();
  await ask('GET');
  await ask('POST');
  assert.deepEqual(asked, ['look tok', 'release tok']);
});

test('what strangers wrote is text; the page has no script and loads nothing', async () => {
  const html = (await start().ask('GET'))?.html ?? '';
  assert.doesNotMatch(html, /<(?:script|img|link|iframe|svg|object|embed)\b|<[^>]*\s(?:src|style|on\w+)=|url\(|https?:/i);
  assert.match(html, /&lt;img src=x onerror=y&gt;/);
  assert.match(html, /<form method="post"><button>Release message<\/button><\/form>/);
});

test('the browser is told to run nothing, load nothing, keep nothing and tell nobody', async () => {
  const answer = await start().ask('GET');
  const { 'content-security-policy': policy = '', 'cache-control': cache, 'referrer-policy': referrer } = answer?.headers ?? {};
  assert.deepEqual([cache, referrer], ['no-store', 'no-referrer']);
  assert.match(policy, /default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe|script-src|\*/);
  const style = /<style>([^]*)<\/style>/.exec(answer?.html ?? '')?.[1] ?? '';
  assert.ok(policy.includes(`'sha256-${createHash('sha256').update(style).digest('base64')}'`), 'its own style is allowed, by its hash');
});

const states: readonly [state: Exclude<ReleaseView['state'], 'offered'>, status: number, said: RegExp][] = [
  ['released', 200, /has been released/],
  ['ordered', 200, /has been recorded/],
  ['rejected', 409, /server has refused[^]*postmaster@hub\.example/],
  ['used', 410, /already been released/],
  ['expired', 410, /expired[^]*postmaster@hub\.example/],
  ['gone', 410, /no longer/],
  ['not-offered', 403, /virus/],
  ['forged', 404, /not valid/],
];
for (const [state, status, said] of states)
  test(`${state} is ${status}, said in words, and has no button`, async () => {
    const answer = await start(() => ({ language: 'en', postmaster: 'postmaster@hub.example', state })).ask('GET');
    assert.equal(answer?.status, status);
    assert.match(answer?.html ?? '', said);
    assert.doesNotMatch(answer?.html ?? '', /<form|<button/);
  });

for (const language of digestLanguages)
  test(`in ${language} as in the letter`, async () =>
    assert.match((await start(() => offered(language)).ask('GET'))?.html ?? '', new RegExp(`<html lang="${language}-`)));

test('who asks too often waits, others do not; afterwards he may again', async () => {
  const { ask, asked, clock } = start();
  for (let n = 0; n < 60; n++) assert.equal((await ask('GET'))?.status, 200);
  const refused = await ask('POST');
  assert.deepEqual([refused?.status, refused?.headers['retry-after']], [429, '60']);
  assert.equal(asked.length, 60, 'nothing was looked up for him');
  assert.equal((await ask('GET', 'tok', '192.0.2.10'))?.status, 200);
  clock.ms += 1000;
  assert.equal((await ask('POST'))?.status, 200);
});

test('addresses of one IPv6 network count as one', async () => {
  const { ask } = start();
  for (let n = 0; n < 60; n++) await ask('GET', 'tok', `2001:db8::${n.toString(16)}`);
  assert.equal((await ask('GET', 'tok', '2001:db8::ffff'))?.status, 429);
});

test('a disk that fails is 503 in words, and is told to the log', async () => {
  const { ask, faults } = start(() => new Error('EIO'));
  assert.equal((await ask('POST'))?.status, 503);
  assert.match(String(faults[0]), /EIO/);
});

test('switched off there is no such page', async () => {
  const { ask, house } = start();
  house.door = null;
  assert.equal(await ask('GET'), null);
});
