// A text file with a line a network, `45.0.2.0/24: value, value`: what can be read of it, and which lines cannot.
import { cidrText, parseCidr } from './ip.ts';
import { parseNamedLines } from './named-lines.ts';

export interface NetworkLines {
  /** `network` is address/bits; at least one value each. */
  readonly rows: readonly { readonly network: string; readonly values: readonly string[] }[];
  /** Lines, from 1; the message follows the line's number, and repeats nothing of it. */
  readonly errors: readonly { readonly line: number; readonly message: string }[];
}

/** What a value must be; `wrong` is said of a line that holds another: "holds something that is no mail address". */
export interface ValueRule {
  readonly wrong: string;
  isGood(value: string): boolean;
}

/** Reads the file's text; empty lines and lines with # are comments. */
export function parseNetworkLines(text: string, { wrong: wrongValue, isGood }: ValueRule): NetworkLines {
  const rows: { readonly network: string; readonly values: readonly string[] }[] = [];
  const errors: { readonly line: number; readonly message: string }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const { values: named, wrong } = parseNamedLines(line);
    for (const [name, values] of named) {
      const network = parseCidr(name);
      if (network === null) errors.push({ line: index + 1, message: 'does not begin with a network' });
      else if (values.every(isGood)) rows.push({ network: cidrText(network), values });
      else errors.push({ line: index + 1, message: wrongValue });
    }
    if (wrong.length > 0) errors.push({ line: index + 1, message: 'is not network: value' });
  }
  return { rows, errors };
}
