// The API of letters about held mail: how they stand, a round now, a look at a letter.
import type { WebHouse } from './house.ts';
import { digestStatusSchema, letterToShowSchema, roundSchema, shownLetterSchema } from './release-schemas.ts';
import { ok, refused, type Route } from './route.ts';

export function releaseRoutes({ digest }: WebHouse): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/digest',
      summary: 'Letters that tell recipients of their held mail: the next round, the last one, and orders that wait',
      answer: digestStatusSchema,
      changes: false,
      run: () => ok(digest.status()),
    },
    {
      method: 'POST',
      path: '/api/v1/digest/round',
      summary: 'Sends the letters of a round now; answers when it has ended, or after 20 seconds',
      answer: roundSchema,
      refusals: { 400: 'Letters are switched off' },
      changes: true,
      run: async () => {
        const answer = await digest.runNow();
        return answer.ok ? ok(answer) : refused(400, answer.error);
      },
    },
    {
      // It names the mail of others: over TCP what is no GET asks for the token of an operator.
      method: 'POST',
      path: '/api/v1/digest/preview',
      summary: 'The letter a recipient would get now; its links release nothing',
      body: letterToShowSchema,
      answer: shownLetterSchema,
      refusals: { 400: 'Letters are switched off, or nothing is held for the recipient' },
      changes: true,
      run: async ({ body }) => {
        const answer = await digest.preview(body);
        return answer.ok ? ok(answer) : refused(400, answer.error);
      },
    },
  ];
}
