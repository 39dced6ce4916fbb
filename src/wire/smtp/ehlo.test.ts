import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEhlo } from './ehlo.ts';

const ehlo = (...lines: string[]) => parseEhlo({ code: 250, enhanced: null, lines });

test('a Postfix hub', () => {
  const hub = ehlo(
    'hub.example.org',
    'PIPELINING',
    'SIZE 10240000',
    'VRFY',
    'ETRN',
    'STARTTLS',
    'AUTH PLAIN LOGIN',
    'AUTH=PLAIN LOGIN',
    'ENHANCEDSTATUSCODES',
    '8BITMIME',
    'DSN',
    'SMTPUTF8',
    'CHUNKING',
    'XCLIENT NAME ADDR PORT',
    'XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT',
  );
  assert.equal(hub.greeting, 'hub.example.org');
  assert.equal(hub.size, 10_240_000);
  assert.deepEqual([hub.pipelining, hub.startTls, hub.eightBitMime, hub.dsn, hub.smtputf8, hub.chunking, hub.enhancedStatusCodes], Array(7).fill(true));
  assert.deepEqual([hub.prdr, hub.requireTls], [false, false]);
  assert.deepEqual([...hub.auth], ['PLAIN', 'LOGIN']);
  assert.deepEqual([...hub.xclient], ['NAME', 'ADDR', 'PORT']);
  assert.equal(hub.xforward.size, 7);
  assert.equal(hub.keywords.get('VRFY'), '');
});

const sizes: readonly [line: string, size: number | null, why: string][] = [
  ['SIZE 1000', 1000, 'a limit'],
  ['size 1000', 1000, 'in any case of letters'],
  ['SIZE', null, 'RFC 1870 4: no number, no limit told'],
  ['SIZE 0', null, 'RFC 1870 4: no fixed limit'],
  ['SIZE lots', null, 'not understood is not told'],
  ['X-SIZE 5', null, 'another keyword'],
];

for (const [line, size, why] of sizes) test(`${line}: ${why}`, () => assert.equal(ehlo('hub', line).size, size));

test('AUTH= alone is understood, and nonsense lines are passed over', () => {
  const hub = ehlo('hub', 'AUTH=login', '', '   ', '=x', 'PRDR ');
  assert.deepEqual([...hub.auth], ['LOGIN']);
  assert.equal(hub.prdr, true);
  assert.equal(hub.keywords.size, 2);
});

test('an answer to HELO offers nothing, even if its words look like it', () => {
  const hub = ehlo('PIPELINING');
  assert.equal(hub.pipelining, false);
  assert.equal(hub.keywords.size, 0);
});
