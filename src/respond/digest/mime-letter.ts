// A letter in two forms, text and simple HTML, as one message in plain ASCII whatever the language (RFC 2045, 2047, 2046 5.1.4).
// The null sender's letter: no program answers it (RFC 3834 2, 5).

export interface MimeLetter {
  /** A name beside the address, in any script. */
  readonly from: { readonly name: string; readonly address: string };
  readonly to: string;
  readonly replyTo: string;
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Without brackets. */
  readonly messageId: string;
  /** Lines end with line feeds. */
  readonly text: string;
  readonly html: string;
}

/** The whole message, lines ended by CRLF. */
export function mimeLetter({ from, to, replyTo, subject, at, messageId, text, html }: MimeLetter): string {
  const boundary = `=_${messageId.replace(/[^A-Za-z0-9]/g, '').slice(0, 24)}`; // no line of quoted-printable begins with =_
  const part = (type: string, content: string): readonly string[] => [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: quoted-printable',
    '',
    quotedPrintable(content),
  ];
  const lines = [
    `From: ${headerText(from.name)} <${from.address}>`,
    `To: <${ascii(to)}>`,
    `Reply-To: <${replyTo}>`,
    `Subject: ${headerText(subject)}`,
    `Date: ${new Date(at).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageId}>`,
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: All',
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    ...part('text/plain', text),
    ...part('text/html', html),
    `--${boundary}--`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** Octets of one encoded word's text: with its frame and the field's name it stays under the 76 characters of RFC 2047 2. */
const wordOctets = 36;

/** Header text: as it is where it is plain ASCII without signs of the syntax, otherwise in encoded words. */
export function headerText(text: string): string {
  if (/^[A-Za-z0-9 .,!?'+/-]{1,60}$/.test(text)) return text;
  const words: Buffer[] = [];
  let word = Buffer.alloc(0);
  // RFC 2047 5: a character is not cut between words.
  for (const character of text) {
    const octets = Buffer.from(character);
    if (word.length + octets.length > wordOctets) {
      words.push(word);
      word = Buffer.alloc(0);
    }
    word = Buffer.concat([word, octets]);
  }
  return [...words, word].map((each) => `=?utf-8?B?${each.toString('base64')}?=`).join('\r\n ');
}

/** Characters of a line, the soft break at its end included (RFC 2045 6.7). */
const lineLength = 76;

/** Text with line feeds in, quoted-printable with CRLF out. */
export function quotedPrintable(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const signs = [...Buffer.from(line)].map((octet, at, all) => signOf(octet, at === all.length - 1));
      const lines: string[] = [''];
      for (const sign of signs) {
        const last = lines.length - 1;
        if ((lines[last] ?? '').length + sign.length > lineLength - 1) lines.push(sign);
        else lines[last] += sign;
      }
      return lines.join('=\r\n');
    })
    .join('\r\n');
}

/** RFC 2045 6.7: printable ASCII but the equals sign stands for itself, a blank where it is not the last of its line. */
function signOf(octet: number, isLast: boolean): string {
  const isPlain = (octet > 0x20 && octet < 0x7f && octet !== 0x3d) || (octet === 0x20 && !isLast);
  return isPlain ? String.fromCharCode(octet) : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
}

const ascii = (text: string): string => text.replace(/[^\x21-\x7e]/g, '?');
