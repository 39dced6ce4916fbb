import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMarkOf, traceLine, traceMarksIn } from './trace-header.ts';

const key = Buffer.alloc(32, 1);
const line = traceLine(key, { id: '1M7YNPXHV1000-1', atSeconds: 1_795_272_000, sender: 'Anna@hub.example' });
const [mark] = traceMarksIn(line);

test('a mark is read back and is its sender’s, however the address is written', () => {
  assert.ok(mark !== undefined && line.endsWith('\r\n') && line.length < 120);
  assert.equal(isMarkOf(key, mark, 'anna@HUB.example'), true);
});

test('it is nobody else’s, not with another key, another time or another id', () => {
  assert.ok(mark !== undefined);
  assert.equal(isMarkOf(key, mark, 'bert@hub.example'), false);
  assert.equal(isMarkOf(Buffer.alloc(32, 2), mark, 'anna@hub.example'), false);
  assert.equal(isMarkOf(key, { ...mark, atSeconds: mark.atSeconds + 1 }, 'anna@hub.example'), false);
  assert.equal(isMarkOf(key, { ...mark, id: '1M7YNPXHV1000-2' }, 'anna@hub.example'), false);
});

for (const [text, why] of [
  [`Received: from x\r\n${line}Subject: y\r\n`, 'in a returned header'],
  [`> Received: from x\n> ${line.trim()}\n`, 'quoted'],
  [line.replace(': v1', ':\r\n\tv1'), 'folded'],
  [line.replaceAll('; ', ';\r\n '), 'folded everywhere'],
  [line.toLowerCase().replace(/v1.*/, (rest) => line.slice(line.length - rest.length - 2).trim()), 'the name in lower case'],
] as const)
  test(`it is found ${why}`, () => assert.deepEqual(traceMarksIn(text), [mark]));

for (const [text, why] of [
  ['', 'nothing'],
  ['v1; A-1; 1795272000; AAAAAAAAAAAAAAAA', 'a mark without the name of its field'],
  ['X-Floodgate-Trace: v2; A-1; 1795272000; AAAAAAAAAAAAAAAA', 'another version'],
  ['X-Floodgate-Trace: v1; A-1; 1795272000; short', 'too short'],
] as const)
  test(`${why} is none`, () => assert.deepEqual(traceMarksIn(text), []));

test('of very many only the first ten are looked at', () => assert.equal(traceMarksIn(line.repeat(5000)).length, 10));
