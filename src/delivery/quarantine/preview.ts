// A look at a kept message that is safe on a terminal and in a browser: its header and the beginning of what follows as text, with
// everything that could drive a terminal or turn the direction of writing made visible. No part is opened, decoded, fetched or run.
import { open } from 'node:fs/promises';
import { isUtf8 } from 'node:buffer';
import { Unstuffer } from '../../wire/smtp/dot-stuffing.ts';

export interface Preview {
  /** Header lines, folded ones as they stand. */
  readonly header: readonly string[];
  /** The first lines behind the header. */
  readonly text: readonly string[];
  /** There is more than is shown. */
  readonly more: boolean;
}

/** Bytes looked at: a header has at most 100 KiB. */
const lookBytes = 128 * 1024;
const maxHeaderLines = 200;
const maxTextLines = 60;
const maxLineChars = 1000;

/** Reads the beginning of a file in wire form. */
export async function previewFile(path: string): Promise<Preview> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(lookBytes), 0, lookBytes, 0);
    const { size } = await file.stat();
    return previewOf(buffer.subarray(0, bytesRead), size > bytesRead);
  } finally {
    await file.close();
  }
}

/** The preview of a message of which this is the beginning, in wire form; `cut`: more follows. */
export function previewOf(wire: Buffer, cut: boolean): Preview {
  const lines = textOf(Buffer.concat([...new Unstuffer().push(wire)]), cut).split('\r\n');
  if (lines.at(-1) === '') lines.pop();
  const blank = lines.indexOf('');
  const headerEnd = blank < 0 ? lines.length : blank;
  const header = lines.slice(0, headerEnd);
  const text = lines.slice(headerEnd + 1);
  return {
    header: header.slice(0, maxHeaderLines).map(visible),
    text: text.slice(0, maxTextLines).map(visible),
    more: cut || header.length > maxHeaderLines || text.length > maxTextLines,
  };
}

/** UTF-8 where it is; a cut at the end must not make Latin-1 of it all. */
function textOf(octets: Buffer, cut: boolean): string {
  const whole = (cut ? [0, 1, 2, 3] : [0]).find((less) => isUtf8(octets.subarray(0, octets.length - less)));
  return whole === undefined ? octets.toString('latin1') : octets.toString('utf8', 0, octets.length - whole);
}

/** Control characters, marks of direction and invisible ones as their code. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu;

function visible(line: string): string {
  const shown = line.replace(unsafe, (char) => (char === '\t' ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`));
  return shown.length > maxLineChars ? `${shown.slice(0, maxLineChars)} ...` : shown;
}
