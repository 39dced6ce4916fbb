// A look at a kept message that is safe on a terminal and in a browser: its header, its beginning as it stands, and what its reader would
// read, as text. Nothing is fetched, run or followed, and whatever could drive a terminal or turn the direction of writing is made visible.
import { isUtf8 } from 'node:buffer';
import { Unstuffer } from '../../wire/smtp/dot-stuffing.ts';
import { readableOf, type Readable } from './readable.ts';
import { visible } from './visible.ts';

export interface Preview extends Readable {
  /** Header lines, folded ones as they stand. */
  readonly header: readonly string[];
  /** The first lines behind the header, as they stand. */
  readonly text: readonly string[];
  /** There is more than is shown. */
  readonly more: boolean;
}

/** Bytes looked at: a header has at most 100 KiB, and what is to be read stands before what is attached. */
const lookBytes = 512 * 1024;
const headerBytes = 100 * 1024;
const maxHeaderLines = 200;
const maxTextLines = 60;
const maxLineChars = 1000;

/** Header lines of a content in wire form, folded ones as they stand; what comes behind them is not read. */
export async function headerOf(chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<readonly string[]> {
  let looked = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const from = Math.max(0, looked.length - 3); // the blank line may lie between two pieces
    looked = Buffer.concat([looked, chunk]);
    if (looked.length > headerBytes || looked.indexOf('\r\n\r\n', from) >= 0) break;
  }
  const end = looked.indexOf('\r\n\r\n');
  const wire = looked.subarray(0, Math.min(end < 0 ? looked.length : end + 2, headerBytes));
  const octets = Buffer.concat([...new Unstuffer().push(wire)]);
  return headerIn(linesOf(octets, end < 0))
    .slice(0, maxHeaderLines)
    .map((line) => visible(line, maxLineChars));
}

/** Reads the beginning of a content in wire form. */
export async function previewContent(chunks: AsyncIterable<Buffer>): Promise<Preview> {
  const looked: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    looked.push(chunk);
    bytes += chunk.length;
    if (bytes > lookBytes) break;
  }
  return previewOf(Buffer.concat(looked).subarray(0, lookBytes), bytes > lookBytes);
}

/** The preview of a message of which this is the beginning, in wire form; `cut`: more follows. */
export function previewOf(wire: Buffer, cut: boolean): Preview {
  const octets = Buffer.concat([...new Unstuffer().push(wire)]);
  const lines = linesOf(octets, cut);
  const header = headerIn(lines);
  const text = lines.slice(header.length + 1);
  return {
    header: header.slice(0, maxHeaderLines).map((line) => visible(line, maxLineChars)),
    text: text.slice(0, maxTextLines).map((line) => visible(line, maxLineChars)),
    more: cut || header.length > maxHeaderLines || text.length > maxTextLines,
    ...readableOf(octets),
  };
}

function linesOf(octets: Buffer, cut: boolean): readonly string[] {
  const lines = textOf(octets, cut).split('\r\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function headerIn(lines: readonly string[]): readonly string[] {
  const blank = lines.indexOf('');
  return blank < 0 ? lines : lines.slice(0, blank);
}

/** UTF-8 where it is; a cut at the end must not make Latin-1 of it all. */
function textOf(octets: Buffer, cut: boolean): string {
  const whole = (cut ? [0, 1, 2, 3] : [0]).find((less) => isUtf8(octets.subarray(0, octets.length - less)));
  return whole === undefined ? octets.toString('latin1') : octets.toString('utf8', 0, octets.length - whole);
}
