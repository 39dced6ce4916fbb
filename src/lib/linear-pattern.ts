// Patterns that operators write: RE2 syntax, matched in time linear in the text whatever the pattern (no backtracking), because a pattern
// meets hostile text. The only file that knows the engine, which is loaded when the first pattern is.
import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

export interface LinearPattern {
  readonly source: string;
  /** Whether the pattern occurs anywhere in the text. */
  occursIn(text: string): boolean;
}

const engine = (): { readonly RE2JS: typeof RE2JS } => createRequire(import.meta.url)('re2js') as { readonly RE2JS: typeof RE2JS };

/** Longest pattern and longest text looked at, in characters. */
const longestPattern = 2000;
const longestText = 65_536;

/** Compiles a pattern, or says what is wrong with it. Case counts unless it begins with (?i). */
export function compilePattern(source: string): LinearPattern | { readonly wrong: string } {
  if (source.length > longestPattern) return { wrong: `is longer than ${longestPattern} characters` };
  try {
    const compiled = engine().RE2JS.compile(source);
    return { source, occursIn: (text) => compiled.matcher(text.slice(0, longestText)).find() };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
