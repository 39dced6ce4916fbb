// A hub that takes any name: the gateway finds out by itself, says so in its status and by an incident, and sees when it is over (mission B7).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { atEnd } from '../harness/scratch.ts';
import { until } from '../harness/until.ts';

interface Status {
  readonly trouble: readonly string[];
}

test('a catch-all is found, told, and taken back when the hub refuses made-up names', async (context) => {
  const hub = await startFakeHub();
  atEnd(context, () => hub.close());
  const gateway = await startGateway(context, { hub: `127.0.0.1:${hub.port}`, config: { bounces: { askCatchAll: '1s' } } });
  const { alarm } = await gateway.event('alarm-raised', (event) => event.alarm.detector === 'catch-all');
  assert.match(alarm.because, /takes any name/);
  const trouble = async (): Promise<readonly string[]> => (JSON.parse((await gateway.command('status', '--json')).stdout) as Status).trouble;
  assert.match((await trouble()).join('\n'), /takes any name of hub\.example \(catch-all\)/);
  assert.match((await gateway.command('incident', 'list')).stdout, /catch-all/);
  assert.equal(hub.messages.length, 0, 'a question is no mail');

  hub.script = { RCPT: ({ line }) => (line.includes('floodgate-asks-') ? '550 5.1.1 No such user' : undefined) };
  await until('the trouble to be over', async () => !(await trouble()).some((each) => each.includes('catch-all')));
});
