import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { sampleIncident, sampleMeasure } from '../web/sample-house.ts';

const program = `
  import { runCommandLine } from '${new URL('command-line.ts', import.meta.url).href}';
  import { incident } from '${new URL('incident.ts', import.meta.url).href}';
  await runCommandLine(process.argv.slice(1), { version: '0' }, [incident]);`;
const alerted = { ...sampleIncident, state: 'alert', level: 'alert', measures: [sampleMeasure.id] };

/** The command against a daemon with one incident, whose measure has so many hits. */
async function run(context: TestContext, hits: number, words: readonly string[], action = 'defer') {
  const state = scratchDirectory(context, 'incident');
  const server = createServer(({ url = '' }, response) => {
    const answers: Readonly<Record<string, object>> = {
      '/api/v1/measures': { measures: [{ ...sampleMeasure, hits, action }], suspended: null },
      '/api/v1/incidents?closed=false': { incidents: [alerted] },
      [`/api/v1/incidents/${alerted.id}`]: { incident: alerted, history: [] },
      [`/api/v1/incidents/${alerted.id}/acknowledge`]: { ok: true, incident: alerted },
    };
    response.writeHead(url in answers ? 200 : 404, { connection: 'close' }).end(JSON.stringify(answers[url] ?? { error: url }));
  });
  server.listen(join(state, 'control.sock'));
  await once(server, 'listening');
  context.after(() => server.close());
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', 'incident', ...words, '--state', state], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return text(child.stdout);
}

test('a measure that has met nothing is marked so, in the list and on the page; what the kernel drops is no hit', async (context) => {
  assert.match(await run(context, 0, ['show', alerted.id]), /^alert, alert; since[^]*^measures m-3fa94c01d2 \(0 hits\)$/m);
  assert.match(await run(context, 0, ['list']), /measures m-3fa94c01d2 \(0 hits\)/);
  assert.doesNotMatch(await run(context, 7, ['list']), /0 hits/);
  assert.doesNotMatch(await run(context, 0, ['list'], 'drop'), /0 hits/);
});

test('who acknowledges reads the same', async (context) =>
  assert.match(await run(context, 0, ['ack', alerted.id]), /^FG-[0-9A-F]{10}  alert  .* counted  measures .*\(0 hits\)/));
