// The keys with which mail of our domains is signed: those of the configuration, and those that DNS names. Who forges a report chooses the
// selector that he writes into it, so questions about unknown ones are few and bounded; a key that was found once is not lost in such a flood.
import { afterOne, waitOf } from '../lib/gcra.ts';
import { LruMap } from '../lib/lru-map.ts';
import type { RecordLookup } from './dns-records.ts';
import type { KeyLook } from './signature-key.ts';

/** A key as the operator writes it. */
export interface NamedKey {
  readonly domain: string;
  readonly selector: string;
  /** As it would stand in DNS: `v=DKIM1; k=rsa; p=...`. */
  readonly key: string;
}

export interface SignatureKeysParts {
  readonly named: readonly NamedKey[];
  /** Null: DNS is not asked. */
  readonly lookUp: RecordLookup | null;
  /** Milliseconds, never backwards. */
  now(): number;
}

/** Milliseconds for which a key found is not asked for again, and for which it is still used while DNS does not answer. */
const freshMs = 3_600_000;
const usableMs = 7 * 86_400_000;
/** Milliseconds for which a selector that does not exist is not asked for again. */
const absentMs = 60_000;
/** Keys of ours that are kept; a site has a handful. */
const mostKeys = 500;
/** Selectors that do not exist, remembered: strangers invent them. */
const mostAbsent = 5000;
/** Unknown selectors asked for: so many at once after a rest, then one each 200 ms. */
const newSelectors = { everyMs: 200, burst: 50 };
const longestSelector = /^[a-z0-9._-]{1,120}$/i;

interface Found {
  readonly record: string;
  readonly at: number;
}

/** Gives the key of a selector and domain; the caller asks for domains of ours alone. Never rejects. */
export function createSignatureKeys({ named, lookUp, now }: SignatureKeysParts): (selector: string, domain: string) => Promise<KeyLook> {
  const own = new Map(named.map(({ domain, selector, key }) => [nameOf(selector, domain), key]));
  const found = new LruMap<string, Found>({ capacity: mostKeys, now });
  const absent = new LruMap<string, true>({ capacity: mostAbsent, now });
  const underWay = new Map<string, Promise<KeyLook>>();
  let restAt = 0;
  const askFor = async (name: string, ask: RecordLookup, before: Found | undefined): Promise<KeyLook> => {
    try {
      const record = recordOf(await ask(name, 'TXT'));
      if (record === null) return gone(name);
      found.set(name, { record, at: now() }, usableMs);
      return { kind: 'known', record };
    } catch (error) {
      if (isAbsent(error)) return gone(name);
      return before === undefined ? { kind: 'unknown' } : { kind: 'known', record: before.record };
    } finally {
      underWay.delete(name);
    }
  };
  const gone = (name: string): KeyLook => {
    found.delete(name); // a revoked key proves nothing any more
    absent.set(name, true, absentMs);
    return { kind: 'absent' };
  };
  return (selector, domain) => {
    const name = nameOf(selector, domain);
    const record = own.get(name);
    if (record !== undefined) return Promise.resolve({ kind: 'known', record });
    if (lookUp === null || !longestSelector.test(selector) || absent.get(name) === true) return Promise.resolve({ kind: 'absent' });
    const before = found.get(name);
    if (before !== undefined && now() - before.at < freshMs) return Promise.resolve({ kind: 'known', record: before.record });
    const waited = underWay.get(name);
    if (waited !== undefined) return waited;
    if (before === undefined) {
      // A flood of made-up selectors is not looked at; that says nothing for it.
      if (waitOf(restAt, newSelectors, now()) > 0) return Promise.resolve({ kind: 'absent' });
      restAt = afterOne(restAt, newSelectors, now());
    }
    const answer = askFor(name, lookUp, before);
    underWay.set(name, answer);
    return answer;
  };
}

const nameOf = (selector: string, domain: string): string => `${selector}._domainkey.${domain}`.toLowerCase();

/** RFC 6376 3.6.2.2: the strings of one record are put together without blanks; other records of the name are none of ours. */
function recordOf(answer: string[][] | string[]): string | null {
  const records = answer.map((each) => (typeof each === 'string' ? each : each.join('')));
  return records.find((record) => /(?:^|;)\s*p\s*=/.test(record))?.slice(0, 4000) ?? null;
}

const isAbsent = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'ENOTFOUND' || error.code === 'ENODATA');
