// The metrics in the form Prometheus reads. The only file that knows prom-client; names and labels come from the catalogue.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { HeldState } from '../model/quarantine.ts';
import { metricCatalogue, type MetricEntry, type MetricName } from './metric-catalogue.ts';
import type { EventBatch } from './recorder.ts';
import { placeOf, Tally, type Place, type Sums } from './tally.ts';

/** What is measured at the moment of asking rather than counted from events. */
export interface Gauges {
  readonly sessions: readonly { readonly listener: string; readonly class: 'inside' | 'outside'; readonly value: number }[];
  /** Seconds, by thread. */
  readonly eventLoopLag: readonly { readonly door: string; readonly value: number }[];
  readonly hubConnections: readonly { readonly route: string; readonly state: string; readonly value: number }[];
  readonly doors: readonly { readonly state: string; readonly value: number }[];
  readonly measures: readonly { readonly actor: 'person' | 'auto'; readonly value: number }[];
  readonly spoolMessages: readonly { readonly route: string; readonly value: number }[];
  readonly quarantineMessages: readonly { readonly state: HeldState | 'refused'; readonly value: number }[];
  readonly quarantineBytes: readonly { readonly state: HeldState | 'refused'; readonly value: number }[];
  readonly loadLevel: number;
  readonly bannerQueue: number;
  readonly correspondents: number;
  readonly journalBytes: number;
  readonly journalSegments: number;
}

export interface Metrics {
  /** Adds what a door counted and observed. */
  addBatch(batch: Pick<EventBatch, 'counts' | 'observations'>): void;
  /** Replaces the gauges given; a label set that is no longer named disappears. */
  setGauges(gauges: Partial<Gauges>): void;
  totals(): Sums;
  /** Sums of the last minute. */
  lastMinute(): Sums;
  /** The whole page, in the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** 5 ms is a hub on this machine, 600 s the longest a next hop may take for the final dot. */
const latencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];
/** Label sets of one metric at most. All labels are of closed sets; should one not be, the rest is counted together. */
const maxSeries = 500;
const overflow = 'other';

/** Gauges that prom-client names like counters, which promtool refuses; the same by kind is in the metrics without `_total`. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** `now` is in milliseconds since the epoch; default the clock. */
export function createMetrics(about: { readonly version: string; now?(): number }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  const shelf = new Shelf(registry);
  const tally = new Tally(about.now ?? Date.now);
  shelf.gauge('floodgate_build_info').set({ version: about.version, node: process.version }, 1);
  shelf.gauge('floodgate_load_level').set(0);
  return {
    addBatch: ({ counts, observations }) => {
      for (const [name, labels, by] of counts) {
        const series = shelf.series(name, labels);
        series.waiting += by; // until somebody asks: every batch brings some forty counts, and the page is read once in a while
        if (series.place !== null) tally.add(series.place, by);
      }
      for (const [name, labels, value] of observations) shelf.histogram(name).observe(shelf.series(name, labels).labels, value);
    },
    setGauges: (gauges) => setGauges(shelf, gauges),
    totals: () => tally.total(),
    lastMinute: () => tally.lastMinute(),
    text: () => {
      shelf.settle();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function setGauges(shelf: Shelf, gauges: Partial<Gauges>): void {
  const replace = (name: MetricName, rows: readonly { readonly value: number }[] | undefined): void => {
    if (rows === undefined) return;
    const gauge = shelf.gauge(name);
    gauge.reset();
    for (const { value, ...labels } of rows) gauge.set(labels, value);
  };
  const set = (name: MetricName, value: number | undefined): void => {
    if (value !== undefined) shelf.gauge(name).set(value);
  };
  replace('floodgate_sessions', gauges.sessions);
  replace('floodgate_event_loop_lag_seconds', gauges.eventLoopLag);
  replace('floodgate_hub_connections', gauges.hubConnections);
  replace('floodgate_doors', gauges.doors);
  replace('floodgate_measures', gauges.measures);
  replace('floodgate_spool_messages', gauges.spoolMessages);
  replace('floodgate_quarantine_messages', gauges.quarantineMessages);
  replace('floodgate_quarantine_bytes', gauges.quarantineBytes);
  set('floodgate_load_level', gauges.loadLevel);
  set('floodgate_connections_waiting', gauges.bannerQueue);
  set('floodgate_correspondents', gauges.correspondents);
  set('floodgate_journal_bytes', gauges.journalBytes);
  set('floodgate_journal_segments', gauges.journalSegments);
}

/** One set of labels of a metric. */
interface Series {
  readonly name: MetricName;
  readonly labels: Record<string, string>;
  /** In the sums of the status page; null: nowhere. */
  readonly place: Place | null;
  /** Counted since the page was last asked for. */
  waiting: number;
}

const keyOf = (name: MetricName, values: readonly string[]): string => {
  let key: string = name;
  for (const value of values) key += `\u0000${value}`;
  return key;
};

/** All registered metrics by name. */
class Shelf {
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();
  /** By name and labels; of each name no more than `maxSeries`. */
  readonly #series = new Map<string, Series>();
  readonly #seriesOf = new Map<string, number>();

  constructor(registry: Registry) {
    for (const [name, { kind, labels, help }] of Object.entries<MetricEntry>(metricCatalogue)) {
      const options = { name, help, labelNames: [...labels], registers: [registry] };
      if (kind === 'counter') this.#counters.set(name, new Counter(options));
      else if (kind === 'gauge') this.#gauges.set(name, new Gauge(options));
      else this.#histograms.set(name, new Histogram({ ...options, buckets: latencyBuckets }));
    }
  }

  /** Brings the counters up to date. */
  settle(): void {
    for (const series of this.#series.values()) {
      if (series.waiting === 0) continue;
      this.#counters.get(series.name)?.inc(series.labels, series.waiting);
      series.waiting = 0;
    }
  }

  gauge(name: MetricName): Gauge {
    return needed(this.#gauges.get(name), name);
  }

  histogram(name: MetricName): Histogram {
    return needed(this.#histograms.get(name), name);
  }

  /** Values in the order of the catalogue with the labels prom-client wants; beyond the bound all become one series. */
  series(name: MetricName, values: readonly string[]): Series {
    const key = keyOf(name, values);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const count = this.#seriesOf.get(name) ?? 0;
    const labelNames: readonly string[] = metricCatalogue[name].labels;
    const others = labelNames.map(() => overflow);
    if (count >= maxSeries && key !== keyOf(name, others)) return this.series(name, others);
    const labels = Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? '']));
    const series: Series = { name, labels, place: placeOf(name, values), waiting: 0 };
    this.#seriesOf.set(name, count + 1);
    this.#series.set(key, series);
    return series;
  }
}

function needed<T>(metric: T | undefined, name: string): T {
  if (metric === undefined) throw new Error(`${name} is not in the metric catalogue under this kind`);
  return metric;
}
