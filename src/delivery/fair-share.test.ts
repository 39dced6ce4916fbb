import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryRequest } from '../../test/harness/delivery-request.ts';
import { FairShare } from './fair-share.ts';

const most = { pieces: 10_000, bytes: 10 * 1024 ** 3 };
const nearlyFull = { pieces: 9500, bytes: 9.5 * 1024 ** 3 };
const route = { key: 'hub', address: { kind: 'smtp', host: '127.0.0.1', port: 25 } } as const;

function start(doors = 1) {
  const clock = { ms: 0 };
  const shares = new FairShare({ doors, steady: () => clock.ms });
  const from = (ip: string, to: string, { wireBytes = 1000, user = null as string | null } = {}) => {
    const { handover, content, ...rest } = deliveryRequest({ route, to: [to] });
    return { ...rest, handover: { ...handover, user, client: { ...handover.client, ip } }, content: { ...content, wireBytes } };
  };
  /** Takes what it may of so many, and says how many that were. */
  const fill = (many: number, request: (n: number) => ReturnType<typeof from>, stock = nearlyFull): number => {
    let taken = 0;
    for (let n = 0; n < many; n += 1) {
      if (shares.usedUp(request(n), stock, most) !== null) continue;
      shares.count(request(n), most);
      taken += 1;
    }
    return taken;
  };
  return { clock, shares, from, fill };
}

test('one network of strangers takes a tenth of a store that is nearly full, whomever it writes to; others have their room', () => {
  const { shares, from, fill } = start();
  assert.equal(
    fill(3000, (n) => from(`198.51.100.${n % 250}`, `r${n}@hub.example`)),
    1000,
  );
  assert.match(shares.usedUp(from('198.51.100.9', 'x@hub.example'), nearlyFull, most) ?? '', /^198\.51\.100\.0\/24 has taken its share/);
  assert.equal(shares.usedUp(from('203.0.113.1', 'x@hub.example'), nearlyFull, most), null);
});

test('so does one recipient, whoever writes; by octets as well', () => {
  const { shares, from, fill } = start();
  assert.equal(
    fill(3000, (n) => from(`10.${n >> 8}.${n & 255}.1`, 'anna@hub.example')),
    1000,
  );
  const large = { wireBytes: 25 * 1024 ** 2 };
  assert.equal(
    fill(410, (n) => from(`10.${n >> 8}.${n & 255}.1`, 'bob@hub.example', large)),
    40,
  );
  assert.equal(shares.usedUp(from('10.0.0.1', 'carl@hub.example', large), nearlyFull, most), null);
});

test('with half of the room free a large sender goes on: what is still free grows less with all that he takes', () => {
  const { shares, from } = start();
  let taken = 5000;
  for (; taken < most.pieces; taken += 1) {
    const asking = from('198.51.100.1', `r${taken}@hub.example`);
    if (shares.usedUp(asking, { pieces: taken, bytes: 0 }, most) !== null) break;
    shares.count(asking, most);
  }
  assert.equal(taken - 5000, 1667, 'as many as half of what is then free; and others have twice as many before them');
});

test('who is bombed does not keep the others of the same message from theirs', () => {
  const { shares, from, fill } = start();
  fill(3000, (n) => from(`10.${n >> 8}.${n & 255}.1`, 'anna@hub.example'));
  const both = from('203.0.113.1', 'anna@hub.example');
  const bob = from('203.0.113.1', 'bob@hub.example').recipients;
  assert.notEqual(shares.usedUp(both, nearlyFull, most), null);
  assert.equal(shares.usedUp({ ...both, recipients: [...both.recipients, ...bob] }, nearlyFull, most), null);
});

test('while there is room for all nobody is asked what he took, but it is counted', () => {
  const { shares, from, fill } = start();
  const empty = { pieces: 10, bytes: 10 };
  assert.equal(
    fill(3000, () => from('198.51.100.1', 'anna@hub.example'), empty),
    3000,
  );
  assert.notEqual(shares.usedUp(from('198.51.100.1', 'x@hub.example'), nearlyFull, most), null);
});

test('a share is there again within a day, and people of ours are not counted by network', () => {
  const { clock, shares, from, fill } = start();
  fill(1000, () => from('198.51.100.1', 'anna@hub.example'));
  clock.ms = 86_400_000 / 2;
  assert.equal(
    fill(1000, () => from('198.51.100.1', 'anna@hub.example')),
    500,
  );
  assert.equal(shares.usedUp(from('198.51.100.1', 'x@hub.example', { user: 'bob' }), nearlyFull, most), null);
});

test('a small store turns nobody away for this, and several doors divide the share', () => {
  const { shares, from, fill } = start(4);
  assert.equal(
    fill(1000, () => from('198.51.100.1', 'anna@hub.example')),
    250,
  );
  const small = { pieces: 20, bytes: 1_000_000 };
  for (let n = 0; n < 20; n += 1) shares.count(from('203.0.113.1', 'bob@hub.example'), small);
  assert.equal(shares.usedUp(from('203.0.113.1', 'bob@hub.example'), { pieces: 19, bytes: 0 }, small), null);
});

test('strangers cannot fill that memory', () => {
  const { shares, from, fill } = start();
  fill(1000, () => from('198.51.100.1', 'anna@hub.example'));
  for (let n = 0; n < 20_000; n += 1) shares.count(from(`10.${n >> 8}.${n & 255}.1`, `r${n}@hub.example`), most);
  assert.equal(shares.usedUp(from('198.51.100.1', 'anna@hub.example'), nearlyFull, most), null, 'who took something longest ago is forgotten');
});
