import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everySplit } from '../../../test/harness/every-split.ts';
import { ContentDecoder } from './content-decoder.ts';
import { unstuff } from './dot-stuffing.ts';

const END = '\r\n.\r\n';
const NEXT = 'QUIT\r\n';

interface Decoded {
  readonly out: string;
  readonly rest: string;
  readonly decoder: ContentDecoder;
}

function decode(chunks: readonly Buffer[], lineEnds: 'normalize' | 'reject' = 'normalize'): Decoded {
  const decoder = new ContentDecoder({ lineEnds });
  let out = '';
  let rest = '';
  for (const chunk of chunks) {
    const step = decoder.push(chunk);
    out += Buffer.concat(step.out).toString('latin1');
    if (step.rest !== null) rest += step.rest.toString('latin1');
  }
  return { out, rest, decoder };
}

const decodeText = (text: string): Decoded => decode([Buffer.from(text, 'latin1')]);

/** Slow and obvious: find the end by RFC 5321 4.1.1.4, cut into lines, treat each by its own. */
function reference(input: string) {
  const stream = `\r\n${input}`;
  const end = stream.indexOf(END);
  const content = stream.slice(2, Math.max(2, end + 2));
  let out = '';
  let proper = true;
  let [bareLineEnds, longestLine, stuffed] = [0, 0, 0];
  for (const [, line = '', ending] of content.matchAll(/([^\r\n]*)(\r\n|\r|\n)/g)) {
    const hasDot = line.startsWith('.');
    const transparent = proper && hasDot;
    if (transparent) stuffed++;
    longestLine = Math.max(longestLine, line.length - (transparent ? 1 : 0));
    out += `${withoutLoneDot(!proper && hasDot ? `.${line}` : line)}\r\n`;
    proper = ending === '\r\n';
    if (!proper) bareLineEnds++;
  }
  return { out, rest: stream.slice(end + END.length), content, bareLineEnds, longestLine, bytesIn: content.length - stuffed };
}

function withoutLoneDot(line: string): string {
  if (line.replaceAll('\0', '') !== '.') return line;
  return line.startsWith('.') ? line.slice(1) : `.${line}`;
}

/** What the content says, by the standard: dots deleted behind CRLF only, then every line end made CRLF. */
const meaning = (content: string): string =>
  `\r\n${content}`
    .replaceAll('\r\n.', '\r\n')
    .slice(2)
    .replace(/\r\n|\r|\n/g, '\r\n');

function compare(input: string, decoded: Decoded): string | null {
  const expected = reference(input);
  const { out, rest, decoder } = decoded;
  if (out !== expected.out) return `out ${JSON.stringify(out)}, expected ${JSON.stringify(expected.out)}`;
  if (rest !== expected.rest) return `rest ${JSON.stringify(rest)}`;
  if (decoder.bareLineEnds !== expected.bareLineEnds) return `bareLineEnds ${decoder.bareLineEnds}`;
  if (decoder.longestLine !== expected.longestLine) return `longestLine ${decoder.longestLine}, expected ${expected.longestLine}`;
  if (decoder.bytesIn !== expected.bytesIn) return `bytesIn ${decoder.bytesIn}, expected ${expected.bytesIn}`;
  return null;
}

/** Every text over the alphabet of up to `longest` characters. */
function* texts(alphabet: string, longest: number): Generator<string, void> {
  let row = [''];
  for (let length = 0; length <= longest; length++) {
    yield* row;
    row = row.flatMap((text) => Array.from(alphabet, (character) => text + character));
  }
}

