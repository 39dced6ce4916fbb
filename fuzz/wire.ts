// Mutates octets at random, by seed, and feeds every parser of src/wire: none may throw, give out what it must not, or grow.
//   node fuzz/wire.ts --seed 1 --seconds 60
import assert from 'node:assert/strict';
import { inspect, parseArgs } from 'node:util';
import { addressOf } from '../src/model/mailbox.ts';
import { HeaderScan } from '../src/wire/message/header-scan.ts';
import { receivedLine } from '../src/wire/message/received.ts';
import { readProxyHeader } from '../src/wire/proxy-protocol/read.ts';
import { parseCommand } from '../src/wire/smtp/command.ts';
import { ContentDecoder } from '../src/wire/smtp/content-decoder.ts';
import { stuff, unstuff } from '../src/wire/smtp/dot-stuffing.ts';
import { parseEhlo } from '../src/wire/smtp/ehlo.ts';
import { LineReader } from '../src/wire/smtp/line-reader.ts';
import { parseMail, parseRcpt } from '../src/wire/smtp/mail-command.ts';
import { parseForwardPath } from '../src/wire/smtp/path.ts';
import { formatReply, ReplyReader } from '../src/wire/smtp/reply-text.ts';
import { formatXclient, formatXforward, parseXclient } from '../src/wire/smtp/xclient.ts';
import { decodeXtext, encodeXtext } from '../src/wire/smtp/xtext.ts';

/** One parser under test: good input to start from, and what must hold for any input, cut at a random place. */
interface Target {
  readonly corpus: readonly string[];
  run(octets: Buffer, cut: number): void;
}

const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

export const targets: Readonly<Record<string, Target>> = {
  'line-reader': { corpus: ['EHLO a\r\nMAIL FROM:<a@b>\r\nDATA\r\n', 'AUTH PLAIN\r\nAGEAYg==\r\n', 'x\ny\rz\0\r\n'], run: fuzzLines },
  'mail-command': {
    corpus: [
      'MAIL FROM:<a@b.example> SIZE=1 BODY=8BITMIME SMTPUTF8 AUTH=e+3D',
      'RCPT TO:<@a,@b:"q\\"x"@[IPv6:2001:db8::1]>',
      'RCPT TO:<ü@bücher.example.>',
      'MAIL FROM:<> AUTH=<>',
    ],
    run: fuzzCommand,
  },
  xclient: {
    corpus: ['NAME=a.example ADDR=IPV6:2001:db8::1 PORT=25 PROTO=ESMTP', 'HELO=a+20b LOGIN=[UNAVAILABLE] DESTADDR=192.0.2.1 DESTPORT=25'],
    run: fuzzXclient,
  },
  'reply-reader': {
    corpus: ['250-hub\r\n250-SIZE 100\r\n250-AUTH=PLAIN\r\n250 XCLIENT NAME ADDR\r\n', '550-5.7.1 a\r\n550 5.7.1 b\r\n', '354\r\n250 2.0.0\n'],
    run: fuzzReplies,
  },
  'content-decoder': { corpus: ['Subject: a\r\n\r\n..b\r\n.c\r\n.\r\nQUIT\r\n', 'a\n.\n\r.\r\n\0.\r\n.\0\r\nb\r\r\n.\r\r\n.\r\n', '.\r\n'], run: fuzzContent },
  'header-scan': {
    corpus: ['Received: a\r\n\tb\r\nSubject: gr\u00fc\u00df\r\n =?x?=\r\nMessage-ID: <a@b>\r\n\r\nbody\r\n', 'From a\r\nSubject : x\r\nbody\r\n'],
    run: fuzzHeader,
  },
  'proxy-protocol': {
    corpus: [
      'PROXY TCP4 192.0.2.7 198.51.100.25 4711 25\r\nEHLO x\r\n',
      'PROXY UNKNOWN\r\n',
      '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x17\xc0\0\x02\x07\xc6\x33\x64\x19\x12\x67\0\x19\x03\0\x04\0\0\0\0\x04\0\x01\0',
      '\r\n\r\n\0\r\nQUIT\n\x20\0\0\0',
    ],
    run: fuzzProxy,
  },
  received: { corpus: ['mail.example', '[192.0.2.1]', 'x (y [1.2.3.4]) by z; "('], run: fuzzReceived },
  xtext: { corpus: ['a+20b+3D', 'e+3Dmc2@example.com'], run: fuzzXtext },
};

const halves = (octets: Buffer, cut: number): readonly Buffer[] => [Buffer.from(octets.subarray(0, cut)), Buffer.from(octets.subarray(cut))];

function fuzzLines(octets: Buffer, cut: number): void {
  const read = (chunks: readonly Buffer[]): string => {
    const reader = new LineReader(64);
    const results: unknown[] = [];
    for (const chunk of chunks) {
      reader.push(chunk);
      for (let result = reader.next(); result !== null; result = reader.next()) {
        results.push(result);
        if (result.kind === 'line') assert.doesNotMatch(result.line, /[\r\n\0]/);
      }
      assert.ok(reader.buffered < 64);
    }
    return JSON.stringify(results);
  };
  assert.equal(read(halves(octets, cut)), read([octets]));
}

