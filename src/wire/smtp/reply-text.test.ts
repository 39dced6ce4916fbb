import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reply } from '../../model/reply.ts';
import { formatReply, ReplyReader } from './reply-text.ts';

test('a reply of one line', () => assert.equal(formatReply(reply(250, '2.1.0', 'Sender ok')), '250 2.1.0 Sender ok\r\n'));
test('no enhanced code where there is none', () => assert.equal(formatReply(reply(354, null, 'Go on')), '354 Go on\r\n'));
test('an empty text keeps its blank: some clients look for it', () => assert.equal(formatReply(reply(334, null, '')), '334 \r\n'));
test('RFC 2034 4: every line of several has the enhanced code', () =>
  assert.equal(formatReply({ code: 550, enhanced: '5.7.1', lines: ['No', 'thanks'] }), '550-5.7.1 No\r\n550 5.7.1 thanks\r\n'));
test('no lines are one empty line', () => assert.equal(formatReply({ code: 250, enhanced: null, lines: [] }), '250 \r\n'));

test('an enhanced code of another class, or what is none, is left out', () => {
  assert.equal(formatReply(reply(451, '5.7.1', 'x')), '451 x\r\n');
  assert.equal(formatReply(reply(250, '2.0.0\r\n250 x', 'x')), '250 x\r\n');
});

test("a hub's text cannot forge a reply: control characters become blanks", () =>
  assert.equal(formatReply(reply(550, '5.1.1', 'no\r\n250 2.0.0 ok\u0085\u2028\0')), '550 5.1.1 no  250 2.0.0 ok   \r\n'));

test('beyond ASCII only for those who speak UTF-8', () => {
  assert.equal(formatReply(reply(550, null, 'né 😀')), '550 n? ?\r\n');
  assert.equal(formatReply(reply(550, null, 'né 😀'), { utf8: true }), '550 né 😀\r\n');
});

test('any text makes lines of at most 512 octets, and says all words of it', () => {
  const text = fc
    .array(fc.oneof(fc.constantFrom(' ', 'word', 'é', '😀', '\r\n', '\ud800'), fc.constant('x'.repeat(300))), { maxLength: 40 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.boolean(), (line, utf8) => {
      const wire = formatReply(reply(550, '5.7.1', line), { utf8 });
      const lines = wire.split('\r\n');
      assert.equal(lines.pop(), '');
      lines.forEach((one, at) => {
        assert.ok(Buffer.byteLength(one) + 2 <= 512);
        assert.ok(one.startsWith(at === lines.length - 1 ? '550 5.7.1 ' : '550-5.7.1 '));
        assert.match(one, utf8 ? /^[^\p{Cc}]*$/u : /^[ -~]*$/);
      });
      const said = lines
        .map((one) => one.slice(10))
        .join('')
        .replaceAll(' ', '');
      assert.equal(
        said,
        line
          .toWellFormed()
          .replace(/[\r\n ]/g, '')
          .replace(utf8 ? /(?!)/u : /[^ -~]/gu, '?'),
      );
    }),
  );
});

test('what we write is what we read', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'B', ' ', '-', '5'), maxLength: 50 });
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), fc.array(word, { minLength: 1, maxLength: 5 }), (code, lines) => {
      const enhanced = code >= 300 && code < 400 ? null : `${Math.floor(code / 100)}.1.10`;
      const reader = new ReplyReader();
      reader.push(Buffer.from(formatReply({ code, enhanced, lines })));
      assert.deepEqual(reader.next(), { code, enhanced, lines });
      assert.equal(reader.buffered, 0);
    }),
  );
});
