import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DetectorDefinition } from './detector.ts';
import { detectorOptions, detectorSettingsProblems } from './detector-settings.ts';

const flood: DetectorDefinition = {
  id: 'flood',
  row: 'D0',
  doc: 'A flood.',
  kinds: [],
  options: { perMinute: { default: 30, min: 1, max: 1000, doc: 'Messages a minute.' } },
  create: () => ({ size: 0, note: () => undefined, settle: () => undefined }),
};

test('what is not set is the default', () => {
  assert.deepEqual(detectorOptions(flood, {}), { perMinute: 30 });
  assert.deepEqual(detectorOptions(flood, { flood: { perMinute: 5 } }), { perMinute: 5 });
  assert.equal(detectorOptions(flood, { flood: 'off' }), 'off');
});

test('an unknown detector, an unknown option and a number out of bounds are each told with what would be right', () => {
  assert.deepEqual(detectorSettingsProblems({ flod: {}, flood: { perMinut: 1, perMinute: 0 } }, [flood]), [
    { path: 'detectors.flod', message: 'flod is no detector', hint: 'did you mean flood?' },
    { path: 'detectors.flood.perMinut', message: 'flood has no option perMinut', hint: 'did you mean perMinute?' },
    { path: 'detectors.flood.perMinute', message: '0 is not between 1 and 1000', hint: 'Messages a minute. The default is 30.' },
  ]);
});

test('a detector that is off and numbers within bounds are right', () => {
  assert.deepEqual(detectorSettingsProblems({ flood: 'off' }, [flood]), []);
  assert.deepEqual(detectorSettingsProblems({ flood: { perMinute: 1000 } }, [flood]), []);
});
