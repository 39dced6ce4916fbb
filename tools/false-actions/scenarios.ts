// The innocent scenarios of fixtures/scenarios: newsletters, lists, month ends, shared addresses... each as traffic of its own.
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readScenario } from '../../test/harness/scenario.ts';
import type { Innocent } from './trial.ts';

const folder = fileURLToPath(new URL('../../fixtures/scenarios', import.meta.url));

/** Those of which nothing is expected: nobody does anything wrong. */
export const innocentScenarios = (): Innocent[] => all().flatMap(({ innocent, isAttack }) => (isAttack ? [] : [innocent]));

/** The attacks, of which the mail beside the attack is good: what else does the answer touch? */
export const attackedScenarios = (): Innocent[] => all().flatMap(({ innocent, isAttack }) => (isAttack ? [innocent] : []));

function all(): { readonly innocent: Innocent; readonly isAttack: boolean }[] {
  return globSync(`${folder}/*.jsonl`)
    .toSorted()
    .map((path) => {
      const { head, sightings } = readScenario(path);
      const innocent = {
        name: basename(path, '.jsonl'),
        sightings: sightings.map(({ sighting }) => sighting),
        bulkSenders: head.bulkSenders ?? [],
        hostile: new Set(sightings.flatMap(({ sighting, isAttack }) => (isAttack ? [sighting] : []))),
      };
      return { innocent, isAttack: head.expect.length > 0 };
    });
}
