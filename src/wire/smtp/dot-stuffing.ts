// Dot transparency (RFC 5321 4.5.2): between wire form (CRLF line ends, dots stuffed) and the content that people mean.

/** The final line, sent behind content in wire form, which ends with CRLF or is empty (RFC 5321 4.1.1.4). */
export const endOfData: Buffer = Buffer.from('.\r\n');

const DOT = 0x2e;

/** Wire form in, content out, chunk by chunk; slices of the chunks, no copies. One for each message. */
export class Unstuffer {
  #atLineStart = true;

  push(chunk: Buffer): readonly Buffer[] {
    if (chunk.length === 0) return [];
    const out: Buffer[] = [];
    let from = this.#atLineStart && chunk[0] === DOT ? 1 : 0;
    // Wire form has no bare LF, so an LF is the end of a line.
    for (let at = chunk.indexOf('\n.', 0, 'latin1'); at >= 0; at = chunk.indexOf('\n.', at + 1, 'latin1')) {
      out.push(chunk.subarray(from, at + 1));
      from = at + 2;
    }
    if (from < chunk.length) out.push(chunk.subarray(from));
    this.#atLineStart = chunk[chunk.length - 1] === 0x0a;
    return out;
  }
}

/** Content of a message whose wire form is at hand. */
export function* unstuff(chunks: Iterable<Buffer>): Generator<Buffer, void> {
  const unstuffer = new Unstuffer();
  for (const chunk of chunks) yield* unstuffer.push(chunk);
}

/** Content of a message whose wire form comes from memory or from a file. */
export async function* unstuffAsync(chunks: Iterable<Buffer> | AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const unstuffer = new Unstuffer();
  for await (const chunk of chunks) yield* unstuffer.push(chunk);
}

/** Wire form of a message of our own; line ends of any kind become CRLF, a missing last one is added. Text is sent as UTF-8. */
export function stuff(content: string | Buffer): Buffer {
  const octets = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const lines = octets.toString('latin1').replace(/\r\n|\r|\n/g, '\r\n');
  const ended = lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
  return Buffer.from(ended.replace(/^\.|(?<=\n)\./g, '..'), 'latin1');
}
