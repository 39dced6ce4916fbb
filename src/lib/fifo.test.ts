import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fifo } from './fifo.ts';

test('many go out in the order in which they came, and nothing is left', () => {
  const fifo = new Fifo<number>();
  for (let each = 0; each < 5000; each += 1) fifo.push(each);
  const out: (number | undefined)[] = [];
  for (let each = 0; each < 5000; each += 1) out.push(fifo.take());
  assert.deepEqual(out, [...Array(5000).keys()]);
  assert.deepEqual([fifo.size, fifo.take(), fifo.peek()], [0, undefined, undefined]);
});

test('what is put back is next, also where nothing was taken before', () => {
  const fifo = new Fifo<string>();
  fifo.push('b');
  fifo.putBack('a');
  assert.equal(fifo.take(), 'a');
  fifo.putBack('a');
  assert.deepEqual([...fifo], ['a', 'b']);
});
