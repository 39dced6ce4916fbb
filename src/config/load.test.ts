import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { selfSigned } from '../../test/harness/self-signed.ts';
import { type ConfigProblem, loadConfig, loadConfigText, type LoadContext } from './load.ts';
import { placeKey } from './problem.ts';

const context: LoadContext = {
  checkIds: ['unknown-recipient', 'helo-claims-our-name', 'early-talker'],
  nowMs: Date.UTC(2026, 7, 1),
  localAddresses: ['192.0.2.1'],
};
const fixtures = fileURLToPath(new URL('../../fixtures/config/', import.meta.url));

const least = `site: {hostname: mx.example.org, domains: [example.org], postmaster: postmaster@example.org}
hub: {address: 192.0.2.10:25}
listeners: [{name: mx, address: "127.0.0.1:2525", role: mx}]
`;

/** What the fixture itself says below its text: `# error line:column path: message (hint)`. */
const expected = (text: string): readonly string[] => [...text.matchAll(/^# ((?:error|warning) .*)$/gm)].map(([, line]) => line ?? '');

const said = (severity: 'error' | 'warning', problems: readonly ConfigProblem[]): readonly string[] =>
  problems.map(
    ({ path, line, column, message, hint }) => `${severity} ${line === null ? '-' : `${line}:${column}`} ${path === '' ? '' : `${path}: `}${message} (${hint})`,
  );

for (const name of readdirSync(fixtures)) {
  test(`fixtures/config/${name}: all that is wrong is said at once, and nothing else`, () => {
    const file = join(fixtures, name);
    const text = readFileSync(file, 'utf8');
    const result = loadConfigText(text.replaceAll(/^# (?:error|warning) .*\n/gm, ''), file, context);
    assert.deepEqual([...said('error', result.ok ? [] : result.errors), ...said('warning', result.warnings)], expected(text));
    assert.equal(result.ok, name === 'only-warnings.yaml');
  });
}

test('there are at least ten wrong files to learn from', () => assert.ok(readdirSync(fixtures).length > 10));

const load = (text: string, more: Partial<LoadContext> = {}) => loadConfigText(text, '/etc/floodgate/floodgate.yaml', { ...context, ...more });

function loaded(text: string, more: Partial<LoadContext> = {}) {
  const result = load(text, more);
  assert.ok(result.ok, JSON.stringify(result.ok ? null : result.errors));
  return result;
}

test('the least configuration loads without a warning, with every default filled in', () => {
  const { config, warnings } = loaded(least);
  assert.deepEqual(warnings, []);
  assert.deepEqual([config.mode, config.threads, config.limits.message, config.timeouts.command], ['enforce', 'auto', 25 * 1024 ** 2, 300_000]);
});

test('the configuration is frozen to the bottom, so that no part of the program can change it for another', () => {
  const { config } = loaded(least);
  assert.throws(() => config.site.networks.push('0.0.0.0/0'), TypeError);
  assert.throws(() => Object.assign(config.listeners[0]?.address ?? {}, { port: 1 }), TypeError);
});

test('the source tells the hash of the text and which options are written where', () => {
  const { source } = loaded(least);
  assert.equal(source.sha256, createHash('sha256').update(least).digest('hex'));
  assert.deepEqual(source.places.get(placeKey(['hub', 'address'])), { line: 2, column: 7 });
  assert.equal(source.places.has(placeKey(['hub', 'xforward'])), false);
});

test('relative paths start at the folder of the file, absolute ones stay', () => {
  const text = `${least.replace('192.0.2.10:25', 'maildir:boxes')}state: data
auth: {users: users.txt}
tls: {cert: tls/cert.pem, key: ../key.pem}
lists: [{name: a, matches: sender, file: lists/a.txt}]
logs: [{path: mail.log}]
`;
  const files = { unreadable: () => null, worldReadable: () => false, text: (path: string) => (path.endsWith('cert.pem') ? pair.cert : pair.key) };
  const pair = selfSigned('mx.example.org', { now: new Date(context.nowMs ?? 0) });
  const { config } = loaded(text, { files });
  assert.deepEqual(
    [config.state, config.hub.address, config.auth?.users, config.tls, config.lists[0]?.file, config.logs[0]?.path],
    [
      '/etc/floodgate/data',
      { kind: 'maildir', path: '/etc/floodgate/boxes' },
      '/etc/floodgate/users.txt',
      { cert: '/etc/floodgate/tls/cert.pem', key: '/etc/key.pem' },
      '/etc/floodgate/lists/a.txt',
      '/etc/floodgate/mail.log',
    ],
  );
});

test('no file: the first-run set-up, on loopback only and without a warning', () => {
  const result = loadConfig(null, context);
  assert.ok(result.ok);
  assert.deepEqual(result.warnings, []);
  assert.equal(result.source.file, null);
  assert.deepEqual(result.config.hub.address, { kind: 'maildir', path: resolve('floodgate-data/mailboxes') });
  assert.deepEqual([result.config.listeners[0]?.address.host, result.config.web?.address.host], ['127.0.0.1', '127.0.0.1']);
});

test('a file that is not there is one clear error, not an exception', () => {
  const result = loadConfig('/nowhere/floodgate.yaml', context);
  assert.ok(!result.ok);
  assert.match(result.errors[0]?.message ?? '', /cannot be read: no such file/);
});

test('a folder, and bytes that are no UTF-8, are errors of the file', (t) => {
  const folder = scratchDirectory(t, 'load');
  const file = join(folder, 'latin1.yaml');
  writeFileSync(file, Buffer.from([0x61, 0x3a, 0x20, 0xe4, 0x0a]));
  const messages = [folder, file].map((path) => loadConfig(path, context)).map((result) => (result.ok ? '' : result.errors[0]?.message));
  assert.deepEqual(messages, [`${folder} cannot be read: it is a folder`, `${file} is not UTF-8 text`]);
});

for (const text of ['', '# nothing', '[]', 'word', '- a\n- b', '42', 'null']) {
  test(`${JSON.stringify(text)} is refused with what is missing or wrong`, () => {
    const result = load(text);
    assert.ok(!result.ok && result.errors.length > 0);
  });
}

test('no value of the file is repeated in an error or a warning: it may be a password', () => {
  const result = loadConfig(join(fixtures, 'secrets-in-wrong-places.yaml'), context);
  assert.ok(!result.ok && result.errors.length > 10);
  assert.doesNotMatch(JSON.stringify([result.errors, result.warnings]), /hunter2/);
});

test('broken YAML is told in our words: those of the library repeat the text', () => {
  for (const text of [
    'a: *hunter2',
    'a: !hunter2 b',
    '{a: hunter2',
    'a: "hunter2',
    'a: hunter2: b',
    'a: @hunter2',
    '%hunter2 x',
    '{[hunter2]: a}',
    '"hunter2\\q": 1',
  ]) {
    const result = load(text);
    assert.ok(!result.ok, text);
    assert.doesNotMatch(JSON.stringify(result.errors), /hunter2/, text);
  }
});

test('__proto__ and constructor are unknown keys like others', () => {
  const result = load(`${least}__proto__: {mode: observe}\nconstructor: 1\nchecks: {constructor: {action: defer}}\n`);
  assert.ok(!result.ok);
  assert.deepEqual(
    result.errors.map(({ path }) => path),
    ['__proto__', 'constructor', 'checks.constructor'],
  );
});

test('faults inside options do not hide faults between them', () => {
  const result = load(
    'site: {hostname: mx.example.org, domains: [example.org], networks: [0.0.0.0/0], postmaster: p@example.org}\nhub: {address: 127.0.0.1:25, conections: 3}\nlisteners: [{name: mx, address: "127.0.0.1:25", role: my}]\nmode: enforced\n',
  );
  assert.ok(!result.ok);
  assert.deepEqual(
    result.errors.map(({ path }) => path),
    ['site.networks[0]', 'hub.address', 'hub.conections', 'listeners[0].role', 'mode'],
  );
});

test('what rests on a faulty option is not guessed: no error is made up from a sample value', () => {
  const result = load(
    'site: {hostname: mx.example.org, domains: ["*.example.org"], postmaster: p@example.org}\nhub: {address: 192.0.2.1:25}\nroutes: {www.example.org: {address: "192.0.2.1:25"}}\nlisteners: [{name: mx, address: "127.0.0.1:25", role: mx}]\n',
  );
  assert.ok(!result.ok);
  assert.deepEqual(
    result.errors.map(({ path }) => path),
    ['site.domains[0]'],
  );
});

test('the catalogue of checks may speak against settings of checks it has', () => {
  const checkProblems = () => [
    { path: 'checks.early-talker', message: 'cannot do that', hint: 'remove it' },
    { path: 'checks.not-there', message: 'is no check', hint: '' },
  ];
  const result = load(`${least}checks: {early-talker: {action: defer}, not-there: {}}\n`, { checkProblems });
  assert.ok(!result.ok);
  assert.deepEqual(
    result.errors.map(({ path, line, message }) => [path, line, message]),
    [
      ['checks.early-talker', 4, 'cannot do that'],
      ['checks.not-there', 4, 'is not a check'],
    ],
  );
});

test('lowering one cap below the default of another is no mistake; writing both the wrong way round is', () => {
  assert.deepEqual(loaded(`${least}limits: {sessions: 5}\n`).warnings, []);
  assert.equal(loaded(`${least}limits: {sessions: 5, sessionsPerAddress: 6}\n`).warnings[0]?.path, 'limits.sessionsPerAddress');
});

test('an observation that is past is told, one that lasts is not', () => {
  assert.deepEqual(loaded(`${least}mode: observe\nobserveUntil: 2026-08-02\n`).warnings, []);
  assert.match(loaded(`${least}mode: observe\nobserveUntil: 2026-08-01\n`).warnings[0]?.message ?? '', /is past/);
});

const withFiles = (t: Parameters<typeof scratchDirectory>[0], cert: string, key: string) => {
  const folder = scratchDirectory(t, 'load');
  const paths = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), users: join(folder, 'users.txt') };
  for (const [path, text] of [
    [paths.cert, cert],
    [paths.key, key],
    [paths.users, 'alice:{PLAIN}hunter2\n'],
  ] as const)
    writeFileSync(path, text, { mode: 0o600 });
  return { paths, text: `${least}tls: {cert: ${paths.cert}, key: ${paths.key}}\nauth: {users: ${paths.users}}\n` };
};

test('certificate, key and users file that fit and are private give no word', (t) => {
  const { cert, key } = selfSigned('mx.example.org', { now: new Date(context.nowMs ?? 0) });
  assert.deepEqual(loaded(withFiles(t, cert, key).text).warnings, []);
});

test('a key or users file that every user of the host can read is a warning', (t) => {
  const { cert, key } = selfSigned('mx.example.org', { now: new Date(context.nowMs ?? 0) });
  const { paths, text } = withFiles(t, cert, key);
  chmodSync(paths.key, 0o644);
  chmodSync(paths.users, 0o604);
  assert.deepEqual(
    loaded(text).warnings.map(({ path }) => path),
    ['tls.key', 'auth.users'],
  );
});

test("another certificate's key, rubbish for a certificate, and a certificate that ended are told without showing them", (t) => {
  const one = selfSigned('mx.example.org', { now: new Date(context.nowMs ?? 0) });
  const other = selfSigned('mx.example.org');
  const ended = selfSigned('mx.example.org', { now: new Date(context.nowMs ?? 0), days: -3 });
  const foreign = load(withFiles(t, one.cert, other.key).text);
  const rubbish = load(withFiles(t, 'hunter2', 'hunter2').text);
  assert.ok(!foreign.ok && !rubbish.ok);
  assert.deepEqual(
    foreign.errors.map(({ path, message }) => [path, message]),
    [['tls.key', 'does not belong to the certificate']],
  );
  assert.deepEqual(
    rubbish.errors.map(({ path }) => path),
    ['tls.cert', 'tls.key'],
  );
  assert.doesNotMatch(JSON.stringify(rubbish), /hunter2/);
  assert.match(loaded(withFiles(t, ended.cert, ended.key).text).warnings[0]?.message ?? '', /^ended on 2026-07-29$/);
});

const ring = (hub: string, listener: string) =>
  load(
    `site: {hostname: mx.example.org, domains: [example.org], postmaster: p@example.org}\nhub: {address: "${hub}"}\nlisteners: [{name: mx, address: "${listener}", role: mx}]\n`,
  );
const rings: readonly [hub: string, listener: string, isRing: boolean, why: string][] = [
  ['192.0.2.1:25', '0.0.0.0:25', true, 'an address of this host, and we listen on all of them'],
  ['192.0.2.1:25', '[::]:25', true, 'the IPv6 wildcard takes IPv4 too'],
  ['localhost:25', '127.0.0.1:25', true, 'the name of loopback'],
  ['mx.example.org:25', '192.0.2.1:25', true, 'our own name'],
  ['0.0.0.0:25', '127.0.0.1:25', true, 'connecting to the wildcard ends at this host'],
  ['192.0.2.9:25', '0.0.0.0:25', false, 'another host'],
  ['127.0.0.1:26', '0.0.0.0:25', false, 'another port'],
  ['127.0.0.2:25', '127.0.0.1:25', false, 'another address of loopback'],
  ['lmtp://127.0.0.1:24', '127.0.0.1:24', true, 'LMTP to ourselves is a ring too'],
];
for (const [hub, listener, isRing, why] of rings) {
  test(`hub ${hub} behind listener ${listener} is ${isRing ? 'a ring' : 'no ring'}: ${why}`, () => assert.equal(ring(hub, listener).ok, !isRing));
}

test('any free port (0) may be asked for more than once', () => {
  assert.deepEqual(
    loaded(least.replace('[{name', '[{name: a, address: "127.0.0.1:0", role: mx}, {name: b, address: "127.0.0.1:0", role: mx}, {name')).warnings,
    [],
  );
});

test('a key file among the mail that it encrypts is warned of', () => {
  const files = { unreadable: () => null, worldReadable: () => false, text: () => `k-1: ${Buffer.alloc(32, 1).toString('base64')}` };
  const warningsFor = (keyFile: string): readonly string[] =>
    loaded(`${least}state: /var/lib/floodgate\nquarantine: {keyFile: ${keyFile}}\n`, { files }).warnings.map(({ message }) => message);
  assert.match(warningsFor('/var/lib/floodgate/held.keys')[0] ?? '', /whoever copies that has the key as well/);
  assert.deepEqual(warningsFor('/var/lib/floodgate-keys/held.keys'), []);
});
