// `node bench/detect.ts [--events 10000000] [--write]`: what the detectors cost. Every sighting has an address, a sender, a recipient and a text of
// its own: the worst that strangers can do to memory. Prints the processor time per sighting and the resident memory as it goes; leaves with 1 when
// memory grows after the tables are full, or a sighting takes longer than it may.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { detectors } from '../src/detect/catalogue.ts';
import { createEngine, type Engine } from '../src/detect/engine.ts';
import { seededRandom } from '../src/lib/seeded-random.ts';
import type { Caller, Sighting } from '../src/model/sighting.ts';
import { commitName, describeMachine } from './measure/machine.ts';

/** What the engine may take for one sighting with all detectors on, in microseconds. */
const mostMicros = 5;
/** Memory at the end may be this many times what it was at two fifths: by then every table has been filled more than once. */
const mostGrowth = 1.1;
/** Sightings made before the clock runs: making them is not the engine's work. */
const batchSize = 10_000;
/** 300 sightings a second: a busy site. */
const sightingEveryMs = 1000 / 300;

const { values } = parseArgs({ options: { events: { type: 'string', default: '10000000' }, write: { type: 'boolean', default: false } } });
const events = Number(values.events);
const random = seededRandom(1);
const word = (): string => Math.floor(random() * 0x1_0000_0000).toString(36);
/** One piece of text, as a line or a command gives it: a template is kept as its parts until somebody reads it, and putting them together is no work of the engine. */
const whole = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');
const octet = (): number => Math.floor(random() * 256);

interface Seen {
  readonly at: number;
  readonly source: string;
  readonly caller: Caller;
}

const connection = (seen: Seen, number: number): Sighting => ({ kind: 'connection', ...seen, session: whole(`s${number}`), refused: false });

/** In the proportions of a mail server: two of five sightings are messages, every second of these with content. */
const mix: readonly ((seen: Seen, number: number) => Sighting)[] = [
  connection,
  (seen, number) => message(seen, number, null),
  (seen, number) => ({ kind: 'recipient', ...seen, ...envelope(seen), answer: number % 3 === 0 ? 'unknown' : 'accepted' }),
  (seen, number) =>
    message(seen, number, {
      ...(number % 2 === 0 ? { automated: true, subscription: 3, listId: whole(`${word()}.example`) } : { reply: true, thread: word() }),
      fromDomain: whole(`${word()}.example`),
      text: word(),
      bands: Array.from({ length: 8 }, () => Math.floor(random() * 0x1_0000_0000)),
      signatures: [{ domain: whole(`${word()}.example`), result: 'pass', mark: word() }],
    }),
  (seen, number) =>
    number % 2 === 0
      ? { kind: 'auth', ...seen, user: word(), ok: false, secret: word() }
      : { kind: 'departure', ...seen, session: whole(`s${number}`), how: number % 3 === 0 ? 'slow' : 'quit' },
];

const envelope = ({ caller }: { readonly caller: Caller }) => ({
  origin: { kind: 'network', name: whole(`${caller.ip.slice(0, caller.ip.lastIndexOf('.'))}.0/24`), spoofable: false } as const,
  from: whole(`${word()}@${word()}.example`),
  to: whole(`${word()}@hub.example`),
});

const message = (seen: Seen, number: number, traits: Extract<Sighting, { kind: 'message' }>['traits']): Sighting => ({
  kind: 'message',
  ...seen,
  ...envelope(seen),
  direction: 'in',
  index: 0,
  recipients: 1,
  outcome: 'delivered',
  messageId: whole(`<${word()}${number}@x>`),
  subject: null,
  bytes: 5000,
  traits,
});

function batchFrom(number: number): Sighting[] {
  return Array.from({ length: Math.min(batchSize, events - number) }, (_, place) => {
    const at = Math.round(1_700_000_000_000 + (number + place) * sightingEveryMs);
    const caller = { ip: whole(`${1 + (octet() % 223)}.${octet()}.${octet()}.${octet()}`), name: null, user: null, inside: false };
    return (mix[(number + place) % mix.length] ?? connection)({ at, source: whole(`bench:${number + place}`), caller }, number + place);
  });
}

interface Row {
  readonly sightings: number;
  readonly megabytes: number;
  readonly keys: number;
  readonly micros: number;
}

function run(engine: Engine): { readonly rows: readonly Row[]; readonly alarms: number } {
  const rows: Row[] = [];
  let alarms = 0;
  let spent = 0;
  let done = 0;
  for (let number = 0; number < events; number += batchSize) {
    const batch = batchFrom(number);
    // Processor time of the whole process, threads of the garbage collector included: other programs on the machine do not count.
    const from = process.cpuUsage();
    for (const sighting of batch) alarms += engine.note(sighting).length;
    const { user, system } = process.cpuUsage(from);
    spent += user + system;
    done += batch.length;
    if (done % (events / 20) >= batchSize && done < events) continue;
    globalThis.gc?.();
    const row = { sightings: done, megabytes: process.memoryUsage().rss / 1e6, keys: engine.size, micros: spent / done };
    rows.push(row);
    console.log(lineOf(row));
  }
  return { rows, alarms };
}

const lineOf = ({ sightings, megabytes, keys, micros }: Row): string =>
  `${String(sightings).padStart(10)} ${megabytes.toFixed(0).padStart(6)} MB ${String(keys).padStart(9)} keys ${micros.toFixed(2).padStart(6)} us ${'#'.repeat(Math.round(megabytes / 20))}`;

const engine = createEngine({
  definitions: detectors,
  options: {},
  context: { hashKey: { k0: 0x1357, k1: 0x2468 }, isOurDomain: (domain) => domain === 'hub.example', orgDomain: (domain) => domain },
});
console.log(`${detectors.length} detectors, ${events} sightings, every address, sender, recipient and text a new one\n`);
const { rows, alarms } = run(engine);
const end = rows.at(-1);
const filled = rows[Math.floor(rows.length * 0.4)];
const micros = end?.micros ?? 0;
const growth = (end?.megabytes ?? 0) / (filled?.megabytes ?? 1);
const isGood = micros <= mostMicros && growth <= mostGrowth;
const verdict = [
  `${micros.toFixed(2)} us a sighting with all ${detectors.length} detectors (at most ${mostMicros}); ${alarms} alarms`,
  `memory at the end ${growth.toFixed(2)} times that at two fifths (at most ${mostGrowth})`,
  isGood ? 'good' : 'NOT GOOD',
].join('\n');
console.log(`\n${verdict}`);
if (values.write) {
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const title = `# Detectors, ${new Date().toISOString().slice(0, 10)}, ${commitName()}\n\n${describeMachine([process.execPath]).join('\n')}`;
  const text = `${title}\n\n\`node --expose-gc bench/detect.ts --events ${events}\`: every address, sender, recipient and text a new one.\n\n\`\`\`\n${rows.map(lineOf).join('\n')}\n\n${verdict}\n\`\`\`\n`;
  writeFileSync(new URL(`${new Date().toISOString().slice(0, 10)}-${commitName()}-detect.md`, folder), text);
}
process.exitCode = isGood ? 0 : 1;
