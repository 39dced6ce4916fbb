// A gateway in front of a Postfix to which people go on submitting, set up by the words of README: their bounces come home in the middle of a
// flood of forged ones (mission B5). And without its step 5: nobody knows what leaves, and nothing is refused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { bounce, forgedHeader } from '../harness/bounce.ts';
import { detour } from '../harness/detour.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { postfixHub, type PostfixHub } from '../harness/hubs/postfix.ts';
import { letter, newToken } from '../harness/letter.ts';
import { writeOldMemory } from '../harness/outgoing-memory.ts';
import { missing } from '../harness/peer.ts';
import { freePort, scratchDirectory } from '../harness/scratch.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const skip = missing('postfix');
const ulla = 'ulla@hub.example';
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** A line of README's code; a machine where the tests run has no /var/spool/postfix to lock Postfix into. */
function lineOfReadme(pattern: RegExp): string {
  const [line] = pattern.exec(readme) ?? [];
  assert.ok(line !== undefined, `README has no line ${String(pattern)}`);
  return line.trim().replace(' inet n - y ', ' inet n - n ');
}

interface Site {
  readonly postfix: PostfixHub;
  readonly gateway: Gateway;
  /** Where people submit. */
  readonly submission: number;
}

/** Postfix with the gateway's port of step 1 and a submission service, with the line of step 5 where it is wanted; the gateway before it. */
async function startSite(context: TestContext, { stepFive }: { readonly stepFive: boolean }): Promise<Site> {
  const [behind, submission, out] = [await freePort(), await freePort(), await detour(context, '127.0.0.1')];
  const filter = lineOfReadme(/^ *-o content_filter=smtp:\S+$/m).replace('2627', String(out.port));
  const postfix = await postfixHub(context, {
    users: ['ulla', 'bert'],
    services: [
      lineOfReadme(/^ *127\.0\.0\.1:2626 inet .*$/m).replace('2626', String(behind)),
      `127.0.0.1:${submission} inet n - n - - smtpd`,
      ...(stepFive ? [`  ${filter}`] : []),
    ],
  });
  const state = scratchDirectory(context, 'state');
  // As after a week: with step 5 people's mail has left day by day, without it nothing has.
  await writeOldMemory(state, stepFive ? {} : { domains: [], listeners: [] });
  const gateway = await startGateway(context, {
    hub: `127.0.0.1:${behind}`,
    state,
    listeners: { mx: {}, ...(stepFive ? { out: { role: 'smarthost' as const } } : {}) },
    config: { playbook: { 'backscatter-flood': {} }, detectors: { 'rude-client': 'off' }, limits: { errors: 100_000, sessionsPerNetwork: 1000 } },
  });
  if (stepFive) out.leadTo(gateway.port('out'));
  return { postfix, gateway, submission };
}

/** Ulla writes into the world; gives the header with which it arrives there. */
async function submit(context: TestContext, { postfix, submission }: Site): Promise<string> {
  const token = newToken();
  const content = letter({ token, from: ulla, to: 'dora@far.example' });
  const { end } = await deliverOnce(context, { port: submission }, { from: ulla, to: ['dora@far.example'], content });
  assert.equal(end?.code, 250, end?.text);
  const message = await postfix.outside.arrival(token);
  return message.content.toString('latin1').split('\r\n\r\n')[0] ?? '';
}

const ownBounce = (returned: string, token: string): Buffer => bounce({ to: ulla, failed: 'dora@far.example', returned, token });
const forged = (n: number): Buffer =>
  bounce({
    to: ulla,
    failed: `v${n}@far.example`,
    returned: forgedHeader({ from: ulla, to: `v${n}@far.example`, subject: 'You have won', ip: `203.0.113.${1 + (n % 200)}` }),
  });

/** So many servers of the world return what a forger has sent; gives the codes. */
async function flood(context: TestContext, { gateway }: Site, from: number, to: number): Promise<readonly number[]> {
  const codes: number[] = [];
  const server = async (number: number): Promise<void> => {
    const client = await SmtpClient.greet(context, { port: gateway.port('mx'), from: `127.0.2.${number + 1}` });
    for (let n = from + number; n < to; n += 10) codes.push((await client.transact({ from: '', to: [ulla], content: forged(n) })).end?.code ?? 0);
    client.reset();
  };
  await Promise.all(Array.from({ length: 10 }, (_, number) => server(number)));
  return codes;
}

const comesBack = async (context: TestContext, { gateway }: Site, content: Buffer): Promise<number | undefined> =>
  (await deliverOnce(context, { port: gateway.port('mx'), from: '127.0.2.1' }, { from: '', to: [ulla], content })).end?.code;

test('set up as README says: in a flood of forged bounces a real one comes home, the forged ones are refused', { skip }, async (context) => {
  const site = await startSite(context, { stepFive: true });
  const { gateway, postfix } = site;
  const returned = await submit(context, site);
  assert.match(returned, /^X-Floodgate-Trace: v1; /m, 'it has passed the gateway on its way out');
  assert.doesNotMatch((await gateway.command('status')).stdout, /forged ones of hub\.example/);

  await flood(context, site, 0, 120);
  await gateway.event('measure-added');
  await until('the doors to know', async () => (await flood(context, site, 200, 201))[0] === 550);
  const codes = await flood(context, site, 120, 180);
  assert.ok(codes.filter((code) => code === 550).length >= 57, `${codes.filter((code) => code === 550).length} of 60 refused, but for a probe`);
  const token = newToken();
  assert.equal(await comesBack(context, site, ownBounce(returned, token)), 250);
  await postfix.delivery('ulla', token);
  await gateway.event('report-judged', (each) => each.returned === 'ours' && each.proof === 'trace');

  const inside = newToken();
  const { end } = await deliverOnce(
    context,
    { port: site.submission },
    { from: ulla, to: ['bert@hub.example'], content: letter({ token: inside, from: ulla }) },
  );
  assert.equal(end?.code, 250);
  await postfix.delivery('bert', inside);
});

test('without the step by which it sees what leaves nothing is refused, after a week and in a flood, and it says why', { skip }, async (context) => {
  const site = await startSite(context, { stepFive: false });
  const { gateway, postfix } = site;
  const returned = await submit(context, site);
  assert.deepEqual(
    (await flood(context, site, 0, 160)).filter((code) => code !== 250),
    [],
  );
  const { incident } = await gateway.event('alarm-raised', ({ alarm }) => alarm.detector === 'backscatter-flood');
  const token = newToken();
  assert.equal(await comesBack(context, site, ownBounce(returned, token)), 250);
  await postfix.delivery('ulla', token);
  const why = /next to no mail of \S+ leaves through this gateway/;
  assert.match((await gateway.command('incident', 'show', incident)).stdout, why);
  assert.match(
    (await gateway.command('status')).stdout,
    /forged ones of hub\.example, customer\.example cannot be told and pass: next to no mail of it leaves/,
  );
});
