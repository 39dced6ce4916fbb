// What the SPF record of a domain of ours says of the address from which a report says the mail came: weak, for the report may say anything,
// and remembered, for a flood names the same few domains and many addresses. Bounded in questions and in time; what is not asked is no hint.
import { afterOne, waitOf } from '../lib/gcra.ts';
import { LruMap } from '../lib/lru-map.ts';
import type { OriginHint } from '../model/report-judgement.ts';
import { hintOf } from './report-weights.ts';

export interface OriginHintsParts {
  /** The SPF result in the words of RFC 8601; may reject. */
  permits(ip: string, domain: string): Promise<string>;
  /** Milliseconds, never backwards. */
  now(): number;
}

/** Answers kept, and for how long in ms. */
const mostKept = 10_000;
const keptMs = 600_000;
/** Questions at once, and how many a second: each is up to ten look-ups (RFC 7208 4.6.4), nearly all of them remembered. */
const mostAtOnce = 8;
const rate = { everyMs: 20, burst: 50 };

/** Null: nothing is known, or there is no room to ask. Never rejects. */
export function createOriginHints({ permits, now }: OriginHintsParts): (ip: string, domain: string) => Promise<OriginHint | null> {
  const kept = new LruMap<string, OriginHint | 'none'>({ capacity: mostKept, now });
  let restAt = 0;
  let underWay = 0;
  return async (ip, domain) => {
    const question = `${ip} ${domain}`;
    const known = kept.get(question);
    if (known !== undefined) return known === 'none' ? null : known;
    if (underWay >= mostAtOnce || waitOf(restAt, rate, now()) > 0) return null;
    restAt = afterOne(restAt, rate, now());
    underWay++;
    try {
      const hint = hintOf(await permits(ip, domain));
      kept.set(question, hint ?? 'none', keptMs);
      return hint;
    } catch {
      return null; // DNS did not answer: no word for or against
    } finally {
      underWay--;
    }
  };
}
