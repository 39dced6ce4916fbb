// A day recorded by a real gateway, replayed (mission O5): under the same configuration nothing differs, under another one just what should;
// between two configurations the same; and a site in mode observe hears what would have happened.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startFakeHub } from '../harness/fake-hub.ts';
import { merged, startGateway, type Gateway, type RawConfig } from '../harness/gateway.ts';
import { bodyOf, letter } from '../harness/letter.ts';
import { atEnd, runProgram, type Finished, type Owner } from '../harness/scratch.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';

type Line = Readonly<Record<string, unknown>> & { readonly record: string };
interface Said {
  readonly action: string;
  readonly check: string | null;
}

const whole: Owner = { after };
const hub = await startFakeHub({ script: { RCPT: ({ line }) => (line.includes('nobody') ? '550 5.1.1 No such user' : undefined) } });
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, { hub: `127.0.0.1:${hub.port}` });
await aDay(whole, gateway);
assert.equal(await gateway.stop(), 0);

/** What a day brings: good mail, an unknown recipient, an attempt to relay, somebody who says our own name, a large message, an insider. */
async function aDay(by: Owner, { port }: Gateway): Promise<void> {
  const from = (ip: string) => ({ port: port(), from: ip });
  const mail = (sender: string, to: readonly string[], body = 'hello') => ({ from: sender, to, content: letter({ body }) });
  assert.equal((await deliverOnce(by, from('127.0.0.2'), mail('ann@sender.example', ['anna@hub.example', 'bert@hub.example']))).end?.code, 250);
  assert.equal((await deliverOnce(by, from('127.0.0.3'), mail('news@shop.example', ['anna@hub.example'], bodyOf(20_000)))).end?.code, 250);
  assert.equal((await deliverOnce(by, from('127.0.0.1'), mail('anna@hub.example', ['friend@far.example']))).end?.code, 250);
  await deliverOnce(by, from('127.0.0.4'), mail('guess@bad.example', ['nobody@hub.example']));
  await deliverOnce(by, from('127.0.0.5'), mail('spam@bad.example', ['victim@far.example']));
  const liar = await SmtpClient.connect(by, from('127.0.0.6'));
  await liar.reply();
  await liar.ask('EHLO mx.hub.example');
  await liar.ask('QUIT');
}

const program = fileURLToPath(new URL('../../bin/floodgate.mjs', import.meta.url));
const run = (args: readonly string[]): Promise<Finished> => runProgram(process.execPath, [program, 'replay', ...args]);

/** Under the gateway's own configuration, unless another is named. */
async function replay(...args: readonly string[]): Promise<readonly Line[]> {
  const { stdout, stderr, code } = await run(['--json', ...(args.includes('--config') ? [] : ['--config', gateway.configFile]), ...args]);
  assert.equal(code, 0, stderr);
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

const journal = join(gateway.state, 'journal');
const of = (lines: readonly Line[], record: string): readonly Line[] => lines.filter((line) => line.record === record);
const summaryOf = (lines: readonly Line[]): Line => {
  const last = lines.at(-1);
  assert.equal(last?.record, 'summary');
  return last;
};

/** Differences as `stage from to: action check -> action check`. */
function differences(lines: readonly Line[]): readonly string[] {
  const words = (said: unknown): string => `${(said as Said).action} ${(said as Said).check}`;
  return of(lines, 'difference')
    .map(({ stage, was, would, from, to }) => `${String(stage)} ${String(from)} ${String(to)}: ${words(was)} -> ${words(would)}`)
    .toSorted();
}

/** The gateway's own configuration with more laid over it. */
function another(name: string, more: RawConfig): string {
  const file = join(gateway.directory, name);
  writeFileSync(file, JSON.stringify(merged(JSON.parse(readFileSync(gateway.configFile, 'utf8')) as RawConfig, more)));
  return file;
}

writeFileSync(join(gateway.directory, 'bad-senders.txt'), 'shop.example # too many newsletters\n');
const other = another('other.yaml', {
  lists: [{ name: 'bad-senders', matches: 'sender', file: 'bad-senders.txt', action: 'reject' }],
  checks: { 'helo-claims-our-name': { action: 'observe' } },
  rules: [{ id: 'no-bert', when: { to: '^bert@' }, action: 'defer' }],
  site: { domains: ['hub.example', 'far.example'] },
});
const wanted = [
  'helo null null: reject helo-claims-our-name -> observe helo-claims-our-name',
  'rcpt ann@sender.example bert@hub.example: pass null -> defer no-bert',
  'rcpt news@shop.example anna@hub.example: pass null -> reject listed',
  // Ours now; whether the mailbox exists nobody asked then, and the line says so.
  'rcpt spam@bad.example victim@far.example: reject relay-not-allowed -> pass null',
];

test('the configuration that recorded the day decides everything in the same way again', async () => {
  const lines = await replay('--journal', journal);
  assert.deepEqual(differences(lines), []);
  const summary = summaryOf(lines);
  assert.equal(summary['different'], 0);
  assert.equal(summary['goodMailTouched'], 0);
  assert.equal(summary['goodMail'], 3);
  assert.equal(summary['sessions'], 6);
  assert.ok(Number(summary['decisions']) >= 20 && summary['decisions'] === summary['same'], JSON.stringify(summary));
});

test('another configuration: the differences are listed, and nothing else', async () => {
  const lines = await replay('--journal', journal, '--config', other);
  assert.deepEqual(differences(lines), wanted);
  const summary = summaryOf(lines);
  assert.equal(summary['different'], 4);
  assert.equal(summary['newlyPassed'], 2);
  assert.equal(summary['goodMailTouched'], 2, 'the newsletter is refused, and one recipient of the other message put off');
  const supposed = of(lines, 'difference').find(({ to }) => to === 'victim@far.example');
  assert.deepEqual(supposed?.['assumed'], ['recipient']);
  const first = of(lines, 'difference')[0];
  assert.ok(first && /^\d{4}-.*Z$/.test(String(first['at'])) && (first['client'] as { ip: string }).ip.startsWith('127.0.0.'));
});

test('two configurations against each other: the same list, and nothing between a configuration and itself', async () => {
  assert.deepEqual(differences(await replay('--journal', gateway.state, '--config', other, '--against', gateway.configFile)), wanted);
  assert.deepEqual(differences(await replay('--journal', journal, '--config', other, '--against', other)), []);
});

test('relay control is never dry: a configuration in mode observe refuses to relay as before', async () => {
  const observing = another('observing.yaml', { mode: 'observe' });
  const lines = await replay('--journal', journal, '--config', observing);
  assert.deepEqual(differences(lines), ['helo null null: reject helo-claims-our-name -> observe helo-claims-our-name']);
  assert.equal((of(lines, 'difference')[0]?.['would'] as { wouldBe: string } | undefined)?.wouldBe, 'reject');
});

test('a site in mode observe is told what would have happened, by check, with the share of good mail', async (t) => {
  const site = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    config: {
      mode: 'observe',
      rules: [{ id: 'no-shops', when: { from: '@shop\\.example$' }, action: 'reject' }],
    },
  });
  await aDay(t, site);
  assert.equal(await site.stop(), 0);
  const { stdout, code, stderr } = await site.command('replay', '--json', '--observed', '--since', '7d');
  assert.equal(code, 0, stderr);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const rows = of(lines, 'observed').map(({ check, would, decisions, goodMail }) => [check, would, decisions, goodMail]);
  assert.deepEqual(rows, [
    ['no-shops', 'reject', 1, 1],
    ['helo-claims-our-name', 'reject', 1, 0],
  ]);
  const summary = summaryOf(lines);
  assert.deepEqual([summary['goodMail'], summary['goodMailTouched']], [3, 1]);
  const samples = of(lines, 'observed')[0]?.['samples'] as readonly { readonly from: string }[] | undefined;
  assert.equal(samples?.[0]?.from, 'news@shop.example');
});

