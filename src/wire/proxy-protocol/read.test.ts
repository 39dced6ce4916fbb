import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32cOf } from './crc32c.ts';
import { readProxyHeader, type ProxyHeader } from './read.ts';

const v1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const word = (value: number): number[] => [value >> 8, value & 255];

function v2(options: { command?: number; family?: number; body?: readonly number[]; length?: number }): Buffer {
  const body = options.body ?? [];
  const head = [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, options.command ?? 0x21, options.family ?? 0x11];
  return Buffer.from([...head, ...word(options.length ?? body.length), ...body]);
}

const ipv4 = [192, 0, 2, 7, 198, 51, 100, 25, ...word(4711), ...word(25)];
const ipv6 = [...Buffer.from('20010db800000000000000000000000720010db8000000000000000000000025', 'hex'), ...word(4711), ...word(25)];
const mapped = [...Buffer.from('00000000000000000000ffffc000020700000000000000000000ffffc6336419', 'hex'), ...word(4711), ...word(25)];
const tlv = (type: number, ...value: number[]): number[] => [type, ...word(value.length), ...value];

function withChecksum(body: readonly number[]): Buffer {
  const header = v2({ body: [...body, ...tlv(0x03, 0, 0, 0, 0), ...tlv(0x04, 1, 2)] });
  const at = header.length - 5 - 4;
  header.writeUInt32BE(crc32cOf(header), at);
  return header;
}

const from4 = { source: { ip: '192.0.2.7', port: 4711 }, destination: { ip: '198.51.100.25', port: 25 } };
const from6 = { source: { ip: '2001:db8::7', port: 4711 }, destination: { ip: '2001:db8::25', port: 25 } };
const none = { source: null, destination: null };

const good: readonly [header: Buffer, result: Omit<Extract<ProxyHeader, { kind: 'ok' }>, 'kind' | 'bytes'>, why: string][] = [
  [v1('PROXY TCP4 192.0.2.7 198.51.100.25 4711 25\r\n'), { local: false, ...from4 }, 'version 1, IPv4'],
  [v1('PROXY TCP6 2001:DB8::0:7 2001:db8::25 4711 25\r\n'), { local: false, ...from6 }, 'version 1, IPv6 in its one form'],
  [v1('PROXY TCP6 ::ffff:192.0.2.7 ::ffff:198.51.100.25 4711 25\r\n'), { local: false, ...from4 }, 'version 1, IPv4 in IPv6'],
  [v1('PROXY UNKNOWN\r\n'), { local: false, ...none }, 'version 1, unknown'],
  [v1(`PROXY UNKNOWN ${'f'.repeat(91)}\r\n`), { local: false, ...none }, 'what stands behind UNKNOWN is ignored, up to 107 octets'],
  [v2({ body: ipv4 }), { local: false, ...from4 }, 'version 2, IPv4'],
  [v2({ body: ipv6, family: 0x21 }), { local: false, ...from6 }, 'version 2, IPv6'],
  [v2({ body: mapped, family: 0x21 }), { local: false, ...from4 }, 'version 2, IPv4 in IPv6'],
  [v2({ body: [...ipv4, ...tlv(0x01, 1, 2, 3), ...tlv(0xe0)] }), { local: false, ...from4 }, 'extensions are skipped'],
  [withChecksum(ipv4), { local: false, ...from4 }, 'a right checksum'],
  [v2({ command: 0x20, family: 0 }), { local: true, ...none }, 'a health check'],
  [v2({ command: 0x20, family: 0xff, body: [1, 2, 3] }), { local: true, ...none }, 'whatever a health check carries is discarded'],
  [v2({ family: 0x00, body: tlv(0x04, 0) }), { local: false, ...none }, 'no addresses told'],
  [v2({ family: 0x12, body: ipv4 }), { local: false, ...none }, 'datagrams are no TCP'],
  [v2({ family: 0x31, body: Array(216).fill(47) }), { local: false, ...none }, 'Unix sockets have no IP address'],
];

for (const [header, result, why] of good) {
  test(`${why}: each beginning asks for more, and what follows is not touched`, () => {
    for (let bytes = 0; bytes < header.length; bytes++) assert.deepEqual(readProxyHeader(header.subarray(0, bytes)), { kind: 'more' }, String(bytes));
    for (const following of ['', 'EHLO x\r\n', '\r\n', '\0'])
      assert.deepEqual(readProxyHeader(Buffer.concat([header, Buffer.from(following)])), { kind: 'ok', bytes: header.length, ...result });
  });
}

const wrong = withChecksum(ipv4);
wrong.writeUInt8(8, 19);

const bad: readonly [header: Buffer, why: string][] = [
  [v1('EHLO x\r\n'), 'SMTP at once'],
  [v1('proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n'), 'lower case'],
  [v1('PROXY TCP4 192.0.2.7 198.51.100.25 4711\r\n'), 'a field is missing'],
  [v1('PROXY TCP4 192.0.2.7 198.51.100.25 4711 25 x\r\n'), 'a field too many'],
  [v1('PROXY TCP4 192.0.2.7  198.51.100.25 4711 25\r\n'), 'two blanks'],
  [v1('PROXY TCP4 192.0.2.07 198.51.100.25 4711 25\r\n'), 'leading zero in an address'],
  [v1('PROXY TCP4 192.0.2.7 198.51.100.25 04711 25\r\n'), 'leading zero in a port'],
  [v1('PROXY TCP4 192.0.2.7 198.51.100.25 65536 25\r\n'), 'no port'],
  [v1('PROXY TCP4 2001:db8::7 198.51.100.25 1 25\r\n'), 'the wrong family'],
  [v1('PROXY TCP6 192.0.2.7 2001:db8::1 1 25\r\n'), 'the other way round'],
  [v1('PROXY TCP6 fe80::1%eth0 2001:db8::1 1 25\r\n'), 'a zone'],
  [v1('PROXY UDP4 192.0.2.7 198.51.100.25 1 25\r\n'), 'no protocol of version 1'],
  [v1('PROXY \r\n'), 'nothing'],
  [v1(`PROXY UNKNOWN ${'f'.repeat(92)}\r\n`), '108 octets'],
  [v2({ command: 0x11, body: ipv4 }), 'version 1 in binary'],
  [v2({ command: 0x22, body: ipv4 }), 'unknown command'],
  [v2({ family: 0x41, body: ipv4 }), 'unknown family'],
  [v2({ family: 0x13, body: ipv4 }), 'unknown transport'],
  [v2({ body: ipv4.slice(1) }), 'addresses cut off'],
  [v2({ body: ipv4, family: 0x21 }), 'IPv6 with the room of IPv4'],
  [v2({ body: [...ipv4, 1, 0] }), 'half an extension'],
  [v2({ body: [...ipv4, ...tlv(1, 5, 6).slice(0, -1)] }), 'an extension longer than the header'],
  [v2({ body: [...ipv4, ...tlv(3, 1, 2)] }), 'a checksum of two octets'],
  [wrong, 'a wrong checksum'],
  [v2({ length: 4081, body: ipv4 }), 'told at once: longer than 4096 octets, before they are waited for'],
];

for (const [header, why] of bad) test(`refused: ${why}`, () => assert.equal(readProxyHeader(header).kind, 'bad'));
