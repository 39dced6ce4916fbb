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
const mitigated = { ...sampleIncident, state: 'mitigated', measures: [sampleMeasure.id] };

/** The command against a daemon with one incident, whose measure has so many hits. */
async function run(context: TestContext, hits: number, words: readonly string[], action = 'defer') {
  const state = scratchDirectory(context, 'incident');
  const server = createServer(({ url = '' }, response) => {
    const answers: Readonly<Record<string, object>> = {
      '/api/v1/measures': { measures: [{ ...sampleMeasure, hits, action }], suspended: null },
      '/api/v1/incidents?closed=false': { incidents: [mitigated] },
      [`/api/v1/incidents/${mitigated.id}`]: { incident: mitigated, history: [] },
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

test('a measure that has met nothing has mitigated nothing: people read that the alarm stands', async (context) => {
  const shown = await run(context, 0, ['show', mitigated.id]);
  assert.match(shown, /^alert, alert; since/m);
  assert.match(shown, /^measures m-3fa94c01d2 \(0 hits\)$/m);
  assert.ok(!(await run(context, 0, ['list'])).includes('mitigated'), 'nor in the list');
});

test('a measure with hits mitigates, and programs read the state as it is kept', async (context) => {
  assert.match(await run(context, 7, ['show', mitigated.id]), /^alert, mitigated; since/m);
  assert.match(await run(context, 7, ['list']), / mitigated /);
  assert.match(await run(context, 0, ['show', mitigated.id, '--json']), /"state":"mitigated"/);
  assert.match(await run(context, 0, ['list'], 'drop'), / mitigated /, 'the kernel counts no hits');
});
