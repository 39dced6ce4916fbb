// DNS records for SPF, DKIM and DMARC: asked of the configured servers, each question once, answers kept for some minutes. Bounded.
import { Resolver } from 'node:dns/promises';
import { LruMap } from '../lib/lru-map.ts';

/** Records of a type (`TXT`, `MX`...) of a name; rejects with a `code` as node:dns does. */
export type RecordLookup = (name: string, type: string) => Promise<string[][] | string[]>;

export interface RecordLookupOptions {
  readonly servers?: readonly { readonly host: string; readonly port: number }[] | undefined;
  /** For one answer, in ms. */
  readonly timeout: number;
}

/** A resolver of the configured servers, or the system's. */
export function createRecordLookup({ servers, timeout }: RecordLookupOptions): RecordLookup {
  const resolver = new Resolver({ timeout, tries: 1 });
  if (servers !== undefined) resolver.setServers(servers.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)));
  return (name, type) => resolver.resolve(name, type) as Promise<string[][] | string[]>; // what node:dns gives for TXT and address types; MX are objects
}

/** How long an answer is kept, in ms: records change seldom, an absent one may be about to be set up, trouble passes. */
const keptMs = { found: 300_000, absent: 60_000, trouble: 20_000 } as const;
const mostKept = 5000;

/** The same with a memory: who asks twice is answered once, also while the first answer is awaited. */
export function withMemory(lookUp: RecordLookup, now: () => number): RecordLookup {
  const answers = new LruMap<string, Promise<string[][] | string[]>>({ capacity: mostKept, now });
  return async (name, type) => {
    const question = `${type} ${name.toLowerCase()}`;
    const known = answers.get(question);
    const answer = known ?? lookUp(name, type);
    if (known === undefined) {
      answers.set(question, answer, keptMs.found);
      answer.catch((error: unknown) => answers.set(question, answer, isAbsent(error) ? keptMs.absent : keptMs.trouble));
    }
    // Whoever asked may sort or change what it got.
    return structuredClone(await answer);
  };
}

const isAbsent = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'ENOTFOUND' || error.code === 'ENODATA');
