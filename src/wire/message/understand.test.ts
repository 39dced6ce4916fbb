import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { understand } from './understand.ts';

/** The blocks of a fixture file: `=== title`, the expected fields as JSON, `---`, the message. */
function casesOf(name: string): { title: string; expected: Record<string, unknown>; message: string }[] {
  const text = readFileSync(new URL(`../../../fixtures/messages/${name}`, import.meta.url), 'utf8');
  return text
    .split(/^=== /m)
    .slice(1)
    .map((block) => {
      const [title = '', expected = ''] = block.split('\n', 2);
      return { title, expected: JSON.parse(expected) as Record<string, unknown>, message: block.slice(block.indexOf('\n---\n') + 5) };
    });
}

for (const file of ['bounces.txt', 'languages.txt', 'answers.txt', 'not-reports.txt', 'programs.txt', 'more-programs.txt']) {
  for (const { title, expected, message } of casesOf(file)) {
    test(`${file}: ${title}`, () => {
      const answer: Record<string, unknown> = { ...understand(Buffer.from(message)) };
      const told = Object.fromEntries(Object.keys(expected).map((key) => [key, answer[key]]));
      assert.deepEqual(told, expected, String(answer['evidence']));
    });
    test(`${file}: ${title}: CRLF, CR and CR CR LF say the same`, () => {
      const plain = JSON.stringify(understand(Buffer.from(message)));
      for (const end of ['\r\n', '\r', '\r\r\n'])
        assert.equal(JSON.stringify(understand(Buffer.from(message.replaceAll('\n', end)))), plain, JSON.stringify(end));
    });
  }
}
