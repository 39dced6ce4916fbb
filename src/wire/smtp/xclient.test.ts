import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatXclient, formatXforward, parseXclient, type XclientAttributes } from './xclient.ts';

const accepted: readonly [argument: string, attributes: XclientAttributes, why: string][] = [
  ['NAME=spike.porcupine.org ADDR=168.100.189.2', { NAME: 'spike.porcupine.org', ADDR: '168.100.189.2' }, 'the example of XCLIENT_README'],
  ['addr=IPV6:2001:DB8::0:1', { ADDR: '2001:db8::1' }, 'IPv6 has a prefix, and comes out in its one form'],
  ['ADDR=IPV6:::ffff:192.0.2.1', { ADDR: '192.0.2.1' }, 'IPv4 in IPv6 is IPv4'],
  ['NAME=[UNAVAILABLE] ADDR=[tempunavail]', { NAME: null, ADDR: null }, 'known to be unknown'],
  ['PORT=4711 DESTADDR=192.0.2.25 DESTPORT=025 PROTO=esmtp', { PORT: '4711', DESTADDR: '192.0.2.25', DESTPORT: '25', PROTO: 'ESMTP' }, 'the rest'],
  ['HELO=a+20b LOGIN=user+40example.org', { HELO: 'a b', LOGIN: 'user@example.org' }, 'xtext'],
];

for (const [argument, attributes, why] of accepted) test(`${argument}: ${why}`, () => assert.deepEqual(parseXclient(argument), { kind: 'ok', attributes }));

const refused: readonly [argument: string, why: string][] = [
  ['', 'nothing'],
  ['NAME', 'no value'],
  ['NAME=', 'empty value'],
  ['=x', 'no name'],
  ['COLOUR=red', 'unknown attribute'],
  ['constructor=x', 'names of the language mean nothing'],
  ['ADDR=192.0.2.1 ADDR=192.0.2.2', 'which one?'],
  ['ADDR=[UNAVAILABLE] ADDR=192.0.2.2', 'nor after an unknown one'],
  ['ADDR=192.0.2.256', 'no address'],
  ['ADDR=2001:db8::1', 'IPv6 without its prefix'],
  ['ADDR=IPV6:192.0.2.1', 'IPv4 with it'],
  ['ADDR=IPV6:fe80::1%25eth0', 'a zone'],
  ['PORT=65536', 'no port'],
  ['PROTO=HTTP', 'no protocol of ours'],
  ['NAME=a+0D+0Ab', 'a line end hidden in xtext'],
  ['HELO=a+00', 'NUL hidden in xtext'],
  ['LOGIN=+ZZ', 'no xtext'],
  [`HELO=${'x'.repeat(256)}`, 'longer than 255 octets'],
];

for (const [argument, why] of refused) test(`${argument.slice(0, 40)} is refused: ${why}`, () => assert.equal(parseXclient(argument).kind, 'bad'));

const all = new Set(['NAME', 'ADDR', 'PORT', 'PROTO', 'HELO', 'LOGIN', 'DESTADDR', 'DESTPORT', 'IDENT', 'SOURCE']);

test('XCLIENT: NAME and ADDR last, unknown values told as such, unsupported attributes left out', () => {
  const attributes: XclientAttributes = { NAME: null, ADDR: '2001:db8::1', PORT: '4711', HELO: 'a b', LOGIN: 'x' };
  assert.deepEqual(formatXclient(attributes, new Set(['NAME', 'ADDR', 'PORT', 'HELO'])), [
    'XCLIENT PORT=4711 HELO=a+20b NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::1',
  ]);
  assert.deepEqual(formatXclient(attributes, new Set()), []);
});

test('XFORWARD: a value that is too long is told as unknown, not cut', () => {
  assert.deepEqual(formatXforward({ NAME: 'a.example', ADDR: '192.0.2.1', HELO: 'x'.repeat(256), IDENT: 'r1', SOURCE: 'REMOTE' }, all), [
    'XFORWARD NAME=a.example ADDR=192.0.2.1 HELO=[UNAVAILABLE] IDENT=r1 SOURCE=REMOTE',
  ]);
});

test('a value that would not fit the line encoded is told as unknown too', () => {
  assert.deepEqual(formatXclient({ HELO: 'é'.repeat(120) }, all), ['XCLIENT HELO=[UNAVAILABLE]']);
});

test('what is no address is told as unknown: the next hop must not have to guess', () => {
  assert.deepEqual(formatXclient({ NAME: 'a.example', ADDR: 'unix:/socket' }, all), ['XCLIENT NAME=a.example ADDR=[UNAVAILABLE]']);
});

test('hostile values cannot leave their place', () => {
  const [line = ''] = formatXforward({ HELO: 'a\r\nRSET\r\nADDR=1.2.3.4 =+' }, all);
  assert.equal(line, 'XFORWARD HELO=a+0D+0ARSET+0D+0AADDR+3D1.2.3.4+20+3D+2B');
});

test('any values make lines of at most 512 octets, and what is read back is what was known', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '='), minLength: 1, maxLength: 150 });
  fc.assert(
    fc.property(text, text, fc.stringMatching(/^[a-z.-]{1,255}$/), (helo, login, name) => {
      const attributes: XclientAttributes = {
        NAME: name,
        ADDR: '2001:db8:1111:2222:3333:4444:5555:6666',
        PORT: '65535',
        PROTO: 'ESMTP',
        HELO: helo,
        LOGIN: login,
        DESTADDR: '192.0.2.1',
        DESTPORT: '25',
      };
      const lines = formatXclient(attributes, all);
      const read: XclientAttributes = {};
      for (const line of lines) {
        assert.ok(Buffer.byteLength(line) + 2 <= 512);
        const parsed = parseXclient(line.slice('XCLIENT '.length));
        assert.ok(parsed.kind === 'ok');
        Object.assign(read, parsed.attributes);
      }
      assert.match(lines.at(-1) ?? '', / NAME=\S+ ADDR=\S+$/);
      for (const [key, value] of Object.entries(read)) assert.ok(value === null || value === attributes[key as keyof XclientAttributes]);
      assert.equal(Object.keys(read).length, 8);
    }),
  );
});
