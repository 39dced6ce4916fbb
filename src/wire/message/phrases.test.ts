import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold, PhraseTable } from './phrases.ts';

test('case, accents, quotes and line breaks do not hide a phrase', () => {
  for (const text of ['ÉCHEC  de la\nremise', 'echec de la remise', 'Échec\u00a0de la remise']) assert.equal(fold(text), 'echec de la remise');
  assert.equal(fold('Didn’t “work” – Straße Łódź Ødegård'), 'didn\'t "work" - strasse lodz odegard');
});

test('the first row that occurs counts, wherever it stands in the text', () => {
  const table = new PhraseTable([
    ['narrow wording', 1, 'a'],
    ['wording', 2, 'b'],
  ]);
  assert.equal(table.firstIn(fold('a wording, a narrow wording'))?.meaning, 1);
  assert.equal(table.firstIn(fold('a wording'))?.meaning, 2);
  assert.equal(table.firstIn(''), null);
});

test('a blank at the end of a phrase is the end of a word, also at the end of the text', () => {
  const table = new PhraseTable([[' rbl ', true, 'a']]);
  assert.notEqual(table.firstIn('in an rbl'), null);
  assert.equal(table.firstIn('marbles'), null);
});

test('a beginning is at the beginning', () => {
  const table = new PhraseTable([['out of', true, 'a']]);
  assert.notEqual(table.startOf('out of office'), null);
  assert.equal(table.startOf('far out of sight'), null);
});

test('a table finds what looking row by row finds, whatever the rows and the text', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '登'), maxLength: 60 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), text, (phrases, raw) => {
      const table = new PhraseTable(phrases.map((phrase, row) => [phrase, row, 'x']));
      const folded = fold(raw);
      const expected = folded === '' ? undefined : table.rows().find(({ phrase }) => ` ${folded} `.includes(phrase));
      assert.equal(table.firstIn(folded)?.meaning, expected?.meaning);
    }),
  );
});
