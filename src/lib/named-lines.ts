// A small text file of the operator's: a line a name, `name: value, value`; empty lines and lines with # are comments.

export interface NamedLines {
  /** Values by name, names in lower case. A name that stands twice has the values of both lines. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Lines, from 1, that are none of these. */
  readonly wrong: readonly number[];
}

/** Reads the file's text. The last colon divides: a name may hold one, a value not. */
export function parseNamedLines(text: string): NamedLines {
  const values = new Map<string, readonly string[]>();
  const wrong: number[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const colon = line.lastIndexOf(':');
    const name = nameKey(line.slice(0, Math.max(0, colon)));
    const found = line
      .slice(colon + 1)
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== '');
    if (name === '' || found.length === 0) wrong.push(index + 1);
    else values.set(name, [...(values.get(name) ?? []), ...found]);
  }
  return { values, wrong };
}

/** A name as it is looked up. */
export const nameKey = (name: string): string => name.trim().normalize('NFC').toLowerCase();
