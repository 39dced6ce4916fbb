// Files that go bad while the gateway runs: it goes on with what was good, and says so until they are good again.
import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { atEnd, scratchDirectory } from '../harness/scratch.ts';
import { until } from '../harness/until.ts';

test('status shows what is wrong with a file for as long as it is, and a reload that was refused', async (t) => {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const folder = scratchDirectory(t, 'files');
  const [table, list] = [join(folder, 'abuse.txt'), join(folder, 'blocked.txt')];
  writeFileSync(table, '45.0.2.0/24: abuse@isp.example\n');
  writeFileSync(list, '45.0.3.0/24\n');
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    tls: true,
    users: { ann: 'secret' },
    config: { abuseContacts: { table }, lists: [{ name: 'blocked', file: list, matches: 'client', action: 'reject' }] },
  });
  const status = async (): Promise<string> => (await gateway.command('status')).stdout;
  const shows = (what: RegExp): Promise<unknown> => until(`status to show ${String(what)}`, async () => what.test(await status()));
  const isCalm = (): Promise<unknown> => until('status to show no trouble', async () => !/TROUBLE/.test(await status()));
  await isCalm();

  writeFileSync(table, '45.0.2.0/24 half a li');
  await shows(/TROUBLE abuseContacts\.table: .*abuse\.txt:1 .*what was read before is in force/);
  writeFileSync(table, '45.0.2.0/24: abuse@isp.example\n');
  await isCalm();

  writeFileSync(list, 'nonsense\nmore of it\n');
  await shows(/TROUBLE list blocked: .*blocked\.txt.*stay in force/);
  writeFileSync(list, '45.0.3.0/24\n');
  await isCalm();

  const cert = join(gateway.directory, 'cert.pem');
  copyFileSync(cert, join(folder, 'cert.pem'));
  writeFileSync(cert, 'half of it');
  await shows(/TROUBLE tls\.cert: is not a certificate/);
  assert.equal(await gateway.reload(), 'config-refused');
  await shows(/TROUBLE the configuration was refused at .* that of before is in force .*tls\.cert/);
  copyFileSync(join(folder, 'cert.pem'), cert);
  assert.equal(await gateway.reload(), 'config-loaded');
  await isCalm();

  const told = (await gateway.events()).flatMap((event) =>
    event.type === 'file-broken' || event.type === 'file-mended' ? [`${event.type} ${event.option}`] : [],
  );
  assert.deepEqual(told, ['file-broken abuseContacts.table', 'file-mended abuseContacts.table', 'file-broken tls.cert', 'file-mended tls.cert']);
});
