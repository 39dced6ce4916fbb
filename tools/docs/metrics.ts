// docs/reference/metrics.md: every metric with its kind, labels and meaning.
import { metricCatalogue, type MetricEntry } from '../../src/events/metric-catalogue.ts';
import type { Generate } from '../gen-docs.ts';

const intro = `# Metrics

\`GET /metrics\` on the web address, in the text format of Prometheus. Counters count from the start of the process. No label ever holds a
sender, a client address or a stranger's domain: strangers are without number. Beside these there are the usual \`process_\` and \`nodejs_\` metrics.

Worth an alarm: \`floodgate_backscatter_made_total\` above 0 (cannot happen; if it does, stop and tell us), \`floodgate_events_dropped_total\`
rising, \`floodgate_door_restarts_total\` or \`floodgate_session_failures_total\` rising, \`floodgate_event_loop_lag_seconds\` above 0.2, and
\`/readyz\` other than 200.

<!-- made by npm run docs from src/events/metric-catalogue.ts -->

| metric | kind | labels | meaning |
|---|---|---|---|
`;

const row = ([name, { kind, labels, help }]: readonly [string, MetricEntry]): string =>
  `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |\n`;

export const generate: Generate = () => [{ path: 'docs/reference/metrics.md', text: intro + Object.entries<MetricEntry>(metricCatalogue).map(row).join('') }];
