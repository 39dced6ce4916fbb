import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heldRecord } from '../../../test/harness/held-item.ts';
import { openBook, releaseKey, releaseLetter, tokenOfLine } from '../../../test/harness/release-book.ts';
import type { Owner } from '../../../test/harness/scratch.ts';
import type { EventBody } from '../../model/events.ts';
import type { HeldRecord } from '../../model/quarantine.ts';
import type { ReleaseOrder } from '../../model/release.ts';
import type { OrderFate } from './order-queue.ts';
import { createReleaseDesk } from './release-desk.ts';
import { createReleaseDoor } from './release-view.ts';
import { recipientPrint } from './token.ts';

const id = '1M7YNPXHV1000-1';

interface Situation {
  readonly held?: HeldRecord | null;
  readonly fate?: OrderFate | null;
}

async function start(t: Owner, { held = heldRecord({ to: ['ann@hub.example'] }), fate = 'released' }: Situation = {}) {
  const { book } = openBook(t);
  const letter = releaseLetter([id], { language: 'fr' });
  await book.save(letter);
  const orders: ReleaseOrder[] = [];
  const events: EventBody[] = [];
  const clock = { ms: 2000 };
  const desk = createReleaseDesk({
    key: releaseKey,
    book,
    address: 'release@mx.hub.example',
    isHeld: () => Promise.resolve(held !== null),
    now: () => clock.ms,
  });
  const door = createReleaseDoor({
    desk,
    find: () => Promise.resolve(held),
    authorOf: () => Promise.resolve('Eve <eve@a.example>'),
    print: (address) => recipientPrint(releaseKey, address),
    take: (order) => {
      orders.push(order);
      return fate === null ? new Promise(() => {}) : Promise.resolve(fate);
    },
    language: 'en',
    postmaster: 'postmaster@hub.example',
    record: (event) => void events.push(event),
    wait: () => Promise.resolve(),
  });
  return { door, book, orders, events, clock, letter, token: tokenOfLine(letter, 1) };
}

test('looking shows who, what and why, to whom, and releases nothing, however often', async (t) => {
  const { door, token, orders, book, events } = await start(t);
  for (let n = 0; n < 3; n++) {
    const view = await door.look(token);
    assert.deepEqual(view?.state === 'offered' && [view.language, view.message.recipient, view.message.from, view.message.subject, view.message.reason], [
      'fr',
      'ann@hub.example',
      'Eve <eve@a.example> (sender@client.example)',
      'hello',
      'rule',
    ]);
  }
  assert.deepEqual([orders, await book.pending(), events], [[], [], []]);
});

test('the button releases once; the second time it says so', async (t) => {
  const { door, token, orders, events } = await start(t);
  assert.equal((await door.release(token, '192.0.2.9'))?.state, 'released');
  assert.equal((await door.release(token, '192.0.2.9'))?.state, 'used');
  assert.equal((await door.look(token))?.state, 'used');
  assert.deepEqual(
    orders.map(({ way, asker }) => [way, asker]),
    [['link', '192.0.2.9']],
  );
  assert.deepEqual(events, [{ type: 'release-refused', way: 'link', why: 'used', asker: '192.0.2.9' }]);
});

for (const [fate, state, why] of [
  ['waits', 'ordered', 'its server is away: the order stands'],
  [null, 'ordered', 'it takes too long: nobody is kept waiting'],
  ['gone', 'gone', 'somebody was faster'],
] as const)
  test(`${state}: ${why}`, async (t) => {
    const { door, token } = await start(t, { fate });
    assert.equal((await door.release(token, '192.0.2.9'))?.state, state);
  });

test('a message that is not his any more is gone, and nothing is ordered', async (t) => {
  for (const held of [null, heldRecord({ to: ['otto@hub.example'] }), heldRecord({ to: ['ann@hub.example'], state: 'trash' })]) {
    const { door, token, orders } = await start(t, { held });
    assert.equal((await door.look(token))?.state, 'gone');
    assert.equal((await door.release(token, '192.0.2.9'))?.state, 'gone');
    assert.deepEqual(orders, []);
  }
});

test('a virus is not offered, whatever a letter once said and whatever it is held for', async (t) => {
  const { door, token, orders } = await start(t, { held: heldRecord({ to: ['ann@hub.example'], virus: true }) });
  assert.equal((await door.look(token))?.state, 'not-offered');
  assert.equal((await door.release(token, '192.0.2.9'))?.state, 'not-offered');
  assert.deepEqual(orders, []);
});

test('a message that cannot be opened is trouble of ours, not gone', async (t) => {
  const { door, token, orders } = await start(t, { held: heldRecord({ to: [], unreadable: 'no key' }) });
  await assert.rejects(door.release(token, '192.0.2.9'), /cannot be opened/);
  assert.deepEqual(orders, []);
});

test('expired is said to who holds a token of ours; anything else is forged, also the one for answers by mail', async (t) => {
  const { door, token, clock, letter, orders } = await start(t);
  clock.ms = 1e9;
  assert.equal((await door.release(token, '192.0.2.9'))?.state, 'expired');
  for (const wrong of [tokenOfLine(letter, 0), tokenOfLine(letter, 1, Buffer.alloc(32)), 'x'])
    assert.equal((await door.release(wrong, '192.0.2.9'))?.state, 'forged');
  assert.deepEqual(orders, []);
});
