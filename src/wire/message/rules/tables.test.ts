import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fold, type PhraseTable } from '../phrases.ts';
import { programReplyTexts, replyTexts } from './auto-reply.ts';
import { confirmationPhrases } from './confirmation.ts';
import { daemonNames } from './daemon-names.ts';
import { houseSubjects, subjectOutcomes, textOutcomes } from './non-delivery.ts';
import { challengePhrases, challengeServices, complaintSubjects, noticePhrases, noticeSenders } from './notices.ts';
import { originalMarkers } from './original-marker.ts';
import { lastReasons, plainReasons, reasonPhrases, reasonsInWords } from './reasons.ts';
import { replyMarks, replySubjects } from './reply-subjects.ts';
import { transactionPhrases } from './transaction.ts';

const tables: Readonly<Record<string, PhraseTable<unknown>>> = {
  replyMarks,
  replySubjects,
  replyTexts,
  programReplyTexts,
  confirmationPhrases,
  subjectOutcomes,
  textOutcomes,
  challengePhrases,
  challengeServices,
  complaintSubjects,
  daemonNames,
  houseSubjects,
  noticePhrases,
  noticeSenders,
  originalMarkers,
  lastReasons,
  plainReasons,
  reasonPhrases,
  reasonsInWords,
  transactionPhrases,
};

for (const [name, table] of Object.entries(tables)) {
  test(`${name}: no row is hidden by an earlier one that means something else`, () => {
    const hidden = table.rows().filter(({ phrase, meaning }) => table.firstIn(phrase)?.meaning !== meaning);
    assert.deepEqual(
      hidden.map(({ phrase }) => `"${phrase}" behind "${table.firstIn(phrase)?.phrase}"`),
      [],
    );
  });

  test(`${name}: every row can be found in folded text, and says where it comes from`, () => {
    for (const { phrase, why } of table.rows()) {
      assert.equal(fold(phrase), phrase.trim());
      assert.ok(phrase.length > 1 && why.length > 2, phrase);
    }
  });
}

/** Names of languages among the reasons of rows. */
const languagesOf = (table: PhraseTable<unknown>): number =>
  new Set(
    table
      .rows()
      .flatMap(({ why }) => why.split(', '))
      .filter((word) => /^(?:[A-Z][a-z]+(?:an|ch|sh|se|ian|ic|ew|ai|di|ek|vak)|Turkish|Greek)\b/.test(word)),
  ).size;

for (const [name, table] of Object.entries({
  subjectOutcomes,
  textOutcomes,
  replySubjects,
  programReplyTexts,
  noticePhrases,
  challengePhrases,
  confirmationPhrases,
})) {
  test(`${name}: speaks at least twenty languages`, () => assert.ok(languagesOf(table) >= 20, String(languagesOf(table))));
}
