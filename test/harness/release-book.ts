// A letter of held mail with its tokens, for tests of what is done with them.
import { join } from 'node:path';
import { createLetterBook, type LetterBook, type ReleaseLetter } from '../../src/respond/digest/letter-book.ts';
import { letterName, recipientPrint, tokenOf } from '../../src/respond/digest/token.ts';
import { scratchDirectory, type Owner } from './scratch.ts';

export const releaseKey = Buffer.alloc(32, 7);

/** A letter to ann@hub.example that lists messages; `changes` lays more over it. */
export const releaseLetter = (ids: readonly string[], changes: Partial<ReleaseLetter> = {}): ReleaseLetter => ({
  format: 1,
  name: letterName(Buffer.from('0123456789')),
  language: 'en',
  recipient: recipientPrint(releaseKey, 'ann@hub.example'),
  madeAt: 1000,
  expiresAt: 100_000,
  lines: ids.map((id) => ({ id, offered: true })),
  ...changes,
});

/** The token of a line, from 1; 0: of the letter as a whole. */
export function tokenOfLine(letter: ReleaseLetter, line: number, key = releaseKey): string {
  const { name, recipient, expiresAt } = letter;
  return tokenOf(key, { letter: name, line, id: letter.lines[line - 1]?.id ?? '', recipient, expiresAt });
}

/** A book in a directory of its own. */
export function openBook(owner: Owner): { readonly dir: string; readonly book: LetterBook } {
  const dir = join(scratchDirectory(owner, 'digest'), 'digest');
  return { dir, book: createLetterBook(dir) };
}
