// SMTP reply codes (RFC 5321 4.2) and enhanced status codes (RFC 3463) in the free text of reports.

export interface SmtpCodes {
  /** `550`; null where the text has none. */
  readonly replyCode: string | null;
  /** `5.1.1`; null where the text has none. */
  readonly status: string | null;
}

/** RFC 3463 3: subjects are 0 to 7. In free text only failures count: 2.0.12 is somebody's version. */
const statusPattern = /(?<![\w.])([45]\.[0-7]\.\d{1,3})(?![\d.]*\d)/;
/** Only failures: a session transcript is full of 220 and 250. */
const replyPattern = /(?<![\w.\-@/=])([45][0-7]\d)(?!-\d{3}-)(?=[-\s:;,)\]#>.]|$)/g;
/** After the number stands a unit: it counts something. */
const counted = /^[\s]{1,3}(?:bytes?|octets?|[kmg]i?b|lines?|characters?|seconds?|minutes?|hours?|days?|times?|attempts?)\b/i;

/** Whether a line holds a code of failure, reply or status. */
export function hasCode(line: string): boolean {
  if (statusPattern.test(line)) return true;
  for (const match of line.matchAll(replyPattern)) if (!counted.test(line.slice(match.index + 3, match.index + 24))) return true;
  return false;
}

/** The codes of a text; a reply code with a status behind it is believed before one without. */
export function codesIn(text: string): SmtpCodes {
  const status = statusPattern.exec(text)?.[1] ?? null;
  let first: string | null = null;
  for (const match of text.matchAll(replyPattern)) {
    const [code = ''] = match;
    const after = text.slice(match.index + 3, match.index + 24);
    if (counted.test(after)) continue;
    if (/^[-\s:#]{1,3}[45]\.\d{1,3}\.\d{1,3}/.test(after)) return { replyCode: code, status: statusPattern.exec(after)?.[1] ?? status };
    first ??= code;
  }
  return { replyCode: first, status };
}

/** A status field's value: `5.1.1 (user unknown)`; null where it holds none. */
export const statusOf = (value: string): string | null => /^\s{0,20}([245]\.\d{1,3}\.\d{1,3})(?!\d)/.exec(value)?.[1] ?? null;
