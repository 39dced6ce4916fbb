import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailbox } from '../../../test/harness/delivery-request.ts';
import { openBook, releaseKey, releaseLetter, tokenOfLine } from '../../../test/harness/release-book.ts';
import type { Owner } from '../../../test/harness/scratch.ts';
import type { ReleaseAsking } from '../../model/release.ts';
import type { ReleaseLetter } from './letter-book.ts';
import { createReleaseDesk, releaseAddress } from './release-desk.ts';

const ids = ['1M7YNPXHV1000-1', '1M7YNPXHV1000-2', '1M7YNPXHV1000-3'];
const byReply: ReleaseAsking = { way: 'reply', asker: '192.0.2.7', lines: null };

async function start(t: Owner, letter: ReleaseLetter = releaseLetter(ids)) {
  const { book } = openBook(t);
  await book.save(letter);
  const held = new Set(letter.lines.map(({ id }) => id));
  const clock = { ms: 2000 };
  const desk = createReleaseDesk({
    key: releaseKey,
    book,
    address: 'release@mx.hub.example',
    isHeld: (id) => Promise.resolve(held.has(id)),
    now: () => clock.ms,
  });
  return { book, desk, held, clock, letter, token: (line: number) => tokenOfLine(letter, line) };
}

test('a token releases its line once: the first order is on the disk, the second is refused', async (t) => {
  const { desk, book, token } = await start(t);
  assert.equal(await desk.worth(token(2)), 'valid');
  const asked = await desk.order(token(2), byReply);
  assert.deepEqual(asked.kind === 'ordered' && asked.orders.map(({ id, line, way, asker }) => [id, line, way, asker]), [
    ['1M7YNPXHV1000-2', 2, 'reply', '192.0.2.7'],
  ]);
  assert.equal((await book.pending()).length, 1);
  assert.equal(await desk.worth(token(2)), 'used');
  assert.deepEqual(await desk.order(token(2), byReply), { kind: 'refused', why: 'used' });
  assert.equal(await desk.worth(token(1)), 'valid', 'its neighbour is not used');
});

test('many at once with one token: one order', async (t) => {
  const { desk, token } = await start(t);
  const all = await Promise.all(Array.from({ length: 20 }, () => desk.order(token(1), byReply)));
  assert.equal(all.filter(({ kind }) => kind === 'ordered').length, 1);
});

test('in the last minute before a message expires nothing is ordered any more: the keeper may be at its removal', async (t) => {
  const letter = releaseLetter(ids, { lines: ids.map((id) => ({ id, offered: true, keptUntil: 90_000 })) });
  const { desk, clock, token, book } = await start(t, letter);
  clock.ms = 29_999;
  assert.equal((await desk.order(token(1), byReply)).kind, 'ordered');
  clock.ms = 30_000;
  assert.equal(await desk.worth(token(2)), 'gone');
  for (const way of [token(2), token(0)]) assert.deepEqual(await desk.order(way, { ...byReply, lines: [2] }), { kind: 'refused', why: 'gone' });
  assert.equal((await book.pending()).length, 1);
});

test('a token without our signature is nothing, and so is one whose letter is another, or gone', async (t) => {
  const { desk, letter } = await start(t);
  const otto = releaseLetter(ids, { recipient: 'otto' });
  const stranger = releaseLetter(ids, { name: 'aaaaaaaaaaaaaaaa' });
  for (const wrong of [tokenOfLine(letter, 1, Buffer.alloc(32, 9)), tokenOfLine(otto, 1), tokenOfLine(stranger, 1), tokenOfLine(letter, 9), 'nonsense']) {
    assert.equal(await desk.worth(wrong), 'forged');
    assert.deepEqual(await desk.order(wrong, byReply), { kind: 'refused', why: 'forged' });
  }
});

test('its time over, its message gone, or never to be released: told apart, and nothing is ordered', async (t) => {
  const { desk, book, held, clock, token } = await start(
    t,
    releaseLetter(ids, {
      lines: [
        { id: ids[0] ?? '', offered: true },
        { id: ids[1] ?? '', offered: false },
      ],
    }),
  );
  assert.deepEqual(await desk.order(token(2), byReply), { kind: 'refused', why: 'not-offered' });
  held.clear();
  assert.deepEqual(await desk.order(token(1), byReply), { kind: 'refused', why: 'gone' });
  clock.ms = 100_000;
  assert.deepEqual(await desk.order(token(1), byReply), { kind: 'refused', why: 'expired' });
  assert.deepEqual(await desk.order(token(0), byReply), { kind: 'refused', why: 'expired' });
  assert.deepEqual(await book.pending(), []);
});

test('the token of the whole letter wants numbers; with one message it needs none', async (t) => {
  const { desk, token } = await start(t);
  assert.deepEqual(await desk.order(token(0), byReply), { kind: 'refused', why: 'which' });
  assert.deepEqual(await desk.order(token(0), { ...byReply, lines: [17, 0] }), { kind: 'refused', why: 'which' });
  const asked = await desk.order(token(0), { ...byReply, lines: [3, 1, 3, 99] });
  assert.deepEqual(asked.kind === 'ordered' && asked.orders.map(({ line }) => line), [3, 1]);
  assert.deepEqual(await desk.order(token(0), { ...byReply, lines: [1] }), { kind: 'refused', why: 'used' });
  assert.equal((await desk.order(token(0), { ...byReply, lines: [1, 2] })).kind, 'ordered', 'what is left of it is released');
  const single = await start(t, releaseLetter([ids[0] ?? '']));
  assert.equal((await single.desk.order(single.token(0), byReply)).kind, 'ordered');
});

test('its address: the token behind a plus sign, in any case; no other subaddress, domain or name is taken', async (t) => {
  const { desk, token } = await start(t);
  const address = releaseAddress('release@mx.hub.example', token(1));
  assert.equal(desk.tokenIn(mailbox(address)), token(1));
  assert.equal(desk.tokenIn(mailbox(address.toUpperCase().replace('MX.HUB.EXAMPLE', 'mx.hub.example'))), token(1));
  for (const other of ['release@mx.hub.example', 'release+sales@mx.hub.example', address.replace('mx.', ''), address.replace('release', 'releases')])
    assert.equal(desk.tokenIn(mailbox(other)), null, other);
});
