import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCharset } from './charset.ts';

const cases: readonly [octets: string, label: string, expected: string, why: string][] = [
  ['abc', '', 'abc', 'ASCII'],
  ['\xfc', 'iso-8859-1', 'ü', 'as labelled'],
  ['\xc3\xbc', 'us-ascii', 'ü', 'UTF-8 under a wrong label'],
  ['\xfc', 'utf-8', '\ufffd', 'labelled UTF-8 and none: replaced, not guessed'],
  ['\xfc', 'no-such-charset', 'ü', 'unknown label: Windows-1252'],
  ['\xf0\xcf', 'koi8-r', 'По', 'KOI8-R'],
  ['\xcd\xcb', 'GB2312', '退', 'GB2312'],
  ['\x1b$BF|K\\\x1b(B', '', '日本', 'ISO-2022-JP shows itself by its escapes'],
  ['Hi +AOQ-!', 'utf-7', 'Hi ä!', 'UTF-7, which Exchange wrote'],
  ['1 +- 1', 'unicode-1-1-utf-7', '1 + 1', 'UTF-7: the sign itself'],
];
for (const [octets, label, expected, why] of cases)
  test(`${label || 'no label'}: ${why}`, () => assert.equal(decodeCharset(Buffer.from(octets, 'latin1'), label), expected));

for (const label of ['utf-16', 'UTF-16LE', 'utf-16be', 'ucs-2'])
  test(`${label}: the order of octets is seen, with a mark and without`, () => {
    const little = Buffer.from('no such user: käse', 'utf16le');
    const big = Buffer.from(little).swap16();
    for (const octets of [little, big, Buffer.concat([Buffer.from([0xff, 0xfe]), little]), Buffer.concat([Buffer.from([0xfe, 0xff]), big])])
      assert.equal(decodeCharset(octets, label), 'no such user: käse');
  });
