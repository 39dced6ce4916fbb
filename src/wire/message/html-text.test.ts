import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs } from '../../../test/harness/processor-time.ts';
import { htmlText } from './html-text.ts';

const cases: readonly [html: string, expected: string, why: string][] = [
  ['a<b>b</b>c', 'abc', 'tags vanish'],
  ['a<br>b<p>c', 'a\nb\nc', 'blocks stand on lines of their own'],
  ['<style>p{}</style>x<script>y</script>', 'x', 'styles and scripts are no words'],
  ['<style>p{} x', 'p{} x', 'a style without an end hides nothing'],
  ['&lt;a@b.example&gt;&nbsp;&amp;&#252;&#xfc;', '<a@b.example> &üü', 'entities'],
  ['&#1114112;&#0;&bogus;', '  &bogus;', 'entities that are none'],
  ['to <a@b.example> now', 'to <a@b.example> now', 'an address in angle brackets is not a tag'],
  ['a < b', 'a ', 'a bracket that never closes'],
];
for (const [html, expected, why] of cases) test(why, () => assert.equal(htmlText(html), expected));

test('many open styles take time in proportion to their number', () => {
  const started = processorMs();
  htmlText('<style>'.repeat(80_000));
  assert.ok(processorMs() - started < 1000);
});
