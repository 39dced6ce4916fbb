// Measures for tests of what goes to packet filters, routers and name servers.
import type { Measure } from '../model/measure.ts';

/** A drop of 192.0.2.0/24 until 5 seconds past the epoch, or what is changed of it. */
export const measureOf = (changes: Partial<Measure> = {}): Measure => ({
  id: 'm-0000000001',
  scope: { client: '192.0.2.0/24' },
  action: 'drop',
  actor: { kind: 'person', name: 'anna' },
  reason: 'flood',
  createdAt: 0,
  expiresAt: 5000,
  maxHits: null,
  probeShare: 0,
  incident: null,
  dryRun: false,
  ...changes,
});
