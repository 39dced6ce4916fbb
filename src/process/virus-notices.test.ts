import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { sampleEvents } from '../events/sample-events.ts';
import { createVirusNotices } from './virus-notices.ts';

const kept = (check: string, more: object = {}): string =>
  `${JSON.stringify({ ...sampleEvents['message-quarantined'], check, ...more, at: 0, door: 'smtp-1', seq: 1 })}\n`;

function start() {
  const sent: { readonly to: readonly string[]; readonly raw: string }[] = [];
  const notices = createVirusNotices({
    config: () => configOf(),
    post: {
      newId: () => '1M7YNPXHV1000-1',
      send: (to, raw) => {
        sent.push({ to, raw });
        return Promise.resolve();
      },
    },
    trouble: (why) => assert.equal(why, ''),
    now: () => 0,
  });
  return { notices, sent };
}

test('a virus in mail that a rule or measure holds as well is told all the same', (t) => {
  const { notices, sent } = start();
  t.after(notices.stop);
  notices.take(kept('no-invoices', { virus: true }));
  assert.match(sent[0]?.raw ?? '', /held for no-invoices as well/);
});

test('the postmaster hears of the first at once, of the others once an hour, and of nothing else', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const { notices, sent } = start();
  notices.take(kept('rule'));
  assert.equal(sent.length, 0);
  for (let each = 0; each < 1000; each += 1) notices.take(kept('virus-found'));
  assert.equal(sent.length, 1);
  mock.timers.tick(3_600_000);
  assert.equal(sent.length, 2);
  assert.match(sent[1]?.raw ?? '', /Subject: 999 messages with a virus are kept[^]*and 979 more/);
  assert.deepEqual(sent[1]?.to, [configOf().site.postmaster]);
  mock.timers.tick(3_600_000);
  assert.equal(sent.length, 2, 'nothing new, no letter');
  notices.stop();
});