function fuzzCommand(octets: Buffer): void {
  const { verb, argument } = parseCommand(octets.toString('utf8'));
  assert.doesNotMatch(verb, / /);
  for (const smtputf8 of [false, true]) {
    const mail = parseMail(argument, { smtputf8 });
    const rcpt = parseRcpt(argument, { smtputf8 });
    if (mail.kind === 'ok' && mail.from !== null) checkMailbox(mail.from);
    if (mail.kind === 'ok') assert.doesNotMatch(mail.parameters.auth ?? '', control);
    if (rcpt.kind === 'ok') checkMailbox(rcpt.to);
  }
}

function checkMailbox(mailbox: { readonly text: string; readonly domain: string; readonly localPart: string; readonly sourceRoute: string | null }): void {
  assert.doesNotMatch(mailbox.text, control);
  assert.match(mailbox.domain, /^[a-z0-9_.-]*$|^\[[!-Z^-~]+\]$/i);
  assert.ok(Buffer.byteLength(mailbox.text) <= 254 && mailbox.domain.length <= 255);
  const again = parseForwardPath(`<${mailbox.text}>`, { smtputf8: true });
  assert.ok(again.kind === 'ok' && again.rest === '');
  assert.equal(addressOf(again.mailbox), addressOf(mailbox));
}

function fuzzXclient(octets: Buffer): void {
  const text = octets.toString('utf8');
  const parsed = parseXclient(text);
  if (parsed.kind === 'ok') for (const value of Object.values(parsed.attributes)) assert.doesNotMatch(value ?? '', control);
  const all = new Set(['NAME', 'ADDR', 'PORT', 'HELO', 'LOGIN', 'IDENT']);
  const lines = [...formatXclient({ NAME: text, ADDR: text, HELO: text, LOGIN: text }, all), ...formatXforward({ NAME: text, HELO: text, IDENT: text }, all)];
  for (const line of lines) assert.match(line, /^[ -~]{1,510}$/);
}

function fuzzReplies(octets: Buffer, cut: number): void {
  const read = (chunks: readonly Buffer[]): string => {
    const reader = new ReplyReader();
    const results: unknown[] = [];
    for (const chunk of chunks) {
      reader.push(chunk);
      for (let result = reader.next(); result !== null; result = reader.next()) {
        results.push(result);
        if ('kind' in result) return JSON.stringify(results);
        parseEhlo(result);
        assert.match(formatReply(result), /^(?:\d{3}[ -][ -~]{0,506}\r\n)+$/);
      }
      assert.ok(reader.buffered <= 65_536 + 4096);
    }
    return JSON.stringify(results);
  };
  assert.equal(read(halves(octets, cut)), read([octets]));
}

function fuzzContent(octets: Buffer, cut: number): void {
  const read = (chunks: readonly Buffer[]) => {
    const decoder = new ContentDecoder({ lineEnds: 'normalize' });
    const parts: Buffer[] = [];
    let rest = '';
    for (const chunk of chunks) {
      const step = decoder.push(chunk);
      parts.push(...step.out);
      rest += step.rest?.toString('latin1') ?? '';
    }
    const { bareLineEnds, nulBytes, longestLine, bytesIn } = decoder;
    return { out: Buffer.concat(parts).toString('latin1'), rest, bareLineEnds, nulBytes, longestLine, bytesIn };
  };
  const ended = Buffer.concat([octets, Buffer.from('\r\n.\r\n')]);
  const { out, rest, bareLineEnds } = read([ended]);
  assert.deepEqual(read(halves(ended, cut)), read([ended]));
  assert.match(out, /^(?:[^\r\n]*\r\n)*$/);
  const whole = `\r\n${ended.toString('latin1')}`;
  assert.equal(rest, whole.slice(whole.indexOf('\r\n.\r\n') + 5), 'only CRLF.CRLF ends it');
  // RFC 5321 4.1.1.4, for a reader that drops NULs and CRs too.
  assert.doesNotMatch(`\n${out.replace(/[\r\0]/g, '')}`, /\n\.\n/);
  if (bareLineEnds === 0 && !octets.includes(0)) assert.equal(whole.slice(2), `${out}.\r\n${rest}`);
}

function fuzzHeader(octets: Buffer, cut: number): void {
  const read = (chunks: readonly Buffer[]): unknown => {
    const scan = new HeaderScan({ maxBytes: 2000, maxLines: 20 }, 'mx.hub.example');
    for (const chunk of chunks) scan.push(chunk);
    const summary = scan.summary();
    assert.ok(summary.headerBytes <= 2000 && summary.headerLines <= 21);
    for (const value of [summary.subject, summary.messageId]) {
      assert.doesNotMatch(value ?? '', control);
      assert.ok((value ?? '').length <= 998);
    }
    return { ...summary, done: scan.done, tooBig: scan.tooBig };
  };
  assert.deepEqual(read(halves(octets, cut)), read([octets]));
  const wire = stuff(octets);
  assert.equal(Buffer.concat([...unstuff(halves(wire, Math.min(cut, wire.length)))]).equals(Buffer.concat([...unstuff([wire])])), true);
}

