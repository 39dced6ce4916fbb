// Which messages somebody wants who answers a letter about held mail: the numbers in the first line of what he wrote, not of what he quotes.

/** Lines looked at that are neither empty nor quoted: a greeting or the words above a quotation may come first. */
const mostLines = 4;
/** What stands between numbers, in the languages of our letters. */
const between = new Set(['and', 'und', 'et', 'y', 'e', 'en', 'i', 'nr', 'no', 'number', 'numbers', 'nummer', 'nummern']);
/** From here on it is the letter that is answered, without signs of quotation (Outlook). */
const quotation = /^(?:[-_]{5,}|\*?(?:from|von|de|da|van|od)\*? ?:)/i;
const longestLine = 200;

/** The numbers, from 1, in their order; null where none are named. */
export function numbersIn(text: string): readonly number[] | null {
  let looked = 0;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('>')) continue;
    if (looked === mostLines || quotation.test(line)) return null;
    looked += 1;
    const numbers = line.length > longestLine ? null : numbersOf(line);
    if (numbers !== null) return numbers;
  }
  return null;
}

/** Null where the line has anything but numbers and what stands between them. */
function numbersOf(line: string): readonly number[] | null {
  const words = line.split(/[\s,;.+&/#:!]+/).filter((word) => word !== '' && !between.has(word.toLowerCase()));
  return words.length > 0 && words.every((word) => /^\d{1,3}$/.test(word)) ? words.map(Number) : null;
}
