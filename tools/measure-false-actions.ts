// `node tools/measure-false-actions.ts DATA [--write]`: how much good mail each answer of the playbook would touch. DATA holds the folders
// arrival-email-graph (real arrival times) and spamham-spamassassin (real ham); they are not part of this repository. Prints a table; --write puts it
// into docs/playbook.md and the detectors' pages. Leaves with 1 when an answer that is carried out by itself touches more than it may.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commitName } from '../bench/measure/machine.ts';
import { arrivalsOf } from './false-actions/arrivals.ts';
import { attackedArrivalsOf } from './false-actions/attacked-arrivals.ts';
import { hamOf } from './false-actions/ham.ts';
import { detectorText, playbookTable, writeBetweenMarks } from './false-actions/pages.ts';
import { attackedScenarios, innocentScenarios } from './false-actions/scenarios.ts';
import { tryPlaybook, type Innocent, type Trial } from './false-actions/trial.ts';
import { mostGoodShare, pooled, verdictsOf, type Measured } from './false-actions/verdict.ts';

const { values, positionals } = parseArgs({ options: { write: { type: 'boolean', default: false } }, allowPositionals: true });
const [data] = positionals;
if (data === undefined) {
  process.stderr.write('usage: node tools/measure-false-actions.ts DATA [--write]\n');
  process.exit(2);
}

async function tried(kinds: readonly Innocent[], isGuarded: boolean): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const kind of kinds) trials.push(await tryPlaybook(kind, isGuarded));
  return trials;
}

const times = join(data, 'arrival-email-graph/eu_core.tsv');
const real = [...arrivalsOf(times), ...hamOf(join(data, 'spamham-spamassassin'))];
const attacks = attackedArrivalsOf(times);
const scenarios = 'the innocent scenarios';
const beside = 'the scenarios of attacks';
const measured: Measured = {
  innocent: [...(await tried(real, true)), pooled(scenarios, await tried(innocentScenarios(), true))],
  attacked: [...(await tried(attacks, true)), pooled(beside, await tried(attackedScenarios(), true))],
  unguarded: [...(await tried(attacks, false)), pooled(beside, await tried(attackedScenarios(), false))],
};
const verdicts = verdictsOf(measured);
const occasion = { day: new Date().toISOString().slice(0, 10), commit: commitName() };
const table = playbookTable(verdicts, measured, occasion);
console.log(table);
if (values.write) {
  writeBetweenMarks('playbook.md', table);
  for (const verdict of verdicts) writeBetweenMarks(`detectors/${verdict.detector}.md`, detectorText(verdict, occasion));
}
for (const { detector, worstShare, worstKind, isTooMuch } of verdicts) {
  if (!isTooMuch) continue;
  console.error(`${detector} touches ${(100 * worstShare).toFixed(3)} % of ${worstKind} and is carried out: at most ${100 * mostGoodShare} % may be`);
  process.exitCode = 1;
}
