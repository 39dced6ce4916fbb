// An incident for tests of what is said about incidents.
import type { Incident } from '../../model/incident.ts';

export const sampleIncident = (more: Partial<Incident> = {}): Incident => ({
  id: 'i-3fa94c01d2',
  reference: 'FG-3FA94C01D2',
  detector: 'subscription-bomb',
  key: { recipient: 'ann@example.org' },
  level: 'alert',
  state: 'mitigated',
  onsetAt: Date.UTC(2026, 10, 21, 3, 0),
  openedAt: Date.UTC(2026, 10, 21, 3, 1),
  lastAt: Date.UTC(2026, 10, 21, 3, 2),
  closedAt: null,
  count: 24,
  alarms: 2,
  measures: ['m-3fa94c01d2'],
  campaign: null,
  folded: 0,
  acknowledgedBy: null,
  statistic: { name: 'cusum', value: 31.2, threshold: 23 },
  confidence: 'high',
  spoofable: false,
  counts: {},
  origins: [{ origin: 'domain shop.example', est: 3, err: 0 }],
  samples: [],
  because: '24 first contacts in two minutes',
  ...more,
});