function fuzzProxy(octets: Buffer, cut: number): void {
  const part = readProxyHeader(octets.subarray(0, cut));
  const whole = readProxyHeader(octets);
  if (part.kind === 'ok') assert.deepEqual(whole, part);
  if (part.kind === 'bad') assert.equal(whole.kind, 'bad', 'what was refused stays refused');
  if (whole.kind === 'more') assert.ok(octets.length < 4096);
  if (whole.kind === 'ok') for (const end of [whole.source, whole.destination]) assert.match(end?.ip ?? '::', /^[0-9a-f:.]+$/);
}

function fuzzReceived(octets: Buffer): void {
  const text = octets.toString('utf8');
  const line = receivedLine({
    helo: text,
    esmtp: true,
    smtputf8: false,
    ip: '192.0.2.1',
    port: 1,
    reverseName: text,
    tls: null,
    authenticated: false,
    by: 'mx.example',
    id: 'r',
    forRecipient: text,
    at: 0,
  });
  assert.match(line, /^Received: [ -~]{1,980}(?:\r\n\t[ -~]{1,997})+\r\n$/);
}

function fuzzXtext(octets: Buffer): void {
  const decoded = decodeXtext(octets.toString('utf8'));
  if (decoded !== null) assert.equal(decodeXtext(encodeXtext(decoded)), decoded);
}

/** Pieces that have deceived parsers before. */
const pieces = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  '.',
  '\r\n.',
  '.\r\n',
  ' ',
  '\t',
  '<',
  '>',
  '@',
  '"',
  '\\',
  ':',
  ',',
  '=',
  '+',
  '-',
  '[',
  ']',
  'ü',
  '\u2028',
  '\ufffd',
  '\xff',
  '\xc3',
  '250',
  '4294967296',
  'x'.repeat(300),
].map((piece) => Buffer.from(piece, piece.length === 1 && piece >= '\x80' && piece <= '\xff' ? 'latin1' : 'utf8'));

/** A small seeded generator (mulberry32): the same seed, the same run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function pick<T>(list: readonly T[], random: (below: number) => number): T {
  const found = list[random(list.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

type Mutation = (octets: Buffer, at: number, random: (below: number) => number) => Buffer;

const insert = (octets: Buffer, at: number, piece: Uint8Array): Buffer => Buffer.concat([octets.subarray(0, at), piece, octets.subarray(at)]);

const mutations: readonly Mutation[] = [
  (octets, at, random) => insert(octets, at, pick(pieces, random)),
  (octets, at, random) => insert(octets, at, Buffer.from([random(256)])),
  (octets, at, random) => Buffer.concat([octets.subarray(0, at), octets.subarray(at + 1 + random(4))]),
  (octets, at, random) => insert(octets, at, octets.subarray(random(octets.length + 1), random(octets.length + 1))),
  (octets, at, random) => {
    const copy = Buffer.from(octets);
    if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << random(8));
    return copy;
  },
];

/** Longest input, in octets: beyond every limit of a line or header above. */
const MAX_INPUT_BYTES = 8192;
/** What one input may take, in milliseconds: generous for a busy machine, far below what a regular expression run wild takes. */
const MAX_INPUT_MS = 1000;

export interface FuzzRun {
  readonly inputs: number;
  /** What failed first, with what is needed to see it again; null: nothing. */
  readonly failure: { readonly target: string; readonly input: string; readonly cut: number; readonly error: unknown } | null;
}

/** Runs for a time. The inputs follow from the seed; how many there are, from the machine. */
export function fuzzWire({ seed, seconds }: { readonly seed: number; readonly seconds: number }): FuzzRun {
  const random = randomFrom(seed);
  const named = Object.entries(targets);
  const until = performance.now() + seconds * 1000;
  let inputs = 0;
  for (let now = performance.now(); now < until; inputs++) {
    const [name, target] = pick(named, random);
    let octets = Buffer.from(pick(target.corpus, random), name === 'proxy-protocol' ? 'latin1' : 'utf8');
    for (let round = random(8); round >= 0; round--)
      octets = Buffer.from(pick(mutations, random)(octets, random(octets.length + 1), random).subarray(0, MAX_INPUT_BYTES));
    const cut = random(octets.length + 1);
    try {
      target.run(octets, cut);
      const after = performance.now();
      assert.ok(after - now < MAX_INPUT_MS, `took ${Math.round(after - now)} ms`);
      now = after;
    } catch (error) {
      return { inputs, failure: { target: name, input: octets.toString('base64'), cut, error } };
    }
  }
  return { inputs, failure: null };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, seconds: { type: 'string', default: '10' } } });
  const { inputs, failure } = fuzzWire({ seed: Number(values.seed), seconds: Number(values.seconds) });
  process.stdout.write(`${inputs} inputs, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB\n`);
  if (failure !== null) {
    process.stderr.write(`${inspect(failure)}\n`);
    process.exitCode = 1;
  }
}
