// No IOS is to be had here, so the output is held against the grammar of Cisco's command reference ("Security Command Reference": ip
// access-list extended, deny, permit, remark; "IPv6 Command Reference": ipv6 access-list): every line must be one of these, in its mode.
import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { test } from 'node:test';
import { sampleExport } from '../sample-sheet.ts';

type Mode = 'config' | 'ipv4' | 'ipv6' | 'ended';

const isPort = (text: string): boolean => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535;
const word = (dotted: string): number => dotted.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
/** A wildcard is the inverse of a netmask, and the address has no bit that it covers. */
function isWildcardPair(address: string, wildcard: string): boolean {
  const [bits, mask] = [word(address), word(wildcard)];
  const isMask = Number.isInteger(Math.log2(mask + 1));
  return isIPv4(address) && isIPv4(wildcard) && isMask && bits % (mask + 1) === 0;
}

const isSourceV4 = (tokens: readonly string[]): boolean =>
  tokens.length === 2 && (tokens[0] === 'host' ? isIPv4(tokens[1] ?? '') : isWildcardPair(tokens[0] ?? '', tokens[1] ?? ''));
function isSourceV6(tokens: readonly string[]): boolean {
  if (tokens.length === 2) return tokens[0] === 'host' && isIPv6(tokens[1] ?? '');
  const [address = '', bits = ''] = (tokens[0] ?? '').split('/');
  return tokens.length === 1 && isIPv6(address) && /^\d{1,3}$/.test(bits) && Number(bits) <= 128;
}

/** The mode after a line; throws where no such line is in that mode. */
function step(mode: Mode, line: string): Mode {
  if (mode === 'ended') assert.equal(line, '');
  if (line === '' || line.startsWith('!')) return mode;
  if (line === 'end') return 'ended';
  if (/^(?:no )?ip access-list extended [A-Z][A-Z0-9]*$/.test(line)) return line.startsWith('no ') ? 'config' : 'ipv4';
  if (/^(?:no )?ipv6 access-list [A-Z][A-Z0-9]*$/.test(line)) return line.startsWith('no ') ? 'config' : 'ipv6';
  assert.ok(mode === 'ipv4' || mode === 'ipv6', `${line} outside an access list`);
  if (/^ remark [\x20-\x7e]{1,100}$/.test(line) || line === (mode === 'ipv4' ? ' permit ip any any' : ' permit ipv6 any any')) return mode;
  const tokens = line.trim().split(' ');
  const source = tokens.slice(2, -3);
  assert.deepEqual([...tokens.slice(0, 2), ...tokens.slice(-3, -1)], ['deny', 'tcp', 'any', 'eq'], line);
  assert.ok(isPort(tokens.at(-1) ?? '') && (mode === 'ipv4' ? isSourceV4(source) : isSourceV6(source)), line);
  return mode;
}

const parse = (text: string): Mode => text.split('\n').reduce(step, 'config' as Mode);

test('every line is one that IOS takes, in the mode it stands in', () => {
  assert.equal(parse(sampleExport('ios')), 'ended');
  assert.equal(parse(sampleExport('ios', [])), 'ended');
});

test('the grammar refuses what IOS refuses, or this test would say nothing', () => {
  const good = sampleExport('ios');
  for (const [from, to] of [
    ['0.0.3.255', '0.0.3.254'],
    ['host 192.0.2.7', '192.0.2.7'],
    [' permit ip any any', 'permit ip any'],
    ['any eq 25', 'any eq 70000'],
    ['198.51.100.0 0.0', '198.51.101.0 0.0'],
  ] as const) {
    assert.ok(good.includes(from), from);
    assert.throws(() => parse(good.replace(from, to)), Error, to);
  }
});

test('each list ends with a permit: without it the unwritten "deny everything" would cut the site off', () => {
  const lists = sampleExport('ios', []).split(/^no /m).slice(1);
  assert.equal(lists.length, 2);
  for (const list of lists) assert.match(list, /^ permit (?:ip|ipv6) any any$/m);
});
