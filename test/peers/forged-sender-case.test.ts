// A forger on three networks writes in Anna's name to mailboxes that are full; a real Postfix and a real Exim, each on a network of its own, take
// the mail and return it to her (mission B6). The case counts each report, and names the networks of the forger, not those of the two victims.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ForgedSenderCase } from '../../src/incidents/forged-sender-case.ts';
import { startGateway } from '../harness/gateway.ts';
import { eximHub } from '../harness/hubs/exim.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { connectHosts, makeHost, type Host } from '../harness/netns.ts';
import { writeOldMemory } from '../harness/outgoing-memory.ts';
import { requirePeers } from '../harness/peer.ts';
import { placeDatabase } from '../harness/place-database.ts';
import { scratchDirectory } from '../harness/scratch.ts';
import { until } from '../harness/until.ts';

const anna = 'anna@hub.example';

/** Where the forger is: a block of addresses, and how many messages of each campaign he sends to each victim from there. */
const forgers = [
  { label: 'one', block: '203.0.113', country: 'NL', system: 64_501, toPostfix: { pills: 20, loans: 4 }, toExim: { pills: 11, loans: 2 } },
  { label: 'two', block: '198.51.100', country: 'BR', system: 64_502, toPostfix: { pills: 9, loans: 0 }, toExim: { pills: 0, loans: 14 } },
  { label: 'three', block: '192.0.2', country: 'DE', system: 64_503, toPostfix: { pills: 3, loans: 5 }, toExim: { pills: 6, loans: 1 } },
] as const;
type Load = (typeof forgers)[number]['toPostfix' | 'toExim'];

/** Runs at the forger's: sends so many of each campaign through one session, with a subject made up for each, from two addresses in turn. */
const script = `
import net from 'node:net';
const [, , host, port, block, pills, loans] = process.argv;
const texts = {
  pills: 'Dear friend our pharmacy ships every remedy that you could wish for to your door within three days and nobody will ever ask you for a prescription because our doctors have looked at all of it before so order today while the stock of the warehouse lasts and save more than half http://pills.example/now',
  loans: 'Good day we are a house of private lenders and give credit to honest people whom the banks have turned away at a rate of two percent for any purpose and without a guarantor write to us with the sum that you need and the money will be in your account before the week is over http://loans.example/apply',
};
const word = () => Math.random().toString(36).replaceAll(/[^a-z]/g, '') + 'x';
function message(campaign, number) {
  return ['From: <${anna}>', 'To: <carl@far.example>', 'Subject: ' + word() + ' ' + word() + ' ' + word(),
    'Message-ID: <' + word() + number + '@' + word() + '.example>', 'X-Mailer: ' + word(), '', word() + ' ' + word(), texts[campaign].replaceAll(/(.{60}\\S*) /g, '$1\\r\\n'), '.', ''].join('\\r\\n');
}
async function session(from, messages) {
  const socket = net.connect({ host, port: Number(port), localAddress: from });
  const lines = ['EHLO mail.far.example\\r\\n'];
  for (const text of messages) lines.push('MAIL FROM:<${anna}>\\r\\n', 'RCPT TO:<carl@far.example>\\r\\n', 'DATA\\r\\n', text);
  lines.push('QUIT\\r\\n');
  for await (const chunk of socket) {
    for (const line of chunk.toString().split('\\r\\n')) {
      if (/^[45]/.test(line)) throw new Error(line);
      if (/^\\d{3} /.test(line) && lines.length > 0) socket.write(lines.shift());
    }
  }
}
const all = [...Array(Number(pills)).fill('pills'), ...Array(Number(loans)).fill('loans')].map(message);
for (let at = 0; at < 2; at++) {
  const mine = all.filter((_, index) => index % 2 === at);
  if (mine.length > 0) await session(block + '.' + (10 + at), mine);
}
`;

const isp = '100.127'; // the middle of the test's Internet: a router's own links

/** A host behind the router, with the addresses of its block. */
function joinNet(
  router: Host,
  context: TestContext,
  { label, block, number }: { readonly label: string; readonly block: string; readonly number: number },
): Host {
  const host = makeHost(context, label);
  const cable = `c${number}`;
  connectHosts({ host, address: `${block}.2/24` }, { host: router, address: `${block}.1/24` }, cable);
  host.run('ip', 'route', 'add', 'default', 'via', `${block}.1`);
  return host;
}

const sum = ({ pills, loans }: Load): number => pills + loans;

