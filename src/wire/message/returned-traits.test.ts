import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idShape, returnedTraits } from './returned-traits.ts';

const key = { k0: 1, k1: 2 };
const words = Array.from({ length: 60 }, (_, n) => `word${String.fromCharCode(97 + (n % 26))}${String.fromCharCode(97 + (n % 7))}`).join(' ');
const message = (lines: readonly string[], body: string): Buffer => Buffer.from([...lines, '', body].join('\r\n'));

test('text, links, program and Message-ID of a whole message', () => {
  const traits = returnedTraits(
    message(
      ['Message-ID: <20261121.a3f9c2@pc7.spammer.example>', 'X-Mailer: The Bat! (v3.0)', 'Subject: x'],
      `${words} https://shop.pills.example/a?b http://WWW.Pills.Example. www.other.example`,
    ),
    key,
  );
  assert.deepEqual([traits.mailer, traits.idShape, traits.urlHosts], ['The Bat! (v3.0)', 'd8.h6@spammer.example', ['pills.example', 'other.example']]);
  assert.equal(traits.bands?.length, 8);
});

test('a header alone tells what it has, and names nothing that it has not', () =>
  assert.deepEqual(returnedTraits(message(['Message-ID: <q@hub.example>', 'User-Agent: KMail'], ''), key), { mailer: 'KMail', idShape: 'a1@hub.example' }));

test('links of a page are found in its tags; the names of its grammar are none', () => {
  const page =
    '<html xmlns="http://www.w3.org/1999/xhtml"><body><a href="http://user@192.0.2.9/x">here</a> <img src="https://a.b.pix.example/1.gif"></body></html>';
  const traits = returnedTraits(message(['MIME-Version: 1.0', 'Content-Type: text/html'], page), key);
  assert.deepEqual(traits.urlHosts, ['192.0.2.9', 'pix.example']);
});

test('what would move the cursor of a terminal is taken out', () => {
  const { mailer, idShape: shape } = returnedTraits(message(['Message-ID: <a\x1b[2J@x.example>', 'X-Mailer: A\x1b[2J\x07B'], ''), key);
  assert.doesNotMatch(`${mailer}${shape}`, /\p{Cc}/u);
});

for (const [id, shape] of [
  ['<123.45@a.b.example>', 'd3.d2@b.example'],
  ['<DEADBEEF01@x.example>', 'h10@x.example'],
  ['<Zx81kq@x.example>', 'x6@x.example'],
  ['q$f@x.example', 'a1$a1@x.example'],
  ['<no-at>', null],
  ['', null],
] as const)
  test(`${id} is made like ${shape ?? 'none'}`, () => assert.equal(idShape(id), shape));
