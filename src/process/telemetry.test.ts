import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { until } from '../../test/harness/until.ts';
import { createLiveEvents } from '../events/live.ts';
import type { EventBody } from '../model/events.ts';
import { openTelemetry } from './telemetry.ts';

const decision = (seq: number): string => `{"at":1,"door":"smtp-1","seq":${seq},"type":"message-finished"}\n`;

/** Telemetry of a module with this text; what it pushes to `told` is seen here. */
async function start(context: TestContext, text: string) {
  const module = join(scratchDirectory(context, 'telemetry'), 'own.mjs');
  const key = `told ${module}`;
  const told: unknown[] = [];
  Object.assign(globalThis, { [key]: told });
  context.after(() => Reflect.deleteProperty(globalThis, key));
  writeFileSync(module, `const told = globalThis[${JSON.stringify(key)}];\n${text}`);
  const live = createLiveEvents(Date.now, { linesPerBatch: 2 });
  const said: EventBody[] = [];
  const telemetry = await openTelemetry({ module, watch: live.watch, record: (body) => said.push(body) });
  return { told, live, telemetry, failures: () => said.map((body) => ('why' in body ? `${body.type}: ${body.why}` : body.type)) };
}

test('the module hears each decision in order, what was too many, and the end', async (context) => {
  const { told, live, telemetry, failures } = await start(
    context,
    `export const onEvent = async ({ seq }) => { told.push(seq); };
     export const onMissed = (missed) => { told.push('missed ' + missed); };
     export const close = () => { told.push('closed'); };`,
  );
  live.publish([1, 2, 3].map(decision).join(''));
  await until('the module to hear all', () => told.length === 3);
  await telemetry.close();
  assert.deepEqual(told, [1, 2, 'missed 1', 'closed']);
  assert.deepEqual(failures(), []);
});

const failing: readonly [text: string, why: string][] = [
  ['export const onEvent = () => { throw new Error("no collector"); };', 'no collector'],
  ['export const onEvent = () => Promise.reject(new Error("no collector"));', 'no collector'],
];
for (const [text, why] of failing) {
  test(`a module that fails is recorded once and left alone: ${text}`, async (context) => {
    const { live, telemetry, failures } = await start(context, text);
    for (let seq = 0; seq < 5; seq++) live.publish(decision(seq));
    await until('it to be left alone', () => live.watchers === 0);
    live.publish(decision(9));
    await telemetry.close();
    assert.deepEqual(failures(), [`telemetry-failed: ${why}`]);
  });
}

const unusable: readonly [text: string, why: RegExp][] = [
  ['export const other = 1;', /exports no function onEvent/],
  ['export const onEvent = 1;', /exports no function onEvent/],
  ['syntax error', /telemetry-failed: /],
];
for (const [text, why] of unusable) {
  test(`a module that cannot be used stops nothing: ${text}`, async (context) => {
    const { live, telemetry, failures } = await start(context, text);
    assert.equal(live.watchers, 0);
    assert.equal(failures().length, 1);
    assert.match(failures().join(), why);
    await telemetry.close();
  });
}
