// A letter that a program writes to people: plain text, nothing to answer, no way for a stranger's text to break out of it.

export interface PlainLetter {
  readonly from: string;
  readonly to: readonly string[];
  readonly hostname: string;
  readonly subject: string;
  /** Lines ended by line feeds. */
  readonly text: string;
}

/** Text of strangers must not break out of a header or a terminal: printable ASCII, so many characters at most. */
export const plain = (text: string, most: number): string => text.replace(/[^\x20-\x7e]+/g, '?').slice(0, most);

/** A whole message (RFC 5322) in ASCII with CRLF: nobody answers a program by program (RFC 3834 2). `at` in ms since the epoch. */
export function plainLetter({ from, to, hostname, subject, text }: PlainLetter, stamp: { readonly at: number; readonly id: string }): string {
  const head = [
    `From: Floodgate <${from}>`,
    `To: ${to.join(', ')}`,
    `Subject: ${subject}`,
    `Date: ${new Date(stamp.at).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${stamp.id}@${hostname}>`,
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: All',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
    '',
  ];
  return `${[...head, ...text.split('\n')].join('\r\n')}\r\n`;
}
