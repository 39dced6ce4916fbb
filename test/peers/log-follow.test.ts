// Logs that real mail servers write while we look: `watch --follow` sees every happening once, also through a rotation.
import assert from 'node:assert/strict';
import { copyFileSync, renameSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LogEvent } from '../../src/model/log-event.ts';
import { eximHub } from '../harness/hubs/exim.ts';
import type { Hub } from '../harness/hubs/hub.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { sendmailHub } from '../harness/hubs/sendmail.ts';
import { letter, newToken } from '../harness/letter.ts';
import { missing, peerPath } from '../harness/peer.ts';
import { runProgram, startProcess, type Owner } from '../harness/scratch.ts';
import { syslogHeard } from '../harness/simulated-machine.ts';
import { deliverOnce } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const launcher = fileURLToPath(new URL('../../bin/floodgate.mjs', import.meta.url));
const stranger = '127.0.0.2';

/** The events that `floodgate watch --follow` prints about a log. */
function follow(owner: Owner, log: string): readonly LogEvent[] {
  const events: LogEvent[] = [];
  const child = startProcess(owner, process.execPath, [launcher, 'watch', '--json', '--events', '--follow', log]);
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const record = JSON.parse(line) as LogEvent & { readonly record: string };
      if (record.record === 'event') events.push(record);
    }
  });
  return events;
}

/** A message for Anna, another for nobody; resolves with the Message-ID of the first when the log has told of both. */
async function mailAndRefusal(owner: Owner, hub: Hub, events: readonly LogEvent[]): Promise<string> {
  const token = newToken();
  const from = `${token}@outside.example`;
  const nobody = `nobody-${token}@${hub.domain}`;
  await deliverOnce(owner, { port: hub.port, from: stranger }, { from, to: [`anna@${hub.domain}`, nobody], content: letter({ token }) });
  await hub.delivery('anna', token);
  await until('the delivery in the log', () => events.some((event) => event.outcome === 'delivered' && event.from === from));
  await until('the refusal in the log', () => events.some((event) => event.hostile && event.client?.ip === stranger && event.to === nobody));
  return `${token}@test.example`;
}

async function story(owner: Owner, hub: Hub, log: string, rotate: () => Promise<void> | void): Promise<void> {
  const events = follow(owner, log);
  const before = await mailAndRefusal(owner, hub, events);
  await rotate();
  const after = await mailAndRefusal(owner, hub, events);
  for (const messageId of [before, after]) {
    const deliveries = events.filter((event) => event.messageId === messageId && event.outcome === 'delivered' && event.type === 'delivery');
    assert.equal(deliveries.length, 1, 'one delivery, told once');
    assert.equal(deliveries[0]?.client?.ip, stranger, 'a delivery names who sent it');
  }
  // Sendmail says it in two lines, in different words.
  const refusals = events.filter((event) => event.type === 'reject' && event.to?.startsWith('nobody-') === true).map(({ to, line }) => `${to} ${line}`);
  assert.equal(new Set(refusals).size, refusals.length, 'no line is read twice');
  assert.ok(events.every(({ at }) => at !== null && Math.abs(Date.parse(String(at)) - Date.now()) < 3_600_000));
}

test('Postfix and its own rotation', { skip: missing('postfix') }, async (t) => {
  const hub = await postfixHub(t, { settings: { mynetworks: '127.0.0.1/32' } });
  await story(t, hub, hub.logFile, async () => {
    const { code, stderr } = await runProgram(peerPath('postfix'), ['-c', join(dirname(hub.logFile), 'etc'), 'logrotate']);
    assert.equal(code, 0, stderr);
  });
});

test('Exim, whose log is renamed', { skip: missing('exim') }, async (t) => {
  const hub = await eximHub(t);
  await story(t, hub, hub.logFile, () => renameSync(hub.logFile, `${hub.logFile}.1`));
});

test('Sendmail through syslog, whose log is copied and cut off', { skip: missing('sendmail', 'm4', 'perl') }, async (t) => {
  const syslog = await syslogHeard(t);
  const hub = await sendmailHub(t, { overlays: syslog.overlays });
  await story(t, hub, syslog.file, () => {
    copyFileSync(syslog.file, `${syslog.file}.1`);
    truncateSync(syslog.file);
  });
});
