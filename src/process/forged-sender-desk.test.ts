import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { youngestMs } from '../facts/returned-mail.ts';
import { sampleIncident } from '../web/sample-house.ts';
import { forgedSenderCase } from './forged-sender-desk.ts';

const flood = { ...sampleIncident, detector: 'backscatter-flood' };

test('the case names the day from which forged bounces can be told, while the memory is too young for it', async (context) => {
  const parts = { journalDir: scratchDirectory(context, 'journal'), countries: undefined, places: { own: [], country: undefined, network: undefined } };
  const young = await forgedSenderCase(flood, { ...parts, completeForMs: youngestMs - 3_600_000 });
  assert.ok(Math.abs(Date.parse(young?.toldFrom ?? '') - Date.now() - 3_600_000) < 60_000, `in an hour: ${young?.toldFrom}`);
  assert.equal((await forgedSenderCase(flood, { ...parts, completeForMs: youngestMs }))?.toldFrom, null);
});
