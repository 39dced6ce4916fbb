import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs } from '../../../test/harness/processor-time.ts';
import { authorIn, safeText, senderText } from './safe-text.ts';

const cases: readonly [raw: string, shown: string, why: string][] = [
  ['=?utf-8?B?R3LDvMOfZQ==?= an alle', 'Grüße an alle', 'encoded words are read'],
  ['=?iso-8859-1?Q?F=E4llig?=', 'Fällig', 'in any charset'],
  ['Schöne Grüße', 'Schöne Grüße', 'what came as characters stays'],
  ['Pay now\u001b[2J\u0007', 'Pay now [2J', 'nothing drives a terminal'],
  ['=?utf-8?Q?a=0D=0ABcc:_x?=', 'a Bcc: x', 'an encoded line end makes no line'],
  ['invoice\u202efdp.exe', 'invoice fdp[.]exe', 'the direction of writing is not turned'],
  ['=?utf-8?B?aW52b2ljZeKArmZkcC5leGU=?=', 'invoice fdp[.]exe', 'nor in an encoded word'],
  ['zero\u200bwidth\ufeff\u00ad', 'zero width', 'what is invisible is gone'],
  ['see https://evil.example/login', 'see https: //evil[.]example/login', 'no link of his in a letter of ours'],
  ['HTTP://x and www.evil.example', 'HTTP: //x and www[.]evil[.]example', 'however it is written'],
  ['Log in at paypa1-check.com/login now', 'Log in at paypa1-check[.]com/login now', 'a host needs no scheme'],
  ['=?utf-8?Q?b=C3=BCcher=E3=80=82example?=', 'bücher[.]example', 'nor ASCII'],
  ['file://evil.example/x', 'file: //evil[.]example/x', 'nor a web server'],
  ['\\\\evil.example\\share\\x.lnk', '\\ \\evil[.]example\\share\\x[.]lnk', 'nor a scheme at all'],
  ['ms-word:ofe|u|x', 'ms-word: ofe|u|x', 'a program of the house opens nothing of his'],
  ['mailto:a@evil.example', 'mailto: a@evil[.]example', 'nor writes to anybody'],
  ['h\u200bttp://x.example', 'h ttp: //x[.]example', 'what is invisible does not glue it together'],
  ['http://192.0.2.7/x and 192.0.2.7:8080', 'http: //192[.]0[.]2[.]7/x and 192[.]0[.]2[.]7:8080', 'nor does it need a name'],
  ['a@evil.example/login', 'a@evil[.]example/login', 'what only begins like an address is none'],
  ['"Bank" <service@bank.example>, x@b.example.', '"Bank" <service@bank.example>, x@b.example.', 'who wrote is told'],
  ['Re: Nr. 5, z.B. 1.5 kg am 21.11.2026 um 10:30', 'Re: Nr. 5, z.B. 1.5 kg am 21.11.2026 um 10:30', 'plain words stay as they are'],
  [`e${'\u0301'.repeat(30)}`, `é${'\u0301'.repeat(4)}`, 'no tower of accents'],
  ['مرحبا بالعالم', 'مرحبا بالعالم', 'writing from the right is fine by itself'],
  ['\u0000\u0001', '', 'nothing is nothing'],
  ['\ud800x', 'x', 'half a character is none'],
];
for (const [raw, shown, why] of cases)
  test(`${JSON.stringify(raw)} is shown as ${JSON.stringify(shown)}: ${why}`, () => assert.equal(safeText(raw, 150), shown));

test('a long text is cut between characters', () => {
  const shown = safeText('😀'.repeat(500), 10);
  assert.deepEqual([Array.from(shown).length, shown.endsWith('…'), /^😀+…$/u.test(shown)], [10, true, true]);
});

test('a header of a megabyte takes no time', () => {
  const started = processorMs();
  safeText('=?utf-8?Q?='.repeat(100_000), 100);
  assert.ok(processorMs() - started < 200);
});

test('the author is shown, and the envelope behind him where it is another', () => {
  assert.equal(senderText('Ann <ann@a.example>', 'ann@a.example', 'none'), 'Ann <ann@a.example>');
  assert.equal(senderText('Bank <service@bank.example>', 'x@bulk.example', 'none'), 'Bank <service@bank.example> (x@bulk.example)');
  assert.equal(senderText(null, 'x@bulk.example', 'none'), 'x@bulk.example');
  assert.equal(senderText(null, '', 'none'), 'none');
  assert.equal(senderText('MAILER-DAEMON', '', 'none'), 'MAILER-DAEMON (none)');
});

test('the author stands in the first From field, folded or not', () => {
  assert.equal(authorIn(['Subject: x', 'from: Ann', '\t<ann@a.example>', 'From: other']), 'Ann\t<ann@a.example>');
  assert.equal(authorIn(['Subject: From: x']), null);
});
