import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RouteSnapshot } from '../delivery/delivery.ts';
import { hopState, type HopSeen } from './hop-state.ts';

const seen = (circuit: RouteSnapshot['circuit'], answeredAt: number | null, failedAt: number | null): readonly RouteSnapshot[] => [
  { route: 'hub', open: 0, idle: 0, waiting: 0, circuit, answeredAt, failedAt, latencyP50Ms: null, latencyP99Ms: null },
];
const nobody = { doors: [], spool: [], waitingInVain: false };

const cases: readonly [why: string, seen: Partial<HopSeen>, state: ReturnType<typeof hopState>][] = [
  ['nobody has asked it', {}, 'unknown'],
  ['it answers the doors', { doors: seen('closed', 5, 1) }, 'closed'],
  ['no door reaches it', { doors: [...seen('open', 1, 5), ...seen('closed', 2, null)] }, 'open'],
  ['a door tries whether it is back', { doors: seen('half-open', null, 5) }, 'half-open'],
  ['the spool was answered since: the door was only quiet', { doors: seen('open', 1, 5), spool: seen('closed', 6, 4) }, 'closed'],
  ['another door was answered since', { doors: [...seen('open', 1, 5), ...seen('closed', 7, null)] }, 'closed'],
  ['what waits cannot be handed on, though few failures open no circuit', { spool: seen('closed', null, 3), waitingInVain: true }, 'open'],
  ['the same where a door knew it well before', { doors: seen('closed', 2, null), spool: seen('closed', 1, 3), waitingInVain: true }, 'open'],
  ['it answers the spool, but takes nothing', { doors: seen('closed', 2, null), spool: seen('closed', 3, null), waitingInVain: true }, 'open'],
  ['a door was answered since the spool tried last', { doors: seen('closed', 4, null), spool: seen('closed', 1, 3), waitingInVain: true }, 'closed'],
  ['a mailbox store has no circuit, but its disk may be full', { waitingInVain: true }, 'open'],
];

for (const [why, given, state] of cases) test(`${state}: ${why}`, () => assert.equal(hopState({ ...nobody, ...given }), state));
