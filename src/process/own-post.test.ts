import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeHub, type FakeHubAnswer } from '../../test/harness/fake-hub.ts';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { createOwnPost, LetterRefused, LetterUncertain } from './own-post.ts';

const letter = 'Subject: x\r\n\r\nhello\r\n';
const cases: readonly [dot: FakeHubAnswer, failure: 'refused' | 'uncertain' | 'not now' | null, why: string][] = [
  ['250 2.0.0 Ok', null, 'it is there'],
  ['550 5.7.1 No', 'refused', 'nobody needs to try again'],
  ['451 4.3.0 Later', 'not now', 'it is to be tried again'],
  [{ drop: 'rst' }, 'uncertain', 'it may be there'],
];
for (const [dot, failure, why] of cases) {
  test(`${JSON.stringify(dot)} behind the content of a letter: ${failure ?? 'sent'}, ${why}`, async () => {
    await using hub = await startFakeHub({ script: { dot } });
    const post = createOwnPost({
      config: configOf({ hub: { address: `${hub.host}:${hub.port}` } }),
      record: () => {},
      doorNumber: 9,
      now: Date.now,
    });
    const error: unknown = await post.send(['ann@hub.example'], letter).then(
      () => null,
      (reason: unknown) => reason,
    );
    await post.close();
    const said = error === null ? null : error instanceof LetterRefused ? 'refused' : error instanceof LetterUncertain ? 'uncertain' : 'not now';
    assert.equal(said, failure);
  });
}
