import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { sampleIncident } from '../web/sample-house.ts';
import { forgedSenderCase } from './forged-sender-desk.ts';

const flood = { ...sampleIncident, detector: 'backscatter-flood' };

test('the case says what is refused just now', async (context) => {
  const parts = { journalDir: scratchDirectory(context, 'journal'), countries: undefined, places: { own: [], country: undefined, network: undefined } };
  const refusal = { untold: 'memory-too-young', toldFrom: '2026-11-26T18:12:00.000Z', observing: null } as const;
  const found = await forgedSenderCase(flood, { ...parts, refusal });
  assert.deepEqual([found?.untold, found?.toldFrom, found?.observing], ['memory-too-young', '2026-11-26T18:12:00.000Z', null]);
});
