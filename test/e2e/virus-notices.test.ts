// The abuse contact of a network hears of the viruses that come from it (mission B2), end to end with a scanner and a registry of our own; with a
// real clamd the story is told in test/peers/. Whom a table names comes first, and a file that is wrong changes nothing.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFakeClamd } from '../harness/fake-clamd.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { networkAnswer, startFakeRegistry } from '../harness/fake-registry.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter } from '../harness/letter.ts';
import { outsideWorld } from '../harness/outside-world.ts';
import { atEnd, scratchDirectory } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

test('one notice a network, by the table as it is now, then by the registry; the envelope sender hears nothing', async (t) => {
  const [hub, world, registry, clamd] = [await startFakeHub(), await outsideWorld(t), await startFakeRegistry(t), await startFakeClamd(t)];
  atEnd(t, () => hub.close());
  const table = join(scratchDirectory(t, 'table'), 'abuse-contacts.txt');
  writeFileSync(table, '45.0.0.0/16: abuse@table.example\n');
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    listeners: { mx: { proxyProtocol: { trusted: ['127.0.0.5/32'] } } },
    config: {
      outbound: { address: `127.0.0.1:${world.port}` },
      viruses: { clamd, tellNetwork: true, tellAfter: '200ms' },
      abuseContacts: { table, rdap: registry.bootstrap },
    },
  });
  const send = async (ip: string): Promise<void> => {
    const client = await SmtpClient.connect(t, { port: gateway.port(), from: '127.0.0.5' });
    await client.send(`PROXY TCP4 ${ip} 192.0.2.1 4711 25\r\n`);
    await client.reply();
    await client.ask('EHLO pc.isp.example');
    const content = letter({ headers: ['X-Infected: Worm.Test'] });
    const { end } = await client.transact({ from: 'made-up@victim.example', to: ['ann@hub.example'], content });
    assert.equal(end?.code, 550);
    client.reset();
  };
  const told = (network: string) => gateway.event('network-told', (event) => event.network === network);

  await send('45.0.2.9');
  assert.deepEqual((await told('45.0.0.0/16')).to, ['abuse@table.example']);
  registry.answers['ip/46.0.2.9'] = networkAnswer('46.0.2.0', '46.0.2.255', 'abuse@isp.example');
  await send('46.0.2.9');
  assert.deepEqual([(await told('46.0.2.0/24')).to, registry.asked], [['abuse@isp.example'], ['ip/46.0.2.9']]);

  writeFileSync(table, '45.0.0.0/16: abuse@table.example\n47.0.0.0/16: nobody\n');
  // A file is looked at once a second: other networks come until then.
  let net = 0;
  await until('the file to be complained of', async () => {
    await send(`47.${net++}.2.9`);
    return /abuse-contacts\.txt:2/.test(gateway.stderr());
  });
  writeFileSync(table, '48.0.0.0/16: abuse@new.example\n');
  await until('the table to be used as it is now', async () => {
    await send(`48.0.${net++}.9`);
    return (await gateway.events()).some((event) => event.type === 'network-told' && event.to.includes('abuse@new.example'));
  });

  assert.deepEqual(
    world.messages.map(({ from, to }) => [from, to]),
    [
      ['', ['abuse@table.example']],
      ['', ['abuse@isp.example']],
      ['', ['abuse@new.example']],
    ],
  );
});
