import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { assertPortIsFree } from './ports.ts';

test('a port that another gateway shares by SO_REUSEPORT is not free: each would get half of the mail', async (t) => {
  const other = createServer().listen({ host: '127.0.0.1', port: 0, reusePort: true });
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  await assert.rejects(assertPortIsFree({ host: '127.0.0.1', port }), { code: 'EADDRINUSE' });
  await assert.rejects(assertPortIsFree({ host: '0.0.0.0', port }), { code: 'EADDRINUSE' });
});

test('a free port is left free, twice in a row', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  for (const _ of ['first', 'second']) await assertPortIsFree({ host: '127.0.0.1', port });
});

test('an address that this machine has not is told by its code', async () => {
  await assert.rejects(assertPortIsFree({ host: '192.0.2.1', port: 2525 }), { code: 'EADDRNOTAVAIL' });
});
