// What programs and people put in front of a subject: answers, forwards, the tags of filters and lists. By language of the mail program.
import { fold } from './phrases.ts';

/** "Re:" in the mail programs of the world; folded. */
const answers =
  're|aw|sv|vs|ad|antw|antwort|odp|rif|r|res|resp|ref|bls|balas|ynt|yan|ats|atb|vá|va|απ|σχετ|hə|na|回复|回覆|答复|答覆|返信|답장|ответ|отв|отг|תשובה|השב|رد';
/** "Fwd:" in the same; folded. */
const forwards =
  'fwd?|wg|tr|rv|enc|encaminhado|i|doorst|vb|vl|pd|ilt|tovabbitas|προω|továbbítás|转发|轉寄|轉發|転送|전달|пересл|пер|препр|הועבר|إعادة توجيه|fyi';

const compiled = (words: string): RegExp => new RegExp(`^(?:${words.split('|').map(fold).join('|')})(?:\\[\\d{1,3}\\]|\\(\\d{1,3}\\))? ?[:：] ?`, 'u');
const answer = compiled(answers);
const forward = compiled(forwards);
/** `[list]`, `***SPAM***`, `{Spam?}`, `(Spam)`, "EXTERNAL:" of gateways; an open bracket with much inside is part of the subject. */
const tag =
  /^(?:\[[^\]]{0,15}\]|\{[^}]{0,15}\}|\((?:spam|bulk|external|possible spam)[^)]{0,15}\)|\*{2,5} ?[a-z?! -]{1,20} ?\*{2,5}|(?:spam|external|extern|junk) ?[:-]) ?/;

/** Whether a person has sent it on: the first prefix that is no answer's and no filter's. */
export function isSentOn(subject: string): boolean {
  return forward.test(withoutTags(fold(subject.slice(0, 500))));
}

/** A folded subject without the tags of filters and lists in front. */
function withoutTags(folded: string): string {
  let rest = folded;
  for (let round = 0; round < 5; round++) {
    const next = rest.replace(tag, '').replace(answer, '');
    if (next === rest) break;
    rest = next;
  }
  return rest;
}

/** A subject folded, without "Re:" and the tags of lists and filters in front; what was sent on keeps its "Fwd:". */
export const bareSubject = (subject: string): string => withoutTags(fold(subject)).replace(/^\[(?=[^\]]{16})/, '');
