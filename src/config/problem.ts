// What is wrong with a configuration, said so that the operator can put it right: where, what, and how it should be.

/** A place in the file; both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface ConfigProblem {
  /** The option: `site.networks[2]`, `routes["customer.example"].address`; '' is the whole file. */
  readonly path: string;
  /** From 1; null where the file does not say it (a missing key, a default, no file). */
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
  readonly hint: string;
}

/** A way to an option: keys and list indexes. */
export type OptionPath = readonly (string | number)[];

/** A problem before its place in the file is known. */
export interface Found {
  readonly path: OptionPath;
  readonly message: string;
  readonly hint: string;
}

/**
 * A key as it may be shown. Anything unlike a name is left out: `{password:hunter2}` without its space is a *key* to YAML,
 * and control characters would reach the terminal.
 */
export const shownKey = (key: string): string => (/^[A-Za-z0-9_.-]{1,64}$/.test(key) ? key : '?');

/** The path as text: names joined by dots, indexes in brackets, names with a dot quoted. */
export function pathText(path: OptionPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z0-9_-]{1,64}$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `["${shownKey(step)}"]`;
  }
  return text;
}

/** The way that `pathText` wrote, or an operator typed; null where it is not one. */
export function parsePath(text: string): OptionPath | null {
  const steps: (string | number)[] = [];
  const step = /(?:^|(?<!^)\.)([A-Za-z0-9_-]+)|\[(\d{1,6})\]|\["([^"\]]+)"\]/y;
  while (step.lastIndex < text.length) {
    const [, name, index, quoted] = step.exec(text) ?? [];
    if (index !== undefined) steps.push(Number(index));
    else if (name !== undefined || quoted !== undefined) steps.push(name ?? quoted ?? '');
    else return null;
  }
  return steps.length === 0 ? null : steps;
}

/** The key under which the places of a file are kept: exact, never shown. */
export const placeKey = (path: OptionPath): string => JSON.stringify(path);

/** Where each written option stands, by `placeKey`. */
export type Places = ReadonlyMap<string, Position>;

/** Gives a problem the place of its option, or of the nearest one around it that is written. */
export function locate({ path, message, hint }: Found, places: Places): ConfigProblem {
  for (let length = path.length; length > 0; length--) {
    const place = places.get(placeKey(path.slice(0, length)));
    if (place) return { path: pathText(path), ...place, message, hint };
  }
  return { path: pathText(path), line: null, column: null, message, hint };
}
