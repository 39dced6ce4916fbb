import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Config } from '../../config/options.ts';
import type { Content, ContentFailure, ContentSink } from '../../model/delivery.ts';
import { Collecting } from './collecting.ts';

const limits = { message: 1000, header: 200, headerLines: 10, minBytesPerSecond: 100 };
const config = (more: Partial<typeof limits> = {}): Config =>
  ({ limits: { ...limits, ...more }, timeouts: { data: 5000 }, smtp: { lineEnds: 'normalize' }, site: { hostname: 'mx.hub.example' } }) as unknown as Config; // the options it looks at

/** A sink in memory that writes down what happens to it. */
function sink(parts: { readonly wait?: Promise<void>; readonly failed?: string } = {}) {
  const kept: Buffer[] = [];
  const ends: string[] = [];
  const door: ContentSink = {
    write: (chunk) => {
      kept.push(Buffer.from(chunk));
      return parts.wait;
    },
    finish: (): Content | ContentFailure => {
      ends.push('finish');
      if (parts.failed !== undefined) return { failed: parts.failed };
      const whole = Buffer.concat(kept);
      return { wireBytes: whole.length, sha256: createHash('sha256').update(whole).digest('hex'), chunks: () => [whole], dispose: () => {} };
    },
    abort: () => void ends.push('abort'),
  };
  return { door, ends, text: () => Buffer.concat(kept).toString() };
}

const collect = (into: ContentSink, startedAt = 0, settings = config()): Collecting =>
  new Collecting({ reference: 'ref', sink: into, config: settings, limits: settings.limits, startedAt, by: 'dot' });

test('a message is kept without its final dot; what stands behind is given back as the next command', async () => {
  const { door, text, ends } = sink();
  const collecting = collect(door);
  assert.deepEqual(collecting.push(Buffer.from('Subject: x\r\n\r\nte')), { done: false, rest: null, wait: null });
  const { done, rest } = collecting.push(Buffer.from('xt\r\n.\r\nQUIT\r\n'));
  assert.deepEqual([done, rest?.toString(), text()], [true, 'QUIT\r\n', 'Subject: x\r\n\r\ntext\r\n']);
  assert.equal(collecting.bytes, 'Subject: x\r\n\r\ntext\r\n.\r\n'.length, 'the next command is not part of the message');
  const end = await collecting.finish();
  assert.ok('summary' in end);
  assert.equal(end.summary.subject, 'x');
  assert.deepEqual(ends, ['finish']);
});

test('beyond the limit nothing more is kept, the end is still found, and the fault lets go of what was kept', async () => {
  const { door, text, ends } = sink();
  const collecting = collect(door);
  for (let i = 0; i < 3; i++) collecting.push(Buffer.from(`${'x'.repeat(498)}\r\n`));
  assert.ok(text().length <= limits.message);
  assert.ok(!collecting.hopeless, 'a sender a little too big hears why');
  assert.ok(collecting.push(Buffer.from('.\r\n')).done);
  assert.deepEqual(await collecting.finish(), { fault: 'message-too-big', why: 'larger than the limit' });
  assert.deepEqual(ends, ['abort']);
});

test('what grows on its way counts as it is handed on: padding is no way past those who look at so much', async () => {
  const { door } = sink();
  const collecting = collect(door);
  collecting.push(Buffer.from(`X: y\r\n\r\n${'\n'.repeat(600)}.\r\n`));
  assert.ok(collecting.bytes < limits.message);
  assert.equal(collecting.push(Buffer.from('\r\n.\r\n')).done, true);
  assert.deepEqual(await collecting.finish(), { fault: 'message-too-big', why: 'larger than the limit' });
});

test('one that goes on for ever is hopeless: reading on to the end would be too kind', () => {
  const collecting = collect(sink().door);
  while (!collecting.hopeless && collecting.bytes < 1e6) collecting.push(Buffer.from(`${'x'.repeat(9998)}\r\n`));
  assert.ok(collecting.bytes > 2 * limits.message && collecting.bytes < 2 * limits.message + 65_536 + 20_000);
});

test('a header bomb is a fault of the header, by bytes and by lines', async () => {
  for (const header of [`X: ${'y'.repeat(300)}\r\n`, 'X: y\r\n'.repeat(11)]) {
    const { door, ends } = sink();
    const collecting = collect(door);
    collecting.push(Buffer.from(`${header}\r\ntext\r\n.\r\n`));
    const end = await collecting.finish();
    assert.equal('fault' in end && end.fault, 'header-too-big');
    assert.deepEqual(ends, ['abort']);
  }
});

test('a full disk is told as such, at the end', async () => {
  const collecting = collect(sink({ failed: 'ENOSPC' }).door);
  collecting.push(Buffer.from('x\r\n.\r\n'));
  assert.deepEqual(await collecting.finish(), { fault: 'storage', why: 'ENOSPC' });
});

test('the disk’s wish to wait is passed on', () => {
  const wait = Promise.resolve();
  assert.equal(collect(sink({ wait }).door).push(Buffer.from('x\r\n')).wait, wait);
});

test('each byte buys time at the floor rate; a sender that stops has the grace and no more', () => {
  const collecting = collect(sink().door, 1000);
  assert.equal(collecting.deadline, 6000);
  collecting.push(Buffer.from(`${'x'.repeat(198)}\r\n`));
  assert.equal(collecting.deadline, 8000);
});
