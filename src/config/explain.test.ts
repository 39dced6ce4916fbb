import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain } from './explain.ts';
import { loadConfigText } from './load.ts';

const text = `site: {hostname: mx.example.org, domains: [example.org], postmaster: postmaster@example.org}
hub: {address: "lmtp://192.0.2.10:24"}
listeners: [{name: mx, address: "127.0.0.1:2525", role: mx}]
limits:
  message: 10 MiB
`;
const checkIds = ['early-talker'];
const result = loadConfigText(text, 'floodgate.yaml', { checkIds });
assert.ok(result.ok);
const { config, source } = result;
const ask = (key: string) => explain(key, config, source, { checkIds, checkDefaults: { 'early-talker': { action: 'observe', onUnsure: 'pass' } } });
const one = (key: string) => {
  const explained = ask(key);
  assert.ok(explained.ok);
  assert.equal(explained.explanations.length, 1);
  return explained.explanations[0];
};

test('a written option: value as written, its line, unit, default, page', () => {
  assert.deepEqual(one('limits.message'), {
    key: 'limits.message',
    value: '10 MiB',
    line: 5,
    unit: 'size',
    default: '25 MiB',
    range: null,
    meaning: 'Largest message; announced as SIZE. 1 MiB more for servers and users of ours.',
    page: 'docs/reference/options.md#limits',
  });
});

test('a default has no line; its range is told', () => {
  const { value, line, range } = one('hub.connections') ?? {};
  assert.deepEqual([value, line, range], [50, null, '1 to 1000']);
});

test('items of lists and values with a syntax of their own are shown as written', () => {
  assert.deepEqual([one('listeners[0].address')?.value, one('hub.address')?.value], ['127.0.0.1:2525', 'lmtp://192.0.2.10:24']);
});

test('a section is explained option by option', () => {
  const explained = ask('dns');
  assert.ok(explained.ok);
  assert.deepEqual(
    explained.explanations.map(({ key, value }) => [key, value]),
    [
      ['dns.servers', null],
      ['dns.timeout', '2s'],
    ],
  );
});

test('the id of a check leads to its settings and its page', () => {
  const explained = ask('early-talker');
  assert.ok(explained.ok);
  assert.deepEqual(
    explained.explanations.map(({ key, page }) => [key, page]),
    [
      ['checks.early-talker.action', 'docs/checks/early-talker.md'],
      ['checks.early-talker.onUnsure', 'docs/checks/early-talker.md'],
    ],
  );
});

test('a check that nobody has set says what it does by itself', () => {
  const explained = ask('early-talker');
  assert.ok(explained.ok);
  assert.deepEqual(
    explained.explanations.map(({ value, default: own }) => [value, own]),
    [
      ['observe', 'observe'],
      ['pass', 'pass'],
    ],
  );
});

const unknown: readonly [key: string, nearest: string | null][] = [
  ['sesions', 'limits.sessions'],
  ['limits.mesage', 'limits.message'],
  ['earlytalker', 'early-talker'],
  ['checks.not-there', null],
  ['zebra', null],
];
for (const [key, near] of unknown) test(`${key} is unknown; nearest is ${near}`, () => assert.deepEqual(ask(key), { ok: false, nearest: near }));

test('a list of names and domains says which names', () => {
  assert.equal(one('spool.routes')?.unit, 'list of hub or outbound or domains');
});
