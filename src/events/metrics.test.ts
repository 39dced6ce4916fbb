import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricCatalogue } from './metric-catalogue.ts';
import { createMetrics } from './metrics.ts';
import { createRecorder } from './recorder.ts';
import { sampleEvents } from './sample-events.ts';

const sample = /^([a-z_:][a-z0-9_:]*)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*)\})? (-?[0-9.e+-]+|NaN|\+Inf)$/i;

/** Every sample of the page; a line that is none and no comment fails. */
function parse(page: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of page.split('\n')) {
    if (line === '' || line.startsWith('# ')) continue;
    const match = sample.exec(line);
    assert.ok(match, `not a sample: ${line}`);
    found.set(match[2] ? `${match[1]}{${match[2]}}` : (match[1] ?? ''), Number(match[3]));
  }
  return found;
}

async function pageOfAllEvents(): Promise<Map<string, number>> {
  const metrics = createMetrics({ version: '0.1.0' });
  const recorder = createRecorder({ door: 'smtp-1', now: () => 0, logFormat: 'text', logLevel: 'error', ship: (batch) => metrics.addBatch(batch) });
  for (const body of Object.values(sampleEvents)) recorder.record(body);
  recorder.flush();
  metrics.setGauges({
    sessions: [{ listener: 'mx', class: 'outside', value: 3 }],
    eventLoopLag: [{ door: 'smtp-1', value: 0.002 }],
    journalBytes: 4096,
    loadLevel: 1,
  });
  return parse(await metrics.text());
}

test('the page is what Prometheus reads, and the metrics of note are on it', async () => {
  const page = await pageOfAllEvents();
  assert.equal(page.get('floodgate_sessions{listener="mx",class="outside"}'), 3);
  assert.equal(page.get('floodgate_verdicts_total{stage="rcpt",action="reject",check="unknown-recipient"}'), 1);
  assert.equal(page.get('floodgate_load_level'), 1);
  assert.equal(page.get('floodgate_event_loop_lag_seconds{door="smtp-1"}'), 0.002);
  assert.equal(page.get('floodgate_hub_latency_seconds_count{route="hub"}'), 1);
  assert.equal(page.get('floodgate_journal_bytes'), 4096);
  assert.equal(page.get('floodgate_messages_total{outcome="delivered"}'), 1);
  assert.equal(page.get('floodgate_connections_refused_total{reason="sessionsPerAddress"}'), 1);
});

test('backscatter made is told, and no event can raise it', async () => {
  assert.equal((await pageOfAllEvents()).get('floodgate_backscatter_made_total'), 0);
});

test('no label holds what a stranger said: no address, sender or domain of the samples is on the page', async () => {
  const page = [...(await pageOfAllEvents()).keys()].join('\n');
  assert.doesNotMatch(page, /192\.0\.2|sender\.example|hub\.example|\banna?\b/);
});

test('labels that turn out not to be of a closed set stay bounded', async () => {
  const metrics = createMetrics({ version: '0.1.0' });
  for (let i = 0; i < 2000; i++) metrics.addBatch({ counts: [['floodgate_connections_refused_total', [`reason-${i}`], 1]], observations: [] });
  const rows = [...parse(await metrics.text()).keys()].filter((key) => key.startsWith('floodgate_connections_refused_total'));
  assert.equal(rows.length, 501);
  assert.equal(metrics.totals().connectionsRefused, 2000);
});

test('a gauge row that is no longer named disappears: a listener that was closed', async () => {
  const metrics = createMetrics({ version: '0.1.0' });
  metrics.setGauges({ sessions: [{ listener: 'old', class: 'inside', value: 1 }] });
  metrics.setGauges({ sessions: [{ listener: 'new', class: 'inside', value: 2 }] });
  const page = parse(await metrics.text());
  assert.equal(page.get('floodgate_sessions{listener="new",class="inside"}'), 2);
  assert.ok(!page.has('floodgate_sessions{listener="old",class="inside"}'));
});

test('the sums of the status page leave clean stages out', () => {
  const metrics = createMetrics({ version: '0.1.0' });
  metrics.addBatch({
    counts: [
      ['floodgate_verdicts_total', ['rcpt', 'pass', ''], 9],
      ['floodgate_verdicts_total', ['rcpt', 'reject', 'unknown-recipient'], 2],
      ['floodgate_messages_total', ['delivered'], 4],
    ],
    observations: [],
  });
  assert.deepEqual([metrics.totals().findings, metrics.totals().messages], [{ reject: 2 }, { delivered: 4 }]);
});

test('every metric has its labels and a sentence of help', () => {
  for (const [name, { help }] of Object.entries(metricCatalogue)) assert.match(help, /\.$/, name);
});

test('the last minute forgets what is older, the totals do not', () => {
  let ms = 1_000_000;
  const metrics = createMetrics({ version: '0.1.0', now: () => ms });
  const deliver = () => metrics.addBatch({ counts: [['floodgate_messages_total', ['delivered'], 1]], observations: [] });
  deliver();
  ms += 50_000;
  deliver();
  assert.deepEqual(metrics.lastMinute().messages, { delivered: 2 });
  ms += 40_000;
  assert.deepEqual(metrics.lastMinute().messages, { delivered: 1 });
  assert.deepEqual(metrics.totals().messages, { delivered: 2 });
});

test('no gauge has the name of a counter: Prometheus would compute rates of it', async () => {
  const text = await createMetrics({ version: '0.1.0' }).text();
  const gauges = [...text.matchAll(/^# TYPE (\S+) gauge$/gm)].map(([, name = '']) => name);
  assert.ok(gauges.length > 10);
  assert.deepEqual(
    gauges.filter((name) => name.endsWith('_total')),
    [],
  );
});
