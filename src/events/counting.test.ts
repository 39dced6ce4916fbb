import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventBody } from '../model/events.ts';
import { countEvent } from './counting.ts';

test('a client refused before it had a session counts as a verdict too: the graph of a check must not lose what it refused at the door', () => {
  const finding = { check: 'listed', kind: 'abuse', action: 'refuse-at-banner', outcome: { kind: 'finding', because: 'on a list', evidence: {} } } as const;
  const event: EventBody = {
    type: 'connection-refused',
    session: 's',
    ip: '192.0.2.7',
    port: 1,
    listener: 'mx',
    ref: 's-1',
    reply: '554 5.7.1 no',
    reason: 'listed',
    findings: [finding],
  };
  const counted: string[] = [];
  countEvent(event, (name, labels) => void counted.push(`${name} ${labels.join(' ')}`));
  assert.deepEqual(counted, [
    'floodgate_smtp_replies_total 554',
    'floodgate_verdicts_total connect refuse-at-banner listed',
    'floodgate_connections_refused_total listed',
  ]);
});
