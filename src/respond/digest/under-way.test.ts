import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventBody } from '../../model/events.ts';
import { createDigestLines } from '../../store/digest-lines.ts';
import { openStore } from '../../store/open.ts';
import { tellOfUnderWay } from './under-way.ts';

test('a letter that a crash left under way is told of once, with its address where that is still known, and its lines stay told of', async (t) => {
  const store = openStore(':memory:');
  t.after(() => store.close());
  const lines = createDigestLines(store.queries);
  await lines.note([{ item: 'A', recipient: 'print of ann@hub.example' }], 900, 'settled');
  await lines.note([{ item: 'A', recipient: 'print of ann@hub.example' }], 900);
  await lines.note(
    [
      { item: 'A', recipient: 'print of otto@hub.example' },
      { item: 'gone', recipient: 'print of otto@hub.example' },
    ],
    500,
    'first',
  );
  await lines.note([{ item: 'gone', recipient: 'print of zoe@hub.example' }], 500, 'second');
  const events: EventBody[] = [];
  const parts = {
    underWay: () => lines.underWay(),
    settle: (letter: string) => lines.settle(letter),
    find: (id: string) => Promise.resolve(id === 'A' ? { to: ['ann@hub.example', 'otto@hub.example'] } : null),
    print: (address: string) => `print of ${address}`,
    record: (event: EventBody) => void events.push(event),
  };
  assert.equal(await tellOfUnderWay(parts), 2);
  assert.deepEqual(
    events.map((event) => event.type === 'digest-failed' && [event.to, event.uncertain, /letter (\w+)/.exec(event.why)?.[1]]),
    [
      ['otto@hub.example', true, 'first'],
      ['a recipient of mail that is held no more', true, 'second'],
    ],
  );
  assert.equal(await tellOfUnderWay(parts), 0, 'said once');
  assert.equal((await lines.told(['A', 'gone'], 499)).length, 4, 'no copy in this round');
  assert.equal((await lines.told(['A', 'gone'], 500)).length, 1, 'listed again in the next');
});
