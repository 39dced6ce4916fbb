// Test messages. Each carries a token, so that a delivery is proven by finding it and never by a reply alone.
import { randomBytes } from 'node:crypto';

/** A token no other message has. */
export const newToken = (): string => `t${randomBytes(8).toString('hex')}`;

/** The token of a message as it was found somewhere, or null. */
export const tokenOf = (content: Buffer | string): string | null => /^X-Test-Token: (\S+)\r?$/m.exec(content.toString('latin1'))?.[1] ?? null;

export interface LetterParts {
  readonly token?: string;
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  /** Complete header lines without line end. */
  readonly headers?: readonly string[];
  /** Lines end with CRLF; not yet dot-stuffed. */
  readonly body?: string | Buffer;
}

/** A whole message, CRLF line ends, not dot-stuffed, ending with CRLF. */
export function letter(parts: LetterParts = {}): Buffer {
  const { token = newToken(), from = 'alice@outside.example', to = 'undisclosed-recipients:;', subject = 'A test', headers = [], body = 'Hello.\r\n' } = parts;
  const head = [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    'Date: Fri, 21 Nov 2025 09:00:00 +0000',
    `Message-ID: <${token}@test.example>`,
    `X-Test-Token: ${token}`,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
}

/** Dots at line starts doubled and the final dot added (RFC 5321 4.5.2): what goes over the wire after DATA. */
export function onTheWire(message: Buffer): Buffer {
  const text = message.toString('latin1').replace(/(^|\r\n)\./g, '$1..');
  return Buffer.from(`${text}${text.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1');
}

/** A body of about so many bytes in lines of 76. */
export const bodyOf = (bytes: number): string => `${'0123456789'.repeat(7)}01234\r\n`.repeat(Math.ceil(bytes / 77));
