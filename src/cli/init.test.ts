import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runSubcommand } from '../../test/harness/run-subcommand.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { isMadeUpName, siteHostname } from '../config/embedded.ts';
import { loadConfig } from '../config/load.ts';
import { firstConfig } from './first-config.ts';
import { usualState } from './init.ts';

const nowMs = Date.UTC(2026, 7, 20, 6, 30);
const init = (args: readonly string[], cwd: string) => runSubcommand('init.ts', `m.initCommand(() => ${nowMs})`, ['init', ...args], cwd);

test('with everything given it asks nothing and writes a configuration that loads and observes for seven days', (t) => {
  const folder = scratchDirectory(t, 'init');
  const { code } = init(
    ['--networks', '10.20.0.0/16,2001:db8::/32', '--domains', 'example.net, example.org', '--hub', '192.0.2.10:25', '--hostname', 'mx.example.net'],
    folder,
  );
  const result = loadConfig(join(folder, 'floodgate.yaml'), { checkIds: [], nowMs });
  assert.equal(code, 0);
  assert.ok(result.ok);
  const { site, hub, mode, observeUntil } = result.config;
  assert.deepEqual(site, {
    hostname: 'mx.example.net',
    networks: ['10.20.0.0/16', '2001:db8::/32'],
    domains: ['example.net', 'example.org'],
    sharedAddresses: [],
    bulkSenders: [],
    customerDomains: [],
    postmaster: 'postmaster@example.net',
  });
  assert.deepEqual([hub.address, mode, observeUntil], [{ kind: 'smtp', host: '192.0.2.10', port: 25 }, 'observe', nowMs + 7 * 86_400_000]);
  assert.deepEqual(result.warnings, []);
});

test('a gateway in front of Postfix on port 25 needs no editor', (t) => {
  const folder = scratchDirectory(t, 'init');
  const line = [
    '--networks',
    '10.20.0.0/16',
    '--domains',
    'example.org',
    '--hub',
    '127.0.0.1:2626',
    '--xforward',
    '--listen',
    '0.0.0.0:25',
    '--state',
    '/var/lib/floodgate',
  ];
  assert.equal(init(line, folder).code, 0);
  const result = loadConfig(join(folder, 'floodgate.yaml'), { checkIds: [], nowMs });
  assert.ok(result.ok);
  const { hub, listeners, state } = result.config;
  assert.deepEqual([hub.xforward, listeners[0]?.address, state], [true, { host: '0.0.0.0', port: 25 }, '/var/lib/floodgate']);
  assert.deepEqual(result.warnings, []);
});

test('a way for what people send is written where one is given, and shown where none is', (t) => {
  const folder = scratchDirectory(t, 'init');
  assert.equal(init(['--yes', '--outgoing', '127.0.0.1:2627'], folder).code, 0);
  const result = loadConfig(join(folder, 'floodgate.yaml'), { checkIds: [], nowMs });
  assert.ok(result.ok);
  assert.deepEqual(
    result.config.listeners.map(({ name, role, address }) => [name, role, address.port]),
    [
      ['mx', 'mx', 2525],
      ['out', 'smarthost', 2627],
    ],
  );
  assert.equal(init(['--yes', '--file', 'x.yaml'], folder).code, 0);
  assert.match(readFileSync(join(folder, 'x.yaml'), 'utf8'), /^ {2}# - \{name: out, address: "127\.0\.0\.1:2627", role: smarthost\}$/m);
});

test('the state of an installed gateway is not kept below /etc, where its unit may not write', () => {
  assert.deepEqual(['/etc/floodgate/floodgate.yaml', '/root/floodgate.yaml'].map(usualState), ['/var/lib/floodgate', './floodgate-data']);
});

test('--yes takes the defaults: loopback only', (t) => {
  const folder = scratchDirectory(t, 'init');
  assert.equal(init(['--yes', '--file', 'x.yaml'], folder).code, 0);
  assert.ok(loadConfig(join(folder, 'x.yaml'), { checkIds: [], nowMs }).ok);
});

test('an existing file is never touched', (t) => {
  const folder = scratchDirectory(t, 'init');
  writeFileSync(join(folder, 'floodgate.yaml'), 'mine');
  const { code, stderr } = init(['--yes'], folder);
  assert.deepEqual(
    [code, stderr, readFileSync(join(folder, 'floodgate.yaml'), 'utf8')],
    [1, 'floodgate: floodgate.yaml exists already and was left as it is; --file names another\n', 'mine'],
  );
});

test('an answer that would make an open relay is not written', (t) => {
  const folder = scratchDirectory(t, 'init');
  const { code, stderr } = init(['--networks', '0.0.0.0/0', '--domains', 'example.org'], folder);
  assert.equal(code, 1);
  assert.match(stderr, /open relay.*nothing was written/);
  assert.equal(existsSync(join(folder, 'floodgate.yaml')), false);
});

const usage: readonly [args: readonly string[], why: RegExp][] = [
  [[], /no terminal to ask at: give --networks and --domains/],
  [['--networks', '10.0.0.0/8', '--domains', 'exa_mple'], /--domains: "exa_mple" is not a domain/],
  [['--domains', 'example.org'], /give --networks,/],
  [['--networks', '10.0.0.0/40', '--domains', 'example.org'], /--networks: "10.0.0.0\/40" is not a network/],
  [['--networks', '10.0.0.0/8', '--domains', '*.example.org'], /--domains: /],
  [['--yes', '--hub', 'somewhere'], /--hub: /],
  [['--yes', '--outgoing', 'out'], /--outgoing: "out" is not an address and port/],
  [['--yes', '--listen', '25'], /--listen: "25" is not an address and port/],
];
for (const [args, why] of usage) {
  test(`init ${args.join(' ')} is bad usage`, (t) => {
    const folder = scratchDirectory(t, 'init');
    const { code, stderr } = init(args, folder);
    assert.equal(code, 2);
    assert.match(stderr, why);
    assert.equal(existsSync(join(folder, 'floodgate.yaml')), false);
  });
}

test('what YAML would take for something else is put in quotes', () => {
  const text = firstConfig({
    hostname: 'mx.example.org',
    networks: ['::1/128', '10.0.0.0/8'],
    domains: ['example.org'],
    hub: 'lmtp://[::1]:24',
    xforward: false,
    listen: '[::]:25',
    outgoing: null,
    state: './floodgate-data',
    observeUntil: '2026-09-01',
  });
  assert.match(text, /networks: \["::1\/128", 10\.0\.0\.0\/8\]/);
  assert.match(text, /address: "\[::\]:25"/);
  assert.match(text, /address: "lmtp:\/\/\[::1\]:24"/);
});

test('a machine whose name nobody can look up does not give it to the gateway unasked', (t) => {
  const folder = scratchDirectory(t, 'init');
  const { stdout } = init(['--networks', '10.20.0.0/16', '--domains', 'example.net'], folder);
  const result = loadConfig(join(folder, 'floodgate.yaml'), { checkIds: [], nowMs });
  assert.ok(result.ok);
  const own = siteHostname(hostname());
  assert.equal(result.config.site.hostname, isMadeUpName(own) ? 'mx.example.net' : own);
  assert.equal(/nobody else can look up; mx\.example\.net stands there now/.test(stdout), isMadeUpName(own));
});
