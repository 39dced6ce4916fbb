import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAlertDesk } from './alert-desk.ts';
import type { AlertItem } from './letter.ts';
import { sampleIncident } from './sample-incident.ts';

const minute = 60_000;

function start() {
  const woken: AlertItem[] = [];
  const told: AlertItem[] = [];
  const outlet = (into: AlertItem[]) => ({ take: (item: AlertItem) => void into.push(item), stop: () => Promise.resolve() });
  return { woken, told, desk: createAlertDesk({ outlets: [outlet(told)], escalation: [outlet(woken)], escalateAfterMs: 30 * minute }) };
}

test('what nobody acknowledges wakes somebody else, and again after twice the time', () => {
  const { desk, woken } = start();
  const open = [sampleIncident({ openedAt: 0 })];
  const wokenAt = Array.from({ length: 260 }, (_, at) => at).filter((at) => {
    const before = woken.length;
    desk.escalate(open, at * minute);
    return woken.length > before;
  });
  assert.deepEqual(wokenAt, [30, 90, 210]);
});

test('nobody is woken for what is acknowledged, over, only watched, or part of a campaign', () => {
  const { desk, woken } = start();
  const quiet = [{ acknowledgedBy: 'mona' }, { state: 'cooling' }, { level: 'watch' }, { campaign: 'i-1' }] as const;
  desk.escalate(
    quiet.map((more, n) => sampleIncident({ id: `i-${n}`, openedAt: 0, ...more })),
    600 * minute,
  );
  assert.deepEqual(woken, []);
});

test('after a restart an old one that nobody has answered wakes somebody at once', () => {
  const { desk, woken } = start();
  desk.escalate([sampleIncident({ openedAt: 0 })], 600 * minute);
  assert.equal(woken.length, 1);
});

test('every way is told', () => {
  const { desk, told } = start();
  desk.tell({ incident: sampleIncident(), step: 'opened' });
  assert.equal(told.length, 1);
});
