import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { scratchDirectory } from '../../test/harness/scratch.ts';

const launcher = fileURLToPath(new URL('../../bin/floodgate.mjs', import.meta.url));

function watch(owner: TestContext, files: Readonly<Record<string, string | Buffer>>, args: readonly string[], input = '') {
  const cwd = scratchDirectory(owner, 'watch');
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, 'watch', ...args], { cwd, input, encoding: 'utf8', timeout: 20_000 });
  return {
    status,
    stdout,
    stderr,
    records: () =>
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

const at = (second: number): string => `2024-10-31T12:00:${String(second).padStart(2, '0')}Z mx`;
const first = [
  `${at(1)} postfix/smtpd[7]: 0F5383D: client=out.shop.example[192.0.2.7], sasl_method=PLAIN, sasl_username=anna`,
  `${at(2)} postfix/qmgr[9]: 0F5383D: from=<a@shop.example>, size=5, nrcpt=1 (queue active)`,
  `${at(3)} kernel: eth0 up`,
].join('\n');
const second = `${at(4)} postfix/virtual[10]: 0F5383D: to=<b@hub.example>, relay=virtual, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (delivered)\n`;

test('a packed rotated log and the present one are one log: the delivery of today names the sender of yesterday', (t) => {
  const { status, records } = watch(t, { 'mail.log.1.gz': gzipSync(`${first}\n`), 'mail.log': second }, [
    '--json',
    '--events',
    '--summary',
    'mail.log.1.gz',
    'mail.log',
  ]);
  assert.equal(status, 0);
  assert.partialDeepStrictEqual(records().at(-2), {
    record: 'event',
    file: 'mail.log',
    line: 1,
    at: '2024-10-31T12:00:04.000Z',
    program: 'postfix/virtual',
    type: 'delivery',
    hostile: false,
    client: { ip: '192.0.2.7', port: null, name: 'out.shop.example' },
    user: 'anna',
    from: 'a@shop.example',
    to: 'b@hub.example',
    queueId: '0F5383D',
    messageId: null,
    outcome: 'delivered',
    replyCode: null,
    status: '2.0.0',
    reason: 'delivered',
  });
  assert.deepEqual(records().at(-1), {
    record: 'summary',
    lines: 4,
    events: 3,
    unknownLines: 1,
    alarms: 0,
    first: '2024-10-31T12:00:01.000Z',
    last: '2024-10-31T12:00:04.000Z',
  });
});

test('other logs have other memories', (t) => {
  const { records } = watch(t, { 'a.log': `${first}\n`, 'b.log': second }, ['--json', '--events', 'a.log', 'b.log']);
  assert.equal(records().at(-1)?.['client'], null);
});

test('without --events there are alarms and what was asked for alone; unknown lines go to standard error', (t) => {
  const { stdout, stderr } = watch(t, {}, ['--unknown', '-'], `${first}\x1b[31m\n${second}`);
  assert.equal(stdout, '');
  assert.equal(stderr, `-:3: ${at(3)} kernel: eth0 up?[31m\n`);
});

test('a burst of strange senders to one mailbox is an alarm, with the line that raised it', (t) => {
  const lines = Array.from({ length: 240 }, (_, n) => {
    const id = `0F${String(n).padStart(5, '0')}`;
    const time = new Date(Date.UTC(2024, 9, 31, 12, 0, n * 3)).toISOString();
    return [
      `${time} mx postfix/smtpd[7]: ${id}: client=mail.list${n}.example[198.51.${n}.7]`,
      `${time} mx postfix/qmgr[9]: ${id}: from=<confirm@list${n}.example>, size=5, nrcpt=1 (queue active)`,
      `${time} mx postfix/virtual[10]: ${id}: to=<victim@hub.example>, relay=virtual, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (delivered)`,
    ].join('\n');
  });
  const { records } = watch(t, { 'mail.log': lines.join('\n') }, ['--json', 'mail.log']);
  const alarm = records().find(({ detector }) => detector === 'subscription-bomb');
  assert.partialDeepStrictEqual(alarm, { record: 'alarm', recipient: 'victim@hub.example', file: 'mail.log', incident: null });
  assert.equal(Number(alarm?.['line']) % 3, 0, 'the line of a delivery');
  assert.equal(watch(t, { 'mail.log': lines.join('\n') }, ['--json', '--no-alarms', 'mail.log']).stdout, '');
});

test('a log that cannot be read does not keep the others from being read, and the exit code tells', (t) => {
  const { status, stderr, records } = watch(t, { 'b.log': second }, ['--json', '--events', 'none.log', 'b.log']);
  assert.equal(status, 1);
  assert.match(stderr, /none\.log: ENOENT/);
  assert.equal(records().length, 1);
});

for (const [args, words] of [
  [['--format', 'eudora', 'x'], /unknown format eudora; known are auto, postfix/],
  [['--follow', '-'], /standard input cannot be followed/],
  [[], /missing required argument/],
] as const)
  test(`bad usage is told: watch ${args.join(' ')}`, (t) => {
    const { status, stderr } = watch(t, {}, args);
    assert.equal(status, 2);
    assert.match(stderr, words);
  });

test('in words: times, who, what and where, without control characters of strangers', (t) => {
  const hostile = `${at(5)} postfix/smtpd[7]: warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: x, sasl_username=\x1b[31mroot\n`;
  const { stdout } = watch(t, { 'mail.log': hostile }, ['--events', '--summary', 'mail.log']);
  assert.equal(
    stdout,
    '2024-10-31T12:00:05.000Z hostile auth failed client=192.0.2.7 user=?[31mroot reason=x (mail.log:1)\n1 lines, 1 events, 0 lines not understood, 0 alarms; from 2024-10-31T12:00:05.000Z to 2024-10-31T12:00:05.000Z\n',
  );
});
