// The verb of a command and what follows it (RFC 5321 4.1.1).

export interface CommandLine {
  /** Upper case; '' for an empty line. */
  readonly verb: string;
  /** What follows the verb, without blanks at either end. */
  readonly argument: string;
}

/** Takes a command line (without its CRLF) apart. Never fails: an unknown verb is the session's business. */
export function parseCommand(line: string): CommandLine {
  const space = line.indexOf(' ');
  // RFC 5321 2.4: verbs are not case sensitive. Only ASCII is changed: "ı" must not become an I.
  if (space < 0) return { verb: upperAscii(line), argument: '' };
  // RFC 5321 4.1.1: trailing white space should be tolerated; leading blanks are as harmless.
  return { verb: upperAscii(line.slice(0, space)), argument: trimBlanks(line.slice(space)) };
}

const upperAscii = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());

/** Blanks and tabs only: other white space is a control character or not ASCII, and stays to be refused. */
function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