/** Receivers with other ideas of a line and of what to drop: the text behind what each takes for the end of data. */
const receivers: Readonly<Record<string, (stream: string) => string>> = {
  strict: (stream) => behind(stream, '\r\n'),
  'takes bare LF for a line end': (stream) => behind(stream.replaceAll('\r\n', '\n'), '\n'),
  'takes bare CR for a line end': (stream) => behind(stream.replaceAll('\r\n', '\r').replaceAll('\n', '\r'), '\r'),
  'drops CR': (stream) => behind(stream.replaceAll('\r', ''), '\n'),
  'drops LF': (stream) => behind(stream.replaceAll('\n', ''), '\r'),
  'drops NUL': (stream) => behind(stream.replaceAll('\0', ''), '\r\n'),
  'drops NUL and CR': (stream) => behind(stream.replace(/[\0\r]/g, ''), '\n'),
};

function behind(stream: string, lineEnd: string): string {
  const whole = lineEnd + stream;
  const end = whole.indexOf(`${lineEnd}.${lineEnd}`);
  return end < 0 ? 'no end' : whole.slice(end + 2 * lineEnd.length + 1);
}

function smuggledFor(out: string): string | null {
  for (const [name, receive] of Object.entries(receivers)) if (receive(`${out}.\r\nQUIT`) !== 'QUIT') return name;
  return null;
}

test('every content of up to 8 octets over CR LF . a is decoded like the reference, and clean content leaves as it came', () => {
  for (const text of texts('\r\n.a', 8)) {
    const input = text + END + NEXT;
    const decoded = decodeText(input);
    const fault = compare(input, decoded);
    if (fault !== null) assert.fail(`${JSON.stringify(input)}: ${fault}`);
    const { content, bareLineEnds } = reference(input);
    if (bareLineEnds === 0) assert.equal(decoded.out, content);
  }
});

test('every content of up to 6 octets over CR LF . a gives the same in every split', () => {
  for (const text of texts('\r\n.a', 6)) {
    const input = text + END + NEXT;
    for (const chunks of everySplit(Buffer.from(input, 'latin1'))) {
      const fault = compare(input, decode(chunks));
      if (fault !== null) assert.fail(`${JSON.stringify(chunks.map(String))}: ${fault}`);
    }
  }
});

test('every content of up to 6 octets over CR LF . a NUL: one message for every receiver, and nothing said that the client did not say', () => {
  for (const text of texts('\r\n.a\0', 6)) {
    const input = text + END + NEXT;
    const decoded = decodeText(input);
    const fault = compare(input, decoded);
    if (fault !== null) assert.fail(`${JSON.stringify(input)}: ${fault}`);
    const deceived = smuggledFor(decoded.out);
    if (deceived !== null) assert.fail(`${JSON.stringify(input)} deceives a receiver that ${deceived}: ${JSON.stringify(decoded.out)}`);
    const said = Buffer.concat([...unstuff([Buffer.from(decoded.out, 'latin1')])]).toString('latin1');
    if (said !== meaning(reference(input).content)) assert.fail(`${JSON.stringify(input)} says ${JSON.stringify(said)}`);
  }
});

test('NULs around dots and line ends give the same in every split', () => {
  for (const text of texts('\r\n.\0', 5)) {
    const input = text + END + NEXT;
    for (const chunks of everySplit(Buffer.from(input, 'latin1'))) {
      const fault = compare(input, decode(chunks));
      if (fault !== null) assert.fail(`${JSON.stringify(chunks.map(String))}: ${fault}`);
    }
  }
});

const smuggling = [
  '\n.\n',
  '\r.\r',
  '\r.\n',
  '\n.\r',
  '\n.\r\n',
  '\r\n.\n',
  '\r.\r\n',
  '\r\n.\r',
  '\r\n\0.\r\n',
  '\r\n.\0\r\n',
  '\r\n.\r\r\n',
  '\r\r\n.\r\r\n',
];

for (const sequence of smuggling) {
  test(`${JSON.stringify(sequence)} ends no message, cut anywhere, for any receiver`, () => {
    const input = `Subject: a\r\n\r\nbody${sequence}MAIL FROM:<evil@example.org>\r\nRCPT TO:<victim@example.org>\r\nDATA\r\nforged${END}${NEXT}`;
    for (const lineEnds of ['normalize', 'reject'] as const) {
      for (const chunks of everySplit(Buffer.from(input, 'latin1'))) {
        const { out, rest, decoder } = decode(chunks, lineEnds);
        assert.equal(rest, NEXT);
        assert.ok(out.endsWith('forged\r\n'));
        assert.equal(smuggledFor(out), null);
        assert.equal(decoder.violated, lineEnds === 'reject' && !sequence.includes('\0'));
      }
    }
  });
}

