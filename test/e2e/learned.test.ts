// What detectors have learned outlives a restart and a kill; a damaged file is told and keeps nobody from starting.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLearned } from '../../src/process/learned-in-force.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter } from '../harness/letter.ts';
import { atEnd } from '../harness/scratch.ts';
import { deliverOnce } from '../harness/smtp-client.ts';

test('a gateway that is restarted knows what it knew', async (t) => {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const gateway = await startGateway(t, { hub: `127.0.0.1:${hub.port}` });
  const file = join(gateway.state, 'learned');
  const deliver = async (from: string): Promise<void> => {
    const { end } = await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from, to: ['ann@hub.example'], content: letter({ from }) });
    assert.equal(end?.code, 250, end?.text);
    await gateway.event('message-finished', (event) => event.from === from);
  };
  const contacts = async (): Promise<number> => {
    const { earlier } = await openLearned({ dir: gateway.state, trouble: (why) => assert.fail(why), now: Date.now });
    const saved = earlier?.detectors['subscription-bomb']?.saved as { readonly contacts: { readonly head: Int32Array } } | undefined;
    return (saved?.contacts.head[1] ?? 0) + (saved?.contacts.head[2] ?? 0);
  };
  await deliver('news@one.example');
  await deliver('news@two.example');
  assert.equal(await gateway.stop(), 0);
  assert.equal(await contacts(), 2, 'two have written to her');
  assert.equal(statSync(file).mode & 0o777, 0o600);

  await gateway.start();
  await deliver('news@one.example');
  await deliver('news@three.example');
  assert.equal(await gateway.stop(), 0);
  assert.equal(await contacts(), 3, 'one of them not for the first time');

  await gateway.start();
  await gateway.kill9();
  assert.equal(await contacts(), 3, 'a kill leaves the file as it was');

  writeFileSync(file, readFileSync(file).subarray(0, 500));
  await gateway.start();
  assert.match(gateway.stderr(), /learned is damaged or of another version: detectors learn anew/);
  assert.equal(await gateway.stop(), 0);
  assert.ok(existsSync(file) && (await contacts()) === 0);
});
