import assert from 'node:assert/strict';
import { test } from 'node:test';
import { honestMail } from './honest-mail.ts';

test('messages have the size that was asked for and an end, and no two are alike', () => {
  for (const bytes of [4096, 65_536]) {
    const next = honestMail(bytes);
    const messages = Array.from({ length: 20 }, next);
    for (const { from, to, data } of messages) {
      assert.ok(Math.abs(data.length - bytes) < 200, `${data.length} octets`);
      assert.match(from, /^person\d+@firm\d+\.example$/);
      assert.match(to, /^user\d+@bench\.example$/);
      const text = data.toString('latin1');
      assert.ok(text.endsWith('\r\n.\r\n') && !text.slice(0, -5).includes('\r\n.'), 'one final dot');
      assert.ok(text.split('\r\n').every((line) => line.length < 200));
    }
    for (const unlike of [/^Message-ID: .*$/m, /^Subject: .*$/m, /\r\n\r\n[^]{60}/]) {
      assert.equal(new Set(messages.map(({ data }) => unlike.exec(data.toString('latin1'))?.[0])).size, 20);
    }
  }
});
