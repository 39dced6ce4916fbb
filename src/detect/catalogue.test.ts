// The contract of every detector: where it stands, what it says of itself, and that whatever strangers do it stays within its bound.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../lib/seeded-random.ts';
import { alarmKeyText } from '../model/alarm.ts';
import type { Caller, Sighting } from '../model/sighting.ts';
import { detectors } from './catalogue.ts';
import type { DetectorContext } from './detector.ts';
import { createEngine } from './engine.ts';

const folder = fileURLToPath(new URL('detectors', import.meta.url));
const pageOf = (id: string): string => fileURLToPath(new URL(`../../docs/detectors/${id}.md`, import.meta.url));
const context: DetectorContext = { hashKey: { k0: 3, k1: 4 }, isOurDomain: (domain) => domain === 'hub.example', orgDomain: (domain) => domain };

test('every file of detectors/ is in the catalogue under its name, once', () => {
  const files = globSync('*.ts', { cwd: folder })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => basename(file, '.ts'));
  assert.deepEqual(detectors.map(({ id }) => id).toSorted(), files.toSorted());
});

for (const definition of detectors) {
  const { id, row, doc, kinds, options } = definition;
  test(`${id} says its row, what is wrong, and what may be set`, () => {
    assert.match(row, /^[BD]\d+$/);
    assert.match(doc, /^[A-Z].+\.$/);
    assert.ok(kinds.length > 0);
    for (const [name, option] of Object.entries(options)) {
      assert.match(name, /^[a-z][A-Za-z]*$/);
      assert.ok(option.min <= option.default && option.default <= option.max, `${name}: ${option.min} <= ${option.default} <= ${option.max}`);
      assert.match(option.doc, /^[A-Z].+\.$/, name);
    }
  });

  test(`${id} has its page, which names every option`, () => {
    assert.ok(existsSync(pageOf(id)), `docs/detectors/${id}.md`);
    const page = readFileSync(pageOf(id), 'utf8');
    assert.deepEqual(
      Object.keys(options).filter((name) => !page.includes(`\`${name}\``)),
      [],
    );
  });
}

/** The largest fixed table of a detector: what is said below must hold for it too. */
const mostHeld = 125_000;

const hex = (random: () => number): string => Math.floor(random() * 0x1_0000_0000).toString(16);

/** Sightings in which everything a stranger can choose is by chance. */
function strangers(count: number, give: (sighting: Sighting) => void): void {
  const random = seededRandom(5);
  for (let number = 0; number < count; number++) {
    const at = 1_700_000_000_000 + number * 10;
    const octet = (): number => Math.floor(random() * 256);
    const caller: Caller = { ip: `${octet()}.${octet()}.${octet()}.${octet()}`, name: null, user: null, inside: false };
    const seen = { at, source: `s${number}`, caller };
    const origin = { kind: 'network', name: `${caller.ip}/24`, spoofable: false } as const;
    const [from, to] = [`${hex(random)}@${hex(random)}.example`, `${hex(random)}@hub.example`];
    give({ kind: 'connection', ...seen, session: hex(random), refused: false });
    give({ kind: 'recipient', ...seen, origin, from, to, answer: number % 2 === 0 ? 'unknown' : 'relay' });
    give({ kind: 'auth', ...seen, user: hex(random), ok: false, secret: hex(random) });
    const traits = {
      reply: true,
      thread: hex(random),
      listId: hex(random),
      text: hex(random),
      bands: Array.from({ length: 8 }, () => random() * 0x1_0000_0000),
      signatures: [{ domain: 'a.example', mark: hex(random) }],
      unnamed: [to],
    } as const;
    const rest = { direction: 'in', index: 0, recipients: 1, outcome: 'delivered', subject: null, bytes: 1000 } as const;
    give({ kind: 'message', ...seen, ...rest, origin, from, to, messageId: `<${hex(random)}@x>`, traits });
    give({ kind: 'message', ...seen, ...rest, origin, from: '', to, messageId: null, traits: { automated: true, report: 'bounce' } });
  }
}

test('however many strangers come, what detectors hold stops growing', () => {
  // Small tables where the operator may set them; the fixed ones are full after some tens of thousands.
  const small = Object.fromEntries(
    detectors.map(({ id, options }) => [
      id,
      Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default >= 1000 && option.min >= 100 ? option.min : option.default])),
    ]),
  );
  const engine = createEngine({ definitions: detectors, options: small, context });
  strangers(12_000, (sighting) => void engine.note(sighting));
  for (const [id, size] of Object.entries(engine.sizes)) assert.ok(size <= mostHeld, `${id} holds ${size}`);
});

test('what detectors say has a key by which it can be found again', () => {
  const engine = createEngine({ definitions: detectors, options: {}, context });
  strangers(3000, (sighting) => {
    for (const { key, because, samples } of engine.note(sighting)) assert.ok(alarmKeyText(key) !== '' && because !== '' && samples.length > 0);
  });
});
