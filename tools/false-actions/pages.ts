// Where the figures are written down: a table in docs/playbook.md, and a section of each detector's page. The text between the marks is replaced.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Measured, Verdict } from './verdict.ts';

const docs = fileURLToPath(new URL('../../docs', import.meta.url));
const begin = '<!-- measured: tools/measure-false-actions.ts -->';
const end = '<!-- /measured -->';

const number = (count: number): string => count.toLocaleString('en-GB');
const percent = (share: number): string => (share === 0 ? '0' : `${(100 * share).toFixed(3)} %`);

/** When and with what it was measured, in one line. */
export interface Occasion {
  readonly day: string;
  readonly commit: string;
}

/** The table of all answers. */
export function playbookTable(verdicts: readonly Verdict[], { innocent, attacked }: Measured, { day, commit }: Occasion): string {
  const kinds = innocent.map(({ name, goodMessages }) => `${name} (${number(goodMessages)})`).join('; ');
  const besides = attacked.map(({ name, goodMessages }) => `${name} (${number(goodMessages)})`).join('; ');
  return [
    `Measured on ${day} at commit ${commit}.`,
    `Innocent traffic, with its good messages: ${kinds}.`,
    `Beside an attack: ${besides}.`,
    '',
    '| detector | action | false alarms | good messages touched | worst share of a kind | beside attacks: with guards | without |',
    '|---|---|---|---|---|---|---|',
    ...verdicts
      .filter(({ answer }) => answer !== null)
      .map(
        ({ detector, answer, alarms, touched, worstShare, beside }) =>
          `| ${detector} | ${answer} | ${alarms} | ${number(touched)} | ${percent(worstShare)} | ${number(beside.touched)} | ${number(beside.unguarded)} |`,
      ),
  ].join('\n');
}

/** What stands on a detector's page. */
export function detectorText({ detector, alarms, touched, good, worstShare, worstKind, beside, answer }: Verdict, { day, commit }: Occasion): string {
  const seen = `On ${day} (commit ${commit}) innocent traffic of ${number(good)} good messages raised ${alarms === 0 ? 'no alarm' : alarms === 1 ? 'one alarm' : `${alarms} alarms`} of level alert or more.`;
  if (answer === null) return `${seen}\nNothing is done by itself.`;
  const worst = touched === 0 ? 'none of them' : `${number(touched)} of them, ${percent(worstShare)} of the worst kind (${worstKind})`;
  const besides = `Of ${number(beside.good)} good messages beside attacks it would have touched ${number(beside.touched)}, without the guards ${number(beside.unguarded)}.`;
  return `${seen}\nThe answer (${answer}) would have touched ${worst}. ${besides}\nWhat was measured, and how ${detector} is answered: [playbook](../playbook.md).`;
}

/** Writes a text between the marks of a page; a page without them gets a section before the options. */
export function writeBetweenMarks(page: string, text: string): void {
  const path = `${docs}/${page}`;
  const before = readFileSync(path, 'utf8');
  const block = `${begin}\n\n${text}\n\n${end}`;
  const from = before.indexOf(begin);
  const to = before.indexOf(end);
  if (from >= 0 && to > from) return writeFileSync(path, before.slice(0, from) + block + before.slice(to + end.length));
  const options = before.indexOf('## Options');
  if (options < 0) throw new Error(`${page} has neither marks nor options`);
  writeFileSync(path, `${before.slice(0, options)}## Measured\n\n${block}\n\n${before.slice(options)}`);
}
