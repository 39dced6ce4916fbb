// What the hub gets is what the client sent, our headers in front: through the store and over the wire, to the byte.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { deliveryRequest } from '../../test/harness/delivery-request.ts';
import { startFakeHub } from '../../test/harness/fake-hub.ts';
import { routeTo } from '../../test/harness/hub-route.ts';
import { createContentStore } from './content-store.ts';

const dir = mkdtempSync(join(tmpdir(), 'identity-'));
after(() => rmSync(dir, { recursive: true }));

const store = createContentStore({ dir, memoryBytes: 100_000, budgetBytes: 10_000_000, freeDiskBytes: 0, now: () => 0 });
const header = 'Received: from x by y\r\n';
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Content in wire form: any octets but CR and LF in lines that end with CRLF, dots at line starts doubled. */
const line = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constant(Buffer.from('.')), fc.constant(Buffer.from('')), fc.constant(Buffer.from('From x')));
const wireForm = fc.array(line, { maxLength: 60 }).map((lines) =>
  Buffer.concat(
    lines.flatMap((octets) => {
      const clean = Buffer.from(octets).map((octet) => (octet === 0x0d || octet === 0x0a ? 0 : octet));
      return [clean[0] === 0x2e ? Buffer.from('.') : Buffer.alloc(0), Buffer.from(clean), Buffer.from('\r\n')];
    }),
  ),
);

test('any content: NUL, 8-bit, stuffed dots, empty lines, whatever its cut', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub);
  await fc.assert(
    fc.asyncProperty(wireForm, fc.integer({ min: 1, max: 500 }), async (wire, cut) => {
      const sink = store.begin(null);
      assert.ok(sink);
      for (let at = 0; at < wire.length; at += cut) await sink.write(wire.subarray(at, at + cut));
      const content = await sink.finish();
      assert.ok('sha256' in content);
      const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route, content, prependedHeaders: header }));
      content.dispose();
      assert.equal(outcome.kind, 'delivered');
      assert.equal(hub.messages.at(-1)?.sha256, sha256(Buffer.concat([Buffer.from(header), wire])));
    }),
    { numRuns: 150 },
  );
});

test('20 MB through a file, with a hub that reads it in its own time', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub, { commandMs: 20_000, finalDotMs: 20_000 });
  const wire = Buffer.concat(
    Array.from({ length: 300_000 }, () => Buffer.from(`${randomBytes(33).toString('base64')}\u0000\u00e4${randomBytes(11).toString('hex')}\r\n`)),
  );
  assert.ok(wire.length > 20_000_000);
  const sink = store.begin(wire.length);
  assert.ok(sink);
  for (let at = 0; at < wire.length; at += 65_537) await sink.write(wire.subarray(at, at + 65_537));
  const content = await sink.finish();
  assert.ok('sha256' in content);
  assert.equal(content.sha256, sha256(wire));
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route, content, prependedHeaders: header }));
  content.dispose();
  assert.equal(outcome.kind, 'delivered');
  assert.equal(hub.messages[0]?.sha256, sha256(Buffer.concat([Buffer.from(header), wire])));
});