const cases: readonly [input: string, out: string, why: string][] = [
  ['.\r\n', '', 'the CRLF of the DATA command counts: an empty message'],
  ['..\r\n.\r\n', '..\r\n', 'a stuffed dot stays stuffed'],
  ['.x\r\n.\r\n', '.x\r\n', 'a dot that was not stuffed is passed as it came, and means what it meant'],
  ['a\n.b\r\n.\r\n', 'a\r\n..b\r\n', 'a dot at a line start that we made is content'],
  ['a\n.\r\n.\r\n', 'a\r\n..\r\n', 'engineering 4.6: rewriting LF must not make an end of data'],
  ['a\r\n.\rb\r\n.\r\n', 'a\r\n\r\nb\r\n', 'the transparency dot is deleted, an empty line stays'],
  ['a\r\n.\n.\r\n.\r\n', 'a\r\n\r\n..\r\n', 'so too before a bare LF'],
  ['a\rb\r\n.\r\n', 'a\r\nb\r\n', 'a bare CR is a line end'],
  ['\0\r\n.\r\n', '\0\r\n', 'NUL passes'],
  ['.\0\r\n.\r\n', '\0\r\n', 'a dot line but for a NUL: without its transparency dot it says the same and hides no end'],
  ['\0.\r\n.\r\n', '.\0.\r\n', 'a transparency dot in front says the same and hides no end'],
  ['.\0.\r\n.\r\n', '.\0.\r\n', 'which is stable: our own output passes us unchanged'],
];

for (const [input, out, why] of cases) {
  test(`${JSON.stringify(input)}: ${why}`, () => assert.equal(decodeText(input).out, out));
}

test('counts are of what was received', () => {
  const { decoder } = decodeText(`a\0\0b\r\n${'x'.repeat(998)}\r\n.${'y'.repeat(998)}\r\n\n${END}`);
  assert.equal(decoder.nulBytes, 2);
  assert.equal(decoder.longestLine, 998, 'a stuffed dot is none of the line (RFC 5321 4.5.3.1.6)');
  assert.equal(decoder.bareLineEnds, 1);
});

test('a clean chunk comes out as one slice of itself: no copy', () => {
  const chunk = Buffer.from(`Subject: a\r\n\r\n..dots\r\n${'text\r\n'.repeat(1000)}`);
  const { out } = new ContentDecoder({ lineEnds: 'normalize' }).push(chunk);
  assert.equal(out.length, 1);
  assert.equal(out[0]?.buffer, chunk.buffer);
  assert.equal(out[0]?.length, chunk.length);
});

test('a flood of NULs at a line start is counted, not kept', () => {
  const decoder = new ContentDecoder({ lineEnds: 'normalize' });
  const nuls = Buffer.alloc(65_536);
  for (let round = 0; round < 64; round++) assert.deepEqual(decoder.push(nuls).out, []);
  const { out, done } = decoder.push(Buffer.from(`.${END}`));
  assert.equal(done, true);
  const text = Buffer.concat(out);
  assert.equal(text.length, 1 + 64 * 65_536 + 1 + 2);
  assert.equal(text[0], 0x2e, 'the line would be a lone dot without its NULs');
  assert.ok(new Set(out.map((part) => part.buffer)).size < 8, 'one block of NULs is given out again and again');
});

test('what comes after the end is rest, however late', () => {
  const decoder = new ContentDecoder({ lineEnds: 'normalize' });
  assert.equal(decoder.push(Buffer.from('a\r\n.\r\n')).rest, null);
  assert.equal(decoder.push(Buffer.from(NEXT)).rest?.toString(), NEXT);
});
