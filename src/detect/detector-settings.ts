// What the configuration says of detectors (`detectors.<id>`): numbers over the defaults, or that it is off; and what it may not say.
import { nearest } from '../lib/nearest.ts';
import type { DetectorDefinition } from './detector.ts';

/** By detector id: `off`, or options by name. */
export type DetectorSettings = Readonly<Record<string, 'off' | Readonly<Record<string, number>>>>;

/** The options a detector runs with, or `off`. */
export function detectorOptions({ id, options }: DetectorDefinition, settings: DetectorSettings): Readonly<Record<string, number>> | 'off' {
  const given = settings[id] ?? {};
  if (given === 'off') return 'off';
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, given[name] ?? option.default]));
}

/** Every setting that names no detector or option, or a number outside its bounds; in the form of the errors of `floodgate check`. */
export function detectorSettingsProblems(
  settings: DetectorSettings,
  definitions: readonly DetectorDefinition[],
): readonly { readonly path: string; readonly message: string; readonly hint: string }[] {
  return Object.entries(settings).flatMap(([id, given]) => {
    const definition = definitions.find((each) => each.id === id);
    const path = `detectors.${id}`;
    if (definition === undefined)
      return [
        {
          path,
          message: `${id} is no detector`,
          hint: hintOf(
            id,
            definitions.map((each) => each.id),
            'detectors',
          ),
        },
      ];
    if (given === 'off') return [];
    return Object.entries(given).flatMap(([name, value]) => {
      const option = definition.options[name];
      if (option === undefined)
        return [{ path: `${path}.${name}`, message: `${id} has no option ${name}`, hint: hintOf(name, Object.keys(definition.options), 'options') }];
      if (value >= option.min && value <= option.max) return [];
      return [
        {
          path: `${path}.${name}`,
          message: `${value} is not between ${option.min} and ${option.max}`,
          hint: `${option.doc} The default is ${option.default}.`,
        },
      ];
    });
  });
}

function hintOf(wrong: string, known: readonly string[], what: string): string {
  const near = nearest(wrong, known);
  return near === null ? `the ${what} are ${known.join(', ')}` : `did you mean ${near}?`;
}
