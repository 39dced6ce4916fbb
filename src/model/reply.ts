/** An SMTP reply (RFC 5321 4.2): code, enhanced status code (RFC 3463; null where the RFC forbids one, e.g. 354 and the greeting), text lines. */
export interface Reply {
  readonly code: number;
  readonly enhanced: string | null;
  readonly lines: readonly string[];
}

/** Makes a one-line reply. */
export const reply = (code: number, enhanced: string | null, text: string): Reply => ({ code, enhanced, lines: [text] });

export const isPositive = (answer: Reply): boolean => answer.code >= 200 && answer.code < 400;
export const isTransient = (answer: Reply): boolean => answer.code >= 400 && answer.code < 500;
export const isPermanent = (answer: Reply): boolean => answer.code >= 500;

/** A reply as one line of text for events and logs. */
export const oneLine = (answer: Reply): string => `${answer.code} ${answer.enhanced === null ? '' : `${answer.enhanced} `}${answer.lines.join(' / ')}`;
