// Proofs and hints that need DNS, looked at only where the memory proves nothing: our signature in what is returned, and whether our SPF record
// permits the address from which it says the mail came. A report waits no longer than the timeout.
import type { OriginHint, ReportInHand } from '../model/report-judgement.ts';
import { afterOne, waitOf } from '../lib/gcra.ts';
import { createOriginHints, type OriginHintsParts } from './origin-hints.ts';
import { claimsOurSignature, signatureProof, type SignatureProof, type SignatureQuestion } from './outgoing-signature.ts';

export interface ReturnEvidence {
  /** Whether there is anything to look at. */
  mayAdd(report: ReportInHand, originIp: string | null): boolean;
  /** Never rejects; `unsure` where DNS does not answer in time, or more claim it than are looked at. */
  signature(report: ReportInHand): Promise<SignatureProof>;
  /** Never rejects; null is no hint. */
  origin(report: ReportInHand, originIp: string | null): Promise<OriginHint | null>;
}

export interface ReturnEvidenceParts extends Pick<SignatureQuestion, 'ours' | 'verify'> {
  /** Null: the SPF record is not asked. */
  readonly permits: OriginHintsParts['permits'] | null;
  /** A report waits so long for each of the two at most, in ms. */
  readonly timeoutMs: number;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Reports whose signatures are verified, in each door: each costs about a millisecond, and a forger can write our domain into all of his. */
const verified = { everyMs: 10, burst: 100 };

/** What a door asks. */
export function createReturnEvidence({ ours, verify, permits, timeoutMs, now }: ReturnEvidenceParts): ReturnEvidence {
  const hint = permits === null ? null : createOriginHints({ permits, now });
  let restAt = 0;
  const domainOf = ({ recipients }: ReportInHand): string | undefined => recipients.find(({ domain }) => ours.has(domain))?.domain;
  return {
    mayAdd: (report, originIp) => (hint !== null && originIp !== null) || claimsOurSignature(report, ours),
    signature: (report) => {
      if (!claimsOurSignature(report, ours)) return Promise.resolve(null);
      // Not looked at is not absent: a flood of claims must not make a real bounce of ours forged.
      if (waitOf(restAt, verified, now()) > 0) return Promise.resolve('unsure');
      restAt = afterOne(restAt, verified, now());
      // What cannot be read proves nothing, as if it were not there.
      const proof = signatureProof({ report, ours, atMs: now(), verify }).catch(() => null);
      return inTime<SignatureProof>(proof, timeoutMs, 'unsure');
    },
    origin: (report, originIp) => {
      const domain = domainOf(report);
      return hint === null || originIp === null || domain === undefined ? Promise.resolve(null) : inTime(hint(originIp, domain), timeoutMs, null);
    },
  };
}

async function inTime<T>(wanted: Promise<T>, timeoutMs: number, otherwise: T): Promise<T> {
  const late = Promise.withResolvers<T>();
  const timer = setTimeout(late.resolve, timeoutMs, otherwise);
  try {
    return await Promise.race([wanted, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
