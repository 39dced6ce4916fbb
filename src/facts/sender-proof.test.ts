import assert from 'node:assert/strict';
import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { SenderProof } from '../model/content-reading.ts';
import { proveSender } from './sender-proof.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicText = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

/** Signs a body with `simple/simple`, From only: as plain as RFC 6376 3.4 allows. */
function signed(body: string, domain = 'sender.example', author = 'a@sender.example'): string {
  const bodyHash = createHash('sha256').update(body).digest('base64');
  const from = `From: ${author}\r\n`;
  const unsigned = `DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=${domain}; s=k; h=from; bh=${bodyHash}; b=`;
  const signature = createSign('sha256').update(`${from}${unsigned}`).sign(privateKey, 'base64');
  return `${unsigned}${signature}\r\n${from}\r\n${body}`;
}

const zone: Readonly<Record<string, string[][]>> = {
  'TXT sender.example': [['v=spf1 ip4:192.0.2.1 -all']],
  'TXT _dmarc.sender.example': [['v=DMARC1; p=reject']],
  'TXT k._domainkey.sender.example': [[`v=DKIM1; k=rsa; p=${publicText}`]],
  'TXT k._domainkey.other.example': [[`v=DKIM1; k=rsa; p=${publicText}`]],
};

async function proved(message: string, ip = '192.0.2.1'): Promise<SenderProof> {
  const found: SenderProof = {};
  const lookUp = (name: string, type: string): Promise<string[][]> => {
    const answer = zone[`${type} ${name}`];
    return answer === undefined ? Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' })) : Promise.resolve(answer);
  };
  await proveSender({ ip, helo: 'mx.sender.example', from: 'a@sender.example', message: Buffer.from(message) }, { lookUp, hostname: 'mx.example.org' }, found);
  return found;
}

test('an aligned signature passes, and is known by the mark that the traits have', async () => {
  const message = signed('hello\r\n');
  const { spf, dmarc, dkim } = await proved(message, '198.51.100.9');
  assert.deepEqual([spf, dmarc], ['fail', 'pass']);
  const mark = /b=([^=\s]{16})[^\s]*\r\n/.exec(message.slice(message.indexOf('; b=')))?.[1];
  assert.deepEqual(dkim, [{ domain: 'sender.example', mark, result: 'pass' }]);
});

test('a changed body, a signature of somebody else and a foreign address prove nothing', async () => {
  const changed = await proved(signed('hello\r\n').replace('hello', 'hullo'), '198.51.100.9');
  assert.deepEqual([changed.dkim?.[0]?.result === 'pass', changed.dmarc], [false, 'fail']);
  const foreign = await proved(signed('hello\r\n', 'other.example'), '198.51.100.9');
  assert.deepEqual([foreign.dkim?.[0]?.result, foreign.dmarc], ['pass', 'fail']);
});

test('SPF alone is enough for DMARC; without any record nothing is said', async () => {
  assert.deepEqual(await proved('From: a@sender.example\r\n\r\n'), { spf: 'pass', dmarc: 'pass', author: 'a@sender.example' });
  const found: SenderProof = {};
  const lookUp = (): Promise<never> => Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
  await proveSender({ ip: '192.0.2.1', helo: 'x.example', from: '', message: Buffer.from('From: a@x.example\r\n\r\n') }, { lookUp, hostname: 'mx' }, found);
  assert.deepEqual(found, { spf: 'none', dmarc: 'none' });
});

const authors: readonly [from: string, proven: string | undefined, why: string][] = [
  ['Ann <A@Sender.example>', 'a@sender.example', 'in one spelling'],
  ['"<anna@victim.example>" <me@sender.example>', 'me@sender.example', 'a display name in quotes is no address'],
  ['=?utf-8?Q?=3Canna=40victim.example=3E?= <me@sender.example>', 'me@sender.example', 'nor is an encoded one'],
  ['(<anna@victim.example>) me@sender.example', 'me@sender.example', 'nor is a comment'],
  ['me@sender.example, anna@sender.example', undefined, 'of two authors neither is proven to have sent it'],
  ['me@sender.example\r\nFrom: anna@sender.example', undefined, 'nor of two fields'],
];
for (const [from, proven, why] of authors)
  test(`From: ${from.replace('\r\n', ' / ')} proves ${proven ?? 'nobody'}: ${why}`, async () =>
    assert.equal((await proved(signed('hello\r\n', 'sender.example', from), '198.51.100.9')).author, proven));

test('who is not proven is not named: the signature fails', async () => {
  const { dmarc, author } = await proved(signed('hello\r\n').replace('hello', 'hullo'), '198.51.100.9');
  assert.deepEqual([dmarc, author], ['fail', undefined]);
});

const foreignSignature = (number: number): string =>
  `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=evil${number}.example; s=k; l=${number + 1}; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n`;

test('a message with very many signatures costs what one with a few costs, and the one of its author is among those looked at', async () => {
  const body = 'a b  c\r\n'.repeat(100_000);
  const many = Array.from({ length: 180 }, (_, number) => foreignSignature(number)).join('');
  const before = process.cpuUsage();
  const { dkim, dmarc, author } = await proved(`${many}${signed(body)}`, '198.51.100.9');
  const { user, system } = process.cpuUsage(before);
  assert.deepEqual([dkim?.length, dkim?.some(({ domain }) => domain === 'sender.example'), dmarc, author], [2, true, 'pass', 'a@sender.example']);
  assert.ok(user + system < 3_000_000, `${(user + system) / 1000} ms of processor; each signature hashes the whole body`);
});

test('what was left out may hold: then DMARC is not known, instead of failed', async () => {
  const many = Array.from({ length: 9 }, (_, number) => foreignSignature(number)).join('');
  const { dkim, dmarc } = await proved(`${many}From: a@sender.example\r\n\r\nhello\r\n`, '198.51.100.9');
  assert.deepEqual([dkim?.length, dmarc], [5, undefined]);
});

for (const [what, message] of [
  ['a signature of blanks', `DKIM-Signature: v=1; a=rsa-sha256; d=sender.example; s=k; h=from; x=${' '.repeat(95_000)}\r\n${signed('hello\r\n')}`],
  ['an ARC set of blanks', `ARC-Seal: i=1; a=rsa-sha256; cv=none; d=x.example; s=k; x=${' '.repeat(95_000)}; b=AAAA\r\n${signed('hello\r\n')}`],
  ['a field of tens of thousands of lines', `Subject: ${'\r\n '.repeat(30_000)}x\r\n${signed('hello\r\n')}`],
] as const)
  test(`${what} costs no time by the square of its length`, async () => {
    const before = process.cpuUsage();
    const { dmarc } = await proved(message, '198.51.100.9');
    const { user, system } = process.cpuUsage(before);
    assert.notEqual(dmarc, 'fail');
    assert.ok(user + system < 1_000_000, `${(user + system) / 1000} ms of processor`);
  });
