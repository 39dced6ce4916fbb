// The case behind an incident of forged senders, read from the journal when somebody asks for it.
import { readFile } from 'node:fs/promises';
import { readJournal } from '../events/read-journal.ts';
import { openPlaces, type PlaceFiles } from '../facts/places.ts';
import { ForgedSenderFold, type ForgedSenderCase, type OriginPlace } from '../incidents/forged-sender-case.ts';
import type { ShownIncident } from '../incidents/shown.ts';
import type { ForgedRefusal } from '../model/forged-refusal.ts';
import { PrefixSet } from '../lib/prefix-set.ts';

/** The detector counted so long before it raised its first alarm, in milliseconds. */
const beforeMs = 3_600_000;

export interface ForgedSenderParts {
  readonly journalDir: string;
  /** Table of networks and their countries; undefined where none is given. */
  readonly countries: string | undefined;
  /** Databases of places, as configured for the detectors. */
  readonly places: PlaceFiles;
  /** What is refused of it just now. */
  readonly refusal: ForgedRefusal;
}

/** Null for an incident of another sort. */
export async function forgedSenderCase(
  { detector, key, onsetAt, closedAt }: ShownIncident,
  { journalDir, countries, places, refusal }: ForgedSenderParts,
): Promise<ForgedSenderCase | null> {
  if (detector !== 'backscatter-flood') return null;
  const fold = new ForgedSenderFold(key, await placesOf(countries, places));
  const toMs = closedAt === null ? Infinity : Date.parse(closedAt);
  for await (const event of readJournal(journalDir, { fromMs: Date.parse(onsetAt) - beforeMs, toMs, needles: ['"type":"report-judged"'] }))
    if (event.type === 'report-judged') fold.note(event);
  return fold.result(refusal);
}

/** The table of the operator goes before the databases. */
async function placesOf(countries: string | undefined, files: PlaceFiles): Promise<(ip: string) => OriginPlace> {
  const [countryOf, places] = [await countryTable(countries), openPlaces(files)];
  return (ip) => {
    const place = places.of(ip);
    return { country: countryOf?.(ip) ?? (place?.country || null), system: place?.network || null };
  };
}

/** Reads lines `192.0.2.0/24,NL`; a line that is none is passed over, a file that cannot be read gives no countries. */
async function countryTable(file: string | undefined): Promise<((ip: string) => string | null) | undefined> {
  const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '');
  const rows = [...text.matchAll(/^"?([0-9a-f.:]+\/\d{1,3})"?,"?([A-Z]{2})"?/gim)];
  if (rows.length === 0) return undefined;
  const networks = PrefixSet.build(rows.map(([, network = '']) => network));
  return (ip) => rows[networks.match(ip)]?.[2]?.toUpperCase() ?? null;
}
