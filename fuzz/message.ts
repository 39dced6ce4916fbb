// Mutates messages at random, by seed, and has each understood: no exception, no list without an end, no octet of the line ends in the answer, no
// time beyond a limit; and a message with other line ends says the same.
//   node fuzz/message.ts --seed 1 --inputs 10000
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { inspect, parseArgs } from 'node:util';
import { bounceReasons, messageKinds, type MessageUnderstanding } from '../src/model/understanding.ts';
import { traitsOf } from '../src/wire/message/traits.ts';
import { understand } from '../src/wire/message/understand.ts';
import { processorMs } from '../test/harness/processor-time.ts';

const folder = new URL('../fixtures/messages/', import.meta.url);

/** The messages of fixtures/messages, each block of each file. */
export const corpus: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .flatMap((name) => readFileSync(new URL(name, folder), 'utf8').split(/^=== /m).slice(1))
  .map((block) => block.slice(block.indexOf('\n---\n') + 5));

/** Pieces that have deceived readers of mail before. */
const pieces: readonly string[] = [
  '\r',
  '\n',
  '\r\n',
  '\r\r\n',
  '\n\n',
  '\0',
  '\x1b$B',
  '\x1b(B',
  '=?',
  '?=',
  '=?utf-8?b?',
  '=?x-unknown?q?=FF=?=',
  '=\n',
  '=FF',
  '--',
  '\n--b\n',
  '\n--b--\n',
  '<',
  '>',
  '<@>',
  '@',
  '""@x',
  '&#1114112;',
  '<style>',
  '<!--',
  '\t',
  '+AAAA-',
  '\ud800',
  '\u2028',
  'Content-Type: multipart/mixed; boundary=b\n',
  'Content-Type: message/rfc822\n\n',
  'Content-Type: text/html; charset="utf-7"\n\n',
  "Content-Type: text/plain; charset*0*=utf-8''u; charset*1=tf-7\n\n",
  'Content-Transfer-Encoding: base64\n',
  'Content-Transfer-Encoding: quoted-printable\n',
  'Final-Recipient: rfc822; a@b\n',
  'Action: failed\n',
  'Status: 5.1.1\n',
  '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[null,1,{"emailAddress":[]}]}}',
  'From x@y Thu Jan  1 00:00:00 1970\n',
  'a'.repeat(3000),
  '@'.repeat(2000),
  ' '.repeat(3000),
  '\n'.repeat(2000),
  'x:'.repeat(1500),
  '--b\nContent-Type: multipart/mixed; boundary=b\n\n'.repeat(40),
  '<style'.repeat(500),
  '=?utf-8?q?a?= '.repeat(300),
  'Received: x\n'.repeat(300),
  '550 5.1.1 <a@b.example>... no\n'.repeat(100),
];

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

type Random = (below: number) => number;

function pick<T>(list: readonly T[], random: Random): T {
  const found = list[random(list.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

const splice = (octets: Buffer, at: number, dropped: number, piece: Uint8Array): Buffer =>
  Buffer.concat([octets.subarray(0, at), piece, octets.subarray(at + dropped)]);

const mutations: readonly ((octets: Buffer, at: number, random: Random) => Buffer)[] = [
  (octets, at, random) => splice(octets, at, 0, Buffer.from(pick(pieces, random))),
  (octets, at, random) => splice(octets, at, 0, Buffer.from([random(256)])),
  (octets, at, random) => splice(octets, at, 1 + random(60), Buffer.alloc(0)),
  (octets, at, random) => splice(octets, at, 0, octets.subarray(random(octets.length + 1), random(octets.length + 1)).subarray(0, 4000)),
  (octets, at, random) => splice(octets, at, 1, Buffer.from([1 << random(8)])),
  // Two messages grown together.
  (octets, at, random) => splice(octets, at, random(200), Buffer.from(pick(corpus, random))),
];

/** Longest input, in octets. */
const maxInputBytes = 64 * 1024;
/** What one message may take, in milliseconds of processor time: the promise of docs/parse.md, on a machine that does other things too. */
const maxInputMs = 200;

export interface FuzzRun {
  readonly inputs: number;
  readonly slowestMs: number;
  /** What failed first, with what is needed to see it again; null: nothing. */
  readonly failure: { readonly input: string; readonly error: unknown } | null;
}

/** Understands so many mutated messages; which, follows from the seed. */
export function fuzzMessages({ seed, inputs }: { readonly seed: number; readonly inputs: number }): FuzzRun {
  const random = randomFrom(seed);
  let slowestMs = 0;
  for (let done = 0; done < inputs; done++) {
    let octets = Buffer.from(pick(corpus, random));
    for (let round = random(8); round >= 0; round--)
      octets = Buffer.from(pick(mutations, random)(octets, random(octets.length + 1), random).subarray(0, maxInputBytes));
    try {
      const started = processorMs();
      const answer = understand(octets);
      const took = processorMs() - started;
      slowestMs = Math.max(slowestMs, took);
      assert.ok(took < maxInputMs, `took ${Math.round(took)} ms`);
      check(answer, octets);
    } catch (error) {
      return { inputs: done, slowestMs, failure: { input: octets.toString('base64'), error } };
    }
  }
  return { inputs, slowestMs, failure: null };
}

function check(answer: MessageUnderstanding, octets: Buffer): void {
  assert.ok(messageKinds.includes(answer.kind));
  assert.ok(answer.reason === null || bounceReasons.includes(answer.reason));
  assert.ok(answer.failedRecipients.length <= 100 && answer.evidence.length <= 12);
  assert.match(answer.status ?? '5.0.0', /^[245]\.\d{1,3}\.\d{1,3}$/);
  assert.match(answer.replyCode ?? '550', /^[245]\d\d$/);
  for (const address of [...answer.failedRecipients, answer.originalTo ?? 'a@b']) {
    assert.ok(address.length < 600);
    assert.doesNotMatch(address, /[\s<>]/);
  }
  if (answer.kind === 'not-a-report') assert.deepEqual([answer.hard, answer.reason, answer.failedRecipients.length], [null, null, 0]);
  const other = Buffer.from(
    octets.toString('latin1').replaceAll('\r\r\n', '\n').replaceAll('\r\n', '\n').replaceAll('\r', '\n').replaceAll('\n', '\r\n'),
    'latin1',
  );
  const told = ({ kind, reason, hard, status, failedRecipients }: MessageUnderstanding): string =>
    JSON.stringify([kind, reason, hard, status, failedRecipients]);
  assert.equal(told(understand(other)), told(answer), 'CRLF says the same');
  traitsOf(octets, octets.toString('utf8').slice(0, 4000));
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, inputs: { type: 'string', default: '10000' } } });
  const started = performance.now();
  const { inputs, slowestMs, failure } = fuzzMessages({ seed: Number(values.seed), inputs: Number(values.inputs) });
  process.stdout.write(`${inputs} messages in ${((performance.now() - started) / 1000).toFixed(1)} s, the slowest ${slowestMs.toFixed(1)} ms\n`);
  if (failure !== null) {
    process.stderr.write(`${inspect(failure)}\n`);
    process.exitCode = 1;
  }
}
