import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { sampleEvents } from '../events/sample-events.ts';
import type { EventBody } from '../model/events.ts';
import type { HubSighting } from '../model/sighting.ts';
import { watchScanner } from './scanner-watch.ts';

const scanned = (found: string | null, why = ''): string =>
  `${JSON.stringify({ ...sampleEvents['virus-scanned'], found, why, at: 0, door: 'smtp-1', seq: 1 })}\n`;

/** A watch whose looks are made by the test; `answer` is what the scanner says next. */
async function start(context: TestContext, viruses: object | null = { clamd: '/run/clamd.ctl' }) {
  const scanner = { answer: null as string | null, asked: 0 };
  const events: EventBody[] = [];
  const sightings: HubSighting[] = [];
  const watch = watchScanner({
    config: () => configOf(viruses === null ? {} : { viruses }),
    ping: () => {
      scanner.asked += 1;
      return Promise.resolve(scanner.answer);
    },
    note: (sighting) => void sightings.push(sighting),
    record: (body) => void events.push(body),
    now: () => Date.UTC(2026, 10, 21, 18, 41),
  });
  context.after(watch.stop);
  await watch.look();
  return { watch, scanner, events, sightings };
}

test('a scanner that does not answer is told, with the mail that went on unseen, and told again when it is back', async (context) => {
  const { watch, scanner, events, sightings } = await start(context);
  assert.deepEqual([watch.trouble(), events], [[], []]);
  scanner.answer = 'connect ENOENT';
  await watch.look();
  assert.deepEqual(watch.trouble(), [], 'once is nothing: it may load its database');
  await watch.look();
  for (let each = 0; each < 7; each++) watch.take(scanned(null, 'connect ENOENT'));
  watch.take(`${scanned('Eicar')}${scanned(null, 'larger than viruses.maxSize (30000000 bytes)')}`);
  assert.deepEqual(watch.trouble(), [
    'the virus scanner /run/clamd.ctl does not answer since 2026-11-21T18:41:00.000Z (connect ENOENT): 7 messages went on unseen (docs/viruses.md)',
  ]);
  await watch.look();
  assert.ok(
    sightings.slice(-3).every(({ outcome, route }) => outcome === 'unreachable' && route === 'clamd'),
    'an incident comes of it',
  );
  scanner.answer = null;
  await watch.look();
  assert.deepEqual(watch.trouble(), []);
  assert.deepEqual(
    events.map((event) => event.type === 'scanner-state' && [event.state, event.unseen]),
    [
      ['away', 0],
      ['back', 7],
    ],
  );
});

test('where mail is put off meanwhile it says so', async (context) => {
  const { watch, scanner } = await start(context, { clamd: '/run/clamd.ctl', whenAway: 'defer' });
  scanner.answer = 'no answer';
  await watch.look();
  await watch.look();
  watch.take(scanned(null, 'no answer'));
  assert.match(watch.trouble()[0] ?? '', /1 message put off/);
});

test('without a scanner nobody is asked', async (context) => {
  const { watch, scanner } = await start(context, null);
  assert.deepEqual([scanner.asked, watch.trouble()], [0, []]);
});