test('a mailbox: each message is judged as coming from the first host outside', async () => {
  const mbox = join(gateway.directory, 'mail.mbox');
  const message = (ip: string, from: string): string =>
    [
      `From ${from} Sat Nov 21 09:00:00 2026`,
      `Return-Path: <${from}>`,
      'Delivered-To: anna@hub.example',
      'Received: from mail.hub.example (mail.hub.example [127.0.0.1]) by store.hub.example; Sat, 21 Nov 2026 09:00:02 +0000',
      `Received: from out.example (out.example [${ip}]) by mx.hub.example; Sat, 21 Nov 2026 09:00:01 +0000`,
      'Received: from forged.example (forged.example [192.0.2.1]) by elsewhere.example; Sat, 21 Nov 2026 08:00:00 +0000',
      `From: ${from}`,
      'To: anna@hub.example',
      'Subject: hello',
      '',
      'hello',
      '',
      '',
    ].join('\n');
  writeFileSync(mbox, `${message('203.0.113.7', 'a@shop.example')}${message('203.0.113.8', 'b@friend.example')}`);
  const lines = await replay('--mbox', mbox, '--config', other);
  assert.deepEqual(differences(lines), ['rcpt a@shop.example anna@hub.example: pass null -> reject listed']);
  assert.deepEqual(of(lines, 'difference')[0]?.['client'], { ip: '203.0.113.7' });
  const summary = summaryOf(lines);
  assert.deepEqual([summary['messages'], summary['goodMailTouched']], [2, 1]);
});

test('a log: what the detectors and the playbook would have done', async () => {
  const log = join(gateway.directory, 'mail.log');
  const lines = Array.from({ length: 400 }, (_, n) => {
    const at = new Date(Date.UTC(2026, 10, 20, 9, 0, n)).toISOString().slice(0, 19);
    return `${at}+00:00 mx postfix/smtpd[${1000 + n}]: NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 550 5.1.1 <guess${n}@hub.example>: Recipient address rejected: User unknown in local recipient table; from=<x@bad.example> to=<guess${n}@hub.example> proto=ESMTP helo=<x>`;
  });
  writeFileSync(log, `${lines.join('\n')}\n`);
  const config = another('with-playbook.yaml', { playbook: { 'directory-harvest': { from: 'alert' } } });
  const told = await replay('--log', log, '--config', config);
  assert.ok(of(told, 'alarm').some(({ detector, network }) => detector === 'directory-harvest' && network === '203.0.113.0/24'));
  const measure = of(told, 'measure').find(({ detector }) => detector === 'directory-harvest');
  assert.equal(measure?.['scope'], 'client 203.0.113.0/24');
  assert.ok(Number(measure['recipients']) > 100, 'it would have stood before most of the guesses');
  assert.equal(measure['goodMail'], 0);
  assert.equal(summaryOf(told)['goodMailTouched'], 0);
});

test('bad usage exits 2 with one line', async () => {
  for (const args of [[], ['--journal', journal, '--log', 'x'], ['--mbox', 'x', '--against', other], ['--journal', journal, '--since', 'long ago']]) {
    const { code, stderr } = await run(args);
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
    assert.equal(stderr.trim().split('\n').length, 1);
  }
});
