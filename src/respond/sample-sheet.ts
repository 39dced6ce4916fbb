// A sheet for tests of the formats: both families, single addresses and networks, one network within another, sender domains, and
// measures that cannot be expressed, one of them written by somebody who would like to.
import type { Measure } from '../model/measure.ts';
import { planDomains } from './domain-plan.ts';
import { planDrops } from './drop-plan.ts';
import { exportWriters, type ExportFormat } from './exports/catalogue.ts';
import type { ExportSheet } from './exports/sheet.ts';
import { createNetworkGuard } from './network-guard.ts';
import { measureOf } from './sample-measures.ts';

/** Milliseconds since the epoch: 2026-11-21 09:00 UTC. */
export const sampleMoment = Date.UTC(2026, 10, 21, 9);
const hours = (number: number): number => sampleMoment + number * 3_600_000;

const drop = (id: string, client: string, expiresAt: number): Measure => measureOf({ id, scope: { client }, expiresAt });

export const sampleMeasures: readonly Measure[] = [
  drop('m-0000000001', '192.0.2.7/32', hours(1)),
  drop('m-0000000002', '198.51.100.0/22', hours(2)),
  drop('m-0000000003', '198.51.101.128/25', hours(3)), // within the one before, and outlives it
  drop('m-0000000004', '2001:db8:1::/48', hours(1)),
  drop('m-0000000005', '2001:db8:2::5/128', hours(1)),
  drop('m-0000000006', '2001:db8:18::/45', hours(1)), // ends within a nibble
  measureOf({ id: 'm-0000000007', scope: { client: '203.0.113.0/24' }, action: 'refuse-at-banner', expiresAt: hours(1) }),
  measureOf({ id: 'm-0000000008', scope: { sender: 'spam.example.net' }, action: 'reject', expiresAt: hours(1) }),
  measureOf({ id: 'm-0000000009', scope: { sender: '.bulk.example.net' }, action: 'reject', expiresAt: hours(1) }),
  measureOf({ id: 'm-0000000010', scope: { client: '10.20.3.0/24' }, expiresAt: hours(1) }), // ours
  measureOf({ id: 'm-0000000011', scope: { client: '192.0.2.8/32', user: '*/\n} drop;' }, expiresAt: hours(1) }),
];

/** The sheet of these measures as a format sees it. */
export function sampleSheet(format: ExportFormat, measures: readonly Measure[] = sampleMeasures): ExportSheet {
  const guard = createNetworkGuard([{ network: '10.20.0.0/16', whose: 'site.networks' }]);
  return {
    atMs: sampleMoment,
    hostname: 'mx.example.org',
    ports: [25, 465, 587],
    networks: planDrops(measures, { atMs: sampleMoment, guard, actions: exportWriters[format].actions, observing: false }),
    domains: planDomains(measures, { atMs: sampleMoment, spared: ['example.org'], observing: false }),
    unresolved: ['hub.internal'],
  };
}

/** The text of a format over these measures. */
export const sampleExport = (format: ExportFormat, measures?: readonly Measure[]): string => exportWriters[format].write(sampleSheet(format, measures));
