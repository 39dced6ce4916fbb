// Phrases looked for in text, as data: a row says what to look for, what it means and where it comes from. Plain substrings, so that the work
// is linear whatever stands in the text; text and phrases are folded alike, so that case, accents and line breaks do not hide a phrase.

/** What to look for, what it means, and why: the program or language that writes so. */
export type PhraseRow<Meaning> = readonly [phrase: string, meaning: Meaning, why: string];

export interface PhraseHit<Meaning> {
  readonly phrase: string;
  readonly meaning: Meaning;
  readonly why: string;
}

/** A table made ready: phrases folded once. */
export class PhraseTable<Meaning> {
  readonly #rows: readonly PhraseHit<Meaning>[];

  constructor(rows: readonly PhraseRow<Meaning>[]) {
    this.#rows = rows.map(([phrase, meaning, why]) => ({ phrase: foldPhrase(phrase), meaning, why }));
  }

  /** Every row, for tests of the table itself. */
  rows(): readonly PhraseHit<Meaning>[] {
    return this.#rows;
  }

  /** The first row of the table that occurs in a folded text: earlier rows weigh more. */
  firstIn(folded: string): PhraseHit<Meaning> | null {
    if (folded === '') return null;
    const text = ` ${folded} `;
    return this.#rows.find(({ phrase }) => text.includes(phrase)) ?? null;
  }

  /** The first row with which a folded text begins. */
  startOf(folded: string): PhraseHit<Meaning> | null {
    return this.#rows.find(({ phrase }) => `${folded} `.startsWith(phrase)) ?? null;
  }
}

/** A blank at either end of a phrase is kept: a word begins or ends there, so that "rbl" is not found in "marbles". */
const foldPhrase = (phrase: string): string => `${phrase.startsWith(' ') ? ' ' : ''}${fold(phrase)}${phrase.endsWith(' ') ? ' ' : ''}`;

/** Lower case, without accents, quotes made plain, each run of blanks one blank. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  const plain = /[^\x00-\x7f]/.test(lower) ? withoutAccents(lower) : lower;
  return plain.replace(/[\s\u00a0]+/g, ' ').trim();
}

function withoutAccents(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/[\u2018\u2019\u02bc\u00b4]/g, "'")
    .replace(/[\u201c\u201d\u00ab\u00bb]/g, '"')
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/\u00df/g, 'ss')
    .replace(/\u0131/g, 'i')
    .replace(/\u0142/g, 'l')
    .replace(/\u00f8/g, 'o')
    .replace(/\u0111/g, 'd');
}
