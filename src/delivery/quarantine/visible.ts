// Texts of strangers as they may be shown: on a terminal, in a browser, in a letter.

/** Control characters, marks of direction and invisible ones. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu;

/** The line with everything as its code that could drive a terminal, turn the direction of writing or hide; cut to `maxChars`. */
export function visible(line: string, maxChars: number): string {
  // Cut before as well: a line of a megabyte of controls would become eight.
  const shown = line.slice(0, maxChars + 1).replace(unsafe, (char) => (char === '\t' ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`));
  return line.length > maxChars || shown.length > maxChars ? `${shown.slice(0, maxChars)} ...` : shown;
}
