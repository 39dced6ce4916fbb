import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfigText } from '../load.ts';

const warningsOf = (text: string): readonly string[] =>
  loadConfigText(text, '/etc/floodgate/floodgate.yaml', { checkIds: [], localAddresses: [] }).warnings.map(({ path, message }) => `${path} ${message}`);

const site = (
  hostname: string,
  rest = '',
): string => `site: {hostname: ${hostname}, networks: [127.0.0.0/8], domains: [example.org], postmaster: postmaster@example.org}
hub: {address: "127.0.0.1:2626", xforward: true}
listeners: [{name: mx, address: "127.0.0.1:2525", role: mx}]
${rest}`;

test('a name that the machine gave itself is warned of, more so where people answer to it', () => {
  const [plain] = warningsOf(site('vm.localdomain'));
  assert.match(plain ?? '', /^site\.hostname vm\.localdomain is no name of the Internet/);
  assert.doesNotMatch(plain ?? '', /digest/);
  assert.match(warningsOf(site('vm.localdomain', 'quarantine: {digest: {}}'))[0] ?? '', /answers to digest letters reach nobody$/);
  assert.deepEqual(warningsOf(site('mx.example.org')), []);
});

test('a signing key of a domain that is not ours is warned of: it would never be asked for', () => {
  const keys = (domain: string): string => `bounces: {signingKeys: [{domain: ${domain}, selector: s1, key: "v=DKIM1; p=abc"}]}`;
  assert.match(warningsOf(site('mx.example.org', keys('example.com')))[0] ?? '', /^bounces\.signingKeys\[0\]\.domain example\.com is no domain of ours/);
  assert.deepEqual(warningsOf(site('mx.example.org', keys('example.org'))), []);
});

test('a link to release mail by which others can read along is warned of', () => {
  const link = (url: string): string => `web: {address: "127.0.0.1:8025"}\nquarantine: {digest: {link: "${url}"}}`;
  assert.match(warningsOf(site('mx.example.org', link('http://mail.example.org')))[0] ?? '', /^quarantine\.digest\.link is no https/);
  assert.deepEqual(warningsOf(site('mx.example.org', link('https://mail.example.org'))), []);
});

test('a hub on this machine that sends its users’ mail through us is no loop: nothing is warned of that does not happen', () =>
  assert.deepEqual(warningsOf(site('mx.example.org')), []));
