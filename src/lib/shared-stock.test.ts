import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedStock } from './shared-stock.ts';

test('room is taken up to the limits and no further, and what is given back can be taken again', () => {
  const buffer = SharedStock.allocate();
  const [one, other] = [new SharedStock(buffer), new SharedStock(buffer)];
  const most = { pieces: 3, bytes: 100 };
  assert.equal(one.take(60, most), null);
  assert.equal(other.take(41, most), 'bytes', 'the other thread sees what the first has taken');
  assert.equal(other.take(40, most), null);
  assert.equal(one.take(0, most), null);
  assert.equal(one.take(0, most), 'pieces');
  assert.deepEqual(one.read(), { pieces: 3, bytes: 100 }, 'a refusal takes nothing');
  other.giveBack(60);
  assert.equal(one.take(60, most), null);
});

test('what was there before counts, beyond 32 bits too', () => {
  const stock = new SharedStock(SharedStock.allocate());
  stock.add({ pieces: 2, bytes: 2 ** 40 });
  assert.deepEqual(stock.read(), { pieces: 2, bytes: 2 ** 40 });
  assert.equal(stock.take(1, { pieces: 10, bytes: 2 ** 40 }), 'bytes');
});
