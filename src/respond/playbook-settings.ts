// What the configuration may not say of the playbook: an answer to a detector to which there is none does nothing, and nobody would notice.
import type { PlaybookOptions } from '../config/playbook-options.ts';
import { nearest } from '../lib/nearest.ts';
import { playbookRows } from './playbook.ts';

/** Every setting that names no answer; in the form of the errors of `floodgate check`. */
export function playbookProblems(settings: PlaybookOptions): readonly { readonly path: string; readonly message: string; readonly hint: string }[] {
  const known = playbookRows.map(({ detector }) => detector);
  return Object.keys(settings)
    .filter((id) => !known.includes(id))
    .map((id) => {
      const near = nearest(id, known);
      const hint = near === null ? `there are answers to ${known.join(', ')}` : `did you mean ${near}?`;
      return { path: `playbook.${id}`, message: `${id} is no detector to which there is an answer`, hint };
    });
}
