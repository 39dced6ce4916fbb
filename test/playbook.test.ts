// The playbook's contract: every row answers a detector that exists, docs/playbook.md says what the code does, and what is carried out by itself has
// been measured to leave good mail alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { detectors } from '../src/detect/catalogue.ts';
import { playbookRows } from '../src/respond/playbook.ts';

const page = readFileSync(new URL('../docs/playbook.md', import.meta.url), 'utf8');
/** Share of the good messages of any kind of traffic that an answer which is carried out by itself may touch (issue: 0.1 %). */
const mostGoodPercent = 0.1;

const written = (ms: number): string => (ms % 3_600_000 === 0 ? `${ms / 3_600_000}h` : `${ms / 60_000}m`);

for (const { detector, from, action, forMs, carryOut, why } of playbookRows) {
  test(`the answer to ${detector} is to a detector that exists, and the page says what it does`, () => {
    assert.ok(
      detectors.some(({ id }) => id === detector),
      detector,
    );
    const line = `| [${detector}](detectors/${detector}.md) | ${from} | ${action} | ${written(forMs)} | ${carryOut ? 'yes' : 'only recorded'} | ${why} |`;
    assert.ok(page.includes(line), `docs/playbook.md has the line\n${line}`);
  });

  test(`the answer to ${detector} was measured, and is carried out only if it leaves good mail alone`, () => {
    const measured = new RegExp(`^\\| ${detector} \\| ${action} \\| \\d+ \\| [\\d,]+ \\| ([\\d.]+)(?: %)? \\|`, 'm').exec(page);
    assert.ok(measured !== null, 'run tools/measure-false-actions.ts --write');
    if (carryOut) assert.ok(Number(measured[1]) <= mostGoodPercent, `${measured[1]} %`);
  });
}

test('each detector has one answer at most, and the page has no answers that the code has not', () => {
  assert.equal(new Set(playbookRows.map(({ detector }) => detector)).size, playbookRows.length);
  assert.equal([...page.matchAll(/^\| \[[a-z-]+\]\(detectors\//gm)].length, playbookRows.length);
});
