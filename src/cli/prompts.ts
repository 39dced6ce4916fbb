// Questions asked at a terminal. The one importer of the prompt library, and read only when there is something to ask.
import { isCancel, note, outro, text, intro } from '@clack/prompts';
import { CliError } from './command-line.ts';

export interface Question {
  readonly text: string;
  /** What is taken when nothing is typed. */
  readonly fallback: string;
  /** Why an answer will not do, or null. */
  readonly refuse: (answer: string) => string | null;
}

/** Asks one question until the answer will do. Ctrl-C ends the command. */
export async function ask({ text: message, fallback, refuse }: Question): Promise<string> {
  const answer = await text({
    message,
    placeholder: fallback,
    defaultValue: fallback,
    validate: (typed) => (typed ? (refuse(typed) ?? undefined) : undefined),
  });
  if (isCancel(answer)) throw new CliError('stopped; nothing was written');
  return answer;
}

export const sayHello = (title: string, about: string): void => {
  intro(title);
  note(about);
};
export const sayDone = (words: string): void => outro(words);
