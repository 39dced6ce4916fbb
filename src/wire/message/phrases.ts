// Phrases looked for in text, as data: a row says what to look for, what it means and where it comes from. Plain substrings, so that the work
// is linear whatever stands in the text, and does not grow with the rows; text and phrases are folded alike, so that case, accents and line breaks do not hide a phrase.

/** What to look for, what it means, and why: the program or language that writes so. */
export type PhraseRow<Meaning> = readonly [phrase: string, meaning: Meaning, why: string];

export interface PhraseHit<Meaning> {
  readonly phrase: string;
  readonly meaning: Meaning;
  readonly why: string;
}

/** Rows of one meaning, by language: its wordings with a bar between. */
export const inLanguages = <Meaning>(meaning: Meaning, wordings: Readonly<Record<string, string>>): readonly PhraseRow<Meaning>[] =>
  Object.entries(wordings).flatMap(([language, list]) => list.split('|').map((phrase) => [phrase.trim(), meaning, language] as const));

/** Characters by which a place in the text is known to be worth a look. */
const keyLength = 3;
/** Five bits a character, which tell small letters apart: the key of the next place follows from the last one. */
const keyBits = 5;
const gateSize = 1 << (keyBits * keyLength);
const nextGate = (gate: number, code: number): number => ((gate << keyBits) ^ code) & (gateSize - 1);

/** A table made ready: phrases folded once, and found by their first characters in one pass over the text, however many they are. */
export class PhraseTable<Meaning> {
  readonly #rows: readonly PhraseHit<Meaning>[];
  /** 1 where a phrase begins with characters of this hash. */
  readonly #gate = new Uint8Array(gateSize);
  /** Numbers of rows by that hash, ascending. */
  readonly #rowsAt = new Map<number, number[]>();
  /** Numbers of rows that are shorter than a key. */
  readonly #short: number[] = [];

  constructor(rows: readonly PhraseRow<Meaning>[]) {
    this.#rows = rows.map(([phrase, meaning, why]) => ({ phrase: foldPhrase(phrase), meaning, why }));
    for (const [row, { phrase }] of this.#rows.entries()) {
      if (phrase.length < keyLength) {
        this.#short.push(row);
        continue;
      }
      const gate = nextGate(nextGate(nextGate(0, phrase.charCodeAt(0)), phrase.charCodeAt(1)), phrase.charCodeAt(2));
      this.#gate[gate] = 1;
      this.#rowsAt.set(gate, [...(this.#rowsAt.get(gate) ?? []), row]);
    }
  }

  /** Every row, for tests of the table itself. */
  rows(): readonly PhraseHit<Meaning>[] {
    return this.#rows;
  }

  /** The first row of the table that occurs in a folded text: earlier rows weigh more. */
  firstIn(folded: string): PhraseHit<Meaning> | null {
    if (folded === '') return null;
    const text = ` ${folded} `;
    let best = this.#short.find((row) => text.includes(this.#rows[row]?.phrase ?? '')) ?? this.#rows.length;
    const gates = this.#gate;
    let gate = 0;
    for (let at = 0; at < text.length; at++) {
      gate = nextGate(gate, text.charCodeAt(at));
      if (gates[gate] === 1 && at >= keyLength - 1) best = this.#bestAt(text, at + 1 - keyLength, gate, best);
    }
    return this.#rows[best] ?? null;
  }

  /** The first row that stands at this place, if it is before `best`. */
  #bestAt(text: string, at: number, gate: number, best: number): number {
    for (const row of this.#rowsAt.get(gate) ?? []) {
      if (row >= best) return best;
      if (text.startsWith(this.#rows[row]?.phrase ?? '', at)) return row;
    }
    return best;
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
  return plain.replace(/ \s+|[^\S ]\s*/g, ' ').trim(); // a blank alone stands: most do
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
