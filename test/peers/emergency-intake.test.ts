// Emergency intake from end to end with real programs (mission X5): NSD holds the domain's MX, swaks finds its way through it, Postfix is the domain's own server.
// Postfix goes away; the plan that `floodgate mx-plan` prints is applied to the zone; mail reaches Floodgate, which keeps it, sorted, and refuses whom Postfix would
// refuse; Postfix comes back and has everything once, octet for octet; the MX goes back.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startGateway } from '../harness/gateway.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { letter, newToken, onTheWire } from '../harness/letter.ts';
import { nameServer } from '../harness/name-server.ts';
import { missing, peerPath } from '../harness/peer.ts';
import { scratchDirectory, type Finished } from '../harness/scratch.ts';
import { until } from '../harness/until.ts';

const bin = fileURLToPath(new URL('../../bin/floodgate.mjs', import.meta.url));
const domain = 'customer.example';
/** Loopback addresses: the domain's server (the harness's Postfix), its web server, the gateway. */
const [mailHost, webHost, rescueHost] = ['127.0.0.1', '127.0.0.99', '127.0.0.20'];
const hash = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');

test('a domain is taken over while its server is away, and given back', { skip: missing('postfix', 'nsd', 'swaks', 'mount') }, async (t) => {
  const primary = await postfixHub(t, { domains: [domain], users: ['ann', 'bob'] });
  const dns = await nameServer(t, [domain, 'rescue.example']);
  const zoneWith = (mx: string) => dns.serve(domain, [mx, `@ 3600 IN A ${webHost}`, '@ 3600 IN AAAA 2001:db8::99', `mail 3600 IN A ${mailHost}`]);
  await dns.serve('rescue.example', [`mx 60 IN A ${rescueHost}`]);
  await zoneWith('@ 3600 IN MX 10 mail');

  const scratch = scratchDirectory(t, 'intake');
  writeFileSync(join(scratch, 'customer.txt'), `ann@${domain}\nbob@${domain}\n`);
  const gateway = await startGateway(t, {
    hub: '127.0.0.1:1', // this site's own hub has no part in it
    config: {
      site: { hostname: 'mx.rescue.example', customerDomains: [domain] },
      // All servers of the story listen on the port of the domain's own: an MX names no port.
      listeners: [{ name: 'mx', address: `${rescueHost}:${primary.port}`, role: 'mx' }],
      routes: { [domain]: { address: primary.address } },
      intake: [{ domain, recipients: join(scratch, 'customer.txt') }],
      spool: { freeDisk: '0', longestPause: '1s', connections: 1 },
    },
  });

  /** The message as swaks sends it to the MX that DNS names now; what was sent, to be compared. */
  const send = async (
    to: string,
    parts: { readonly token?: string; readonly headers?: readonly string[]; readonly body?: string | Buffer } = {},
  ): Promise<Finished> => {
    const content = letter({ from: 'friend@outside.example', ...parts });
    const file = join(scratch, `${newToken()}.eml`);
    writeFileSync(file, onTheWire(content)); // swaks adds nothing to it
    const args = ['--to', `${to}@${domain}`, '--from', 'friend@outside.example', '--helo', 'mail.outside.example', '--port', String(primary.port)];
    return dns.run(peerPath('swaks'), [...args, '--local-interface', '127.0.0.2', '--data', `@${file}`, '--no-data-fixup', '--timeout', '10s']);
  };
  const plan = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await dns.run(process.execPath, [bin, 'mx-plan', domain, '--to', 'mx.rescue.example', ...args]);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const mxNow = async (): Promise<unknown> => JSON.parse(await plan('--json'));

  const before = newToken();
  assert.equal((await send('ann', { token: before })).code, 0);
  await primary.delivery('ann', before);
  await primary.stop();
  assert.notEqual((await send('ann')).code, 0, 'its server is away');

  // The plan, step by step as it is printed: TTL first, then the MX, and never no MX, because A and AAAA would take its place.
  const printed = await plan();
  assert.match(printed, /MX 10 mail\.customer\.example/);
  assert.match(printed, new RegExp(`Never just remove the MX records: senders would deliver to ${webHost.replaceAll('.', '\\.')} and 2001:db8::99 instead`));
  assert.match(printed, /^2\. Lower the TTL of the MX records to 300, and wait 3600 s/m);
  await zoneWith('@ 300 IN MX 10 mail');
  assert.equal(((await mxNow()) as { mxTtl: number }).mxTtl, 300);
  const record = /^3\. customer\.example\. (300 IN MX 10 mx\.rescue\.example\.)$/m.exec(await plan())?.[1];
  assert.ok(record !== undefined);
  await zoneWith(`@ ${record}`);
  assert.deepEqual(
    ((await mxNow()) as { mx: readonly { exchange: string }[] }).mx.map(({ exchange }) => exchange),
    ['mx.rescue.example'],
  );

  // What comes now comes here. Lists first, people last: the order in which they are handed on is another.
  const [bulk, robot, ann, bob] = [newToken(), newToken(), newToken(), newToken()];
  const octets = Buffer.concat([
    Buffer.from('..\r\n.\r\nFrom here\r\n'),
    Buffer.from('\xe9\xff\x80 \t\r\n', 'latin1'),
    Buffer.alloc(900, 'z'),
    Buffer.from('\r\n'),
  ]);
  for (const [to, token, headers] of [
    ['ann', bulk, ['List-Id: <news.example>', 'Precedence: bulk']],
    ['bob', robot, ['Auto-Submitted: auto-generated']],
    ['ann', ann, []],
    ['bob', bob, []],
  ] as const) {
    const sent = await send(to, { token, headers, body: octets });
    assert.equal(sent.code, 0, sent.stdout);
  }
  const nobody = await send('nobody');
  assert.match(nobody.stdout, /^<\*\* 550 5\.1\.1 /m, 'whom the primary would refuse is refused');
  const listed = (await gateway.command('spool', 'list', '--json')).stdout.trim().split('\n');
  assert.deepEqual(
    listed.map((line) => (JSON.parse(line) as { class: string }).class),
    ['bulk', 'automatic', 'person', 'person'],
  );
  await gateway.restart();

  await primary.start();
  assert.equal((await gateway.command('spool', 'retry', domain)).code, 0);
  for (const [user, ...tokens] of [
    ['ann', ann, bulk],
    ['bob', bob, robot],
  ] as const)
    await primary.delivery(user, ...tokens);
  await until('the spool to be empty', async () => !(await gateway.command('spool', 'list', '--json')).stdout.includes('"id"'));
  const handedOn = (await gateway.events()).flatMap((event) => (event.type === 'spool-delivered' ? [event.ref] : []));
  const classOf = new Map(listed.map((line) => JSON.parse(line) as { id: string; class: string }).map(({ id, class: ofClass }) => [id, ofClass]));
  assert.deepEqual(
    handedOn.map((ref) => classOf.get(ref)),
    ['person', 'person', 'automatic', 'bulk'],
    'people first, lists last',
  );
  const sentOctets = hash(Buffer.from(octets.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')); // a mailbox has LF line ends
  for (const [user, token] of [
    ['ann', ann],
    ['ann', bulk],
    ['bob', bob],
    ['bob', robot],
  ] as const) {
    const copies = primary.messages(user).filter((message) => message.includes(token));
    assert.equal(copies.length, 1, `${token} once`);
    const arrived = Buffer.from(copies[0] ?? '');
    assert.equal(hash(arrived.subarray(arrived.indexOf('\n\n') + 2)), sentOctets, 'octet for octet');
  }

  await zoneWith('@ 300 IN MX 10 mail');
  const after = newToken();
  assert.equal((await send('ann', { token: after })).code, 0);
  await primary.delivery('ann', after);
  const taken = (await gateway.events()).filter(({ type }) => type === 'message-spooled').length;
  assert.equal(taken, 4, 'what comes after the MX went back does not come here');
  assert.deepEqual(primary.outside.messages, [], 'nobody outside was written to');
});
