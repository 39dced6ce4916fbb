import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inheritedSockets } from './inherited-sockets.ts';

test('without the manager there are none', () => assert.deepEqual(inheritedSockets({}, 7), []));

test("another process's sockets are not ours: the variables are inherited by children too", () => {
  assert.deepEqual(inheritedSockets({ LISTEN_PID: '8', LISTEN_FDS: '1', LISTEN_FDNAMES: 'mx' }, 7), []);
});

test('two sockets of one name make two sets, one for each door thread', () => {
  const sets = inheritedSockets({ LISTEN_PID: '7', LISTEN_FDS: '3', LISTEN_FDNAMES: 'mx:mx:out' }, 7);
  assert.deepEqual(sets, [{ mx: 3, out: 5 }, { mx: 4 }]);
});