test('bounces of a real Postfix and a real Exim: each is counted, and the networks of the forger are named', async (context) => {
  if (!requirePeers(context, 'ip', 'postfix', 'exim')) return;
  const router = makeHost(context, 'router');
  router.run('sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward');
  const places = forgers.map(({ label, block }, number) => joinNet(router, context, { label, block, number }));
  const ours = joinNet(router, context, { label: 'ours', block: `${isp}.1`, number: 5 });
  const [atPostfix, atExim] = [
    joinNet(router, context, { label: 'postfix', block: `${isp}.2`, number: 6 }),
    joinNet(router, context, { label: 'exim', block: `${isp}.3`, number: 7 }),
  ];
  for (const [at, { block }] of forgers.entries())
    for (let n = 0; n < 2; n++) places[at]?.run('ip', 'address', 'add', `${block}.${10 + n}/24`, 'dev', `c${at}`);

  const directory = scratchDirectory(context, 'case');
  const state = scratchDirectory(context, 'state');
  await writeOldMemory(state);
  const database = join(directory, 'places.mmdb');
  writeFileSync(database, placeDatabase(Object.fromEntries(forgers.map(({ block, country, system }) => [`${block}.0/24`, { country, asn: `AS${system}` }]))));
  const gateway = await startGateway(context, {
    netns: ours.name,
    state,
    hub: '127.0.0.1:1',
    listeners: { mx: { host: `${isp}.1.2` } },
    config: {
      hub: { verifyRecipients: false },
      checks: { 'forged-bounce': { action: 'reject' } },
      places: { country: database, network: database },
      detectors: { 'rude-client': 'off' },
      // Two servers stand for the world's.
      limits: { errors: 100_000, errorsBeforeDelay: 100_000, sessionsPerNetwork: 1000 },
    },
  });
  const mailbox = { domains: ['far.example'], users: ['carl'], full: ['carl'], maxBytes: 1_000_000 };
  const postfix = await postfixHub(context, {
    ...mailbox,
    netns: atPostfix.name,
    settings: { relayhost: `[${isp}.1.2]:${gateway.port()}`, smtp_bind_address: '' },
  });
  const exim = await eximHub(context, {
    ...mailbox,
    netns: atExim.name,
    wayOut: gateway.port(),
    wayOutHost: `${isp}.1.2`,
    // The forger says HELO with the victim's own name; there is no DNS here, and Exim would wait for it.
    lines: ['helo_lookup_domains ='],
  });

  const file = join(directory, 'forger.mjs');
  writeFileSync(file, script);
  for (const [at, { block, toPostfix, toExim }] of forgers.entries()) {
    places[at]?.run(process.execPath, file, `${isp}.2.2`, String(postfix.port), block, String(toPostfix.pills), String(toPostfix.loans));
    places[at]?.run(process.execPath, file, `${isp}.3.2`, String(exim.port), block, String(toExim.pills), String(toExim.loans));
  }
  const all = forgers.reduce((total, { toPostfix, toExim }) => total + sum(toPostfix) + sum(toExim), 0);
  await until(`${all} reports`, async () => (await gateway.events()).filter(({ type }) => type === 'report-judged').length >= all, 60_000);

  const { incident } = await gateway.event('alarm-raised', ({ alarm }) => alarm.detector === 'backscatter-flood' && alarm.key.recipient === anna);
  const shown = await gateway.command('incident', 'show', incident, '--json');
  assert.equal(shown.code, 0, shown.stderr);
  const { forgedSender: it } = JSON.parse(shown.stdout) as { readonly forgedSender: ForgedSenderCase };
  const largestFirst = (name: (at: number) => string) =>
    forgers.map(({ toPostfix, toExim }, at) => ({ name: name(at), count: sum(toPostfix) + sum(toExim) })).sort((a, b) => b.count - a.count);
  assert.deepEqual([it.reports, it.ours, it.unproven, it.withoutOrigin, it.originsInAll, it.inAllError], [all, 0, 0, 0, 6, 0]);
  assert.deepEqual(it.kinds, [{ name: 'bounce', count: all }]);
  assert.deepEqual(
    it.networks,
    largestFirst((at) => `${forgers[at]?.block}.0/24`),
  );
  assert.deepEqual(
    it.systems,
    largestFirst((at) => `AS${forgers[at]?.system}`),
  );
  assert.deepEqual(
    it.countries,
    largestFirst((at) => forgers[at]?.country ?? ''),
  );
  assert.deepEqual(
    it.reporters,
    [
      { name: `${isp}.2.2`, count: forgers.reduce((total, { toPostfix }) => total + sum(toPostfix), 0) },
      { name: `${isp}.3.2`, count: forgers.reduce((total, { toExim }) => total + sum(toExim), 0) },
    ].sort((a, b) => b.count - a.count),
  );
  const campaign = (name: keyof Load): number => forgers.reduce((total, { toPostfix, toExim }) => total + toPostfix[name] + toExim[name], 0);
  assert.deepEqual(
    it.clusters.map(({ count, alike }) => [count, alike.includes('link pills.example'), alike.includes('link loans.example')]),
    [
      [campaign('pills'), true, false],
      [campaign('loans'), false, true],
    ],
  );
});
