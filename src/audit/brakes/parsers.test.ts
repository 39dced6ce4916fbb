import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settings } from './brake.ts';
import { readAmount, type Unit } from './amount.ts';
import { parseExim } from './exim.ts';
import { parsePostfix, resolvePostfix } from './postfix.ts';
import { parseSendmail } from './sendmail.ts';

const cases: readonly [parse: (text: string) => Settings, text: string, setting: string, value: string | undefined, why: string][] = [
  [parsePostfix, 'a = 1\n  2\n# comment\n\n  3\nb = 4', 'a', '1 2 3', 'a comment within does not end a value'],
  [parsePostfix, 'a = 1\na = 2', 'a', '2', 'the last one wins'],
  [parsePostfix, '#a = 1', 'a', undefined, 'a comment is no setting'],
  [parsePostfix, '25 inet n - n - 30 smtpd\n  -o smtpd_timeout=20s', 'smtpd_timeout', '20s', 'master.cf goes over main.cf'],
  [parsePostfix, '10.0.0.1:25 inet n - n - 30 smtpd', 'smtpd/maxproc', '30', 'a service at an address'],
  [parseExim, 'recipients_max = \\\n   5\\\n  # comment\n  0', 'recipients_max', '50', 'a backslash continues, a comment within does not end'],
  [parseExim, 'MAX = 70\nsmtp_accept_max = MAX', 'smtp_accept_max', '70', 'a macro is put in'],
  [parseExim, 'A = 7\nB = A0\nsmtp_accept_max = B', 'smtp_accept_max', '70', 'a macro of a macro'],
  [parseExim, 'begin acl\nsmtp_accept_max = 1', 'smtp_accept_max', undefined, 'only the main section has options'],
  [parseExim, 'hide smtp_accept_max = "9"', 'smtp_accept_max', '9', 'hidden and quoted'],
  [parseSendmail, "define(`confREFUSE_LA', `12')dnl", 'RefuseLA', '12', 'm4 source'],
  [parseSendmail, "divert(0)\ndnl define(`confREFUSE_LA', `12')", 'RefuseLA', undefined, 'dnl takes the rest of the line away'],
  [parseSendmail, 'O refusela = 12', 'RefuseLA', '12', 'names in any case'],
  [parseSendmail, '#O RefuseLA=12', 'RefuseLA', undefined, 'as the .cf has its defaults: commented'],
];

for (const [parse, text, setting, value, why] of cases) {
  test(`${parse.name} ${JSON.stringify(text)}: ${why}`, () => assert.equal(parse(text).get(setting)?.value, value));
}

const amounts: readonly [raw: string, unit: Unit, amount: number | null][] = [
  ['50M', 'bytes', 52_428_800],
  ['10M', 'KiB', 10_240],
  ['1024', 'KiB', 1024],
  ['1h30m', 'seconds', 5400],
  ['300s', 'seconds', 300],
  ['8.5', 'load', 8.5],
  ['${if x}', 'count', null],
  ['', 'count', null],
];
for (const [raw, unit, amount] of amounts) test(`${JSON.stringify(raw)} in ${unit} is ${amount}`, () => assert.equal(readAmount(raw, unit), amount));

test('a reference that leads back to itself ends', () => assert.equal(typeof resolvePostfix('$a', () => '$a'), 'string'));
test('stress is taken as absent, in both spellings', () => {
  assert.equal(
    resolvePostfix('${stress?{10}:{300}}s', () => null),
    '300s',
  );
  assert.equal(
    resolvePostfix('${stress?1}${stress:20}', () => null),
    '20',
  );
});
