// Our DKIM signature in what a report returns: proof that these header fields left us, for as long as mail may come back, and for the address
// that they name as their author. Whoever had such a letter can make a report of it, to that address alone and for fourteen days: as with the
// trace header.
import { addressOf, type Mailbox } from '../model/mailbox.ts';
import type { ReportInHand, ReportProof } from '../model/report-judgement.ts';
import { returnedOctets } from '../wire/message/returned-octets.ts';
import { returnsMs } from './outgoing-keys.ts';
import type { HeldSignatures, HoldingSignature } from './sender-proof.ts';

/** What a look at the signatures gives. unsure: DNS did not answer for a key. */
export type SignatureProof = Extract<ReportProof, 'signature' | 'signed-header'> | 'unsure' | null;

/** Milliseconds by which a signer's clock may be ahead of ours. */
const clockSlackMs = 3_600_000;
/** Signatures looked at for one of ours: a report may hold as many as its maker likes. */
const mostNamed = 20;
const domainTag = /(?:^|;)\s{0,20}d\s{0,20}=\s{0,20}([^;\s]{1,253})/;

/** Whether anything is returned that claims to be signed by a domain of ours. */
export function claimsOurSignature({ understanding: { returned } }: Pick<ReportInHand, 'understanding'>, ours: ReadonlySet<string>): boolean {
  const fields = returned?.headers.get('dkim-signature')?.slice(0, mostNamed) ?? [];
  return fields.some((value) => ours.has((domainTag.exec(value.slice(0, 4000))?.[1] ?? '').toLowerCase()));
}

export interface SignatureQuestion {
  readonly report: Pick<ReportInHand, 'text' | 'recipients'>;
  /** Domains of ours, lower case. */
  readonly ours: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** The signatures that hold, by keys of our domains alone; see sender-proof.ts. */
  verify(message: Buffer): Promise<HeldSignatures>;
}

/** What the signatures of a returned message prove. */
export async function signatureProof({ report, ours, atMs, verify }: SignatureQuestion): Promise<SignatureProof> {
  const message = returnedOctets(Buffer.from(report.text, 'latin1'));
  if (message === null) return null;
  const { held, unsure } = await verify(message);
  const proving = held.filter((each) => ours.has(each.domain) && isOfTime(each, atMs) && namesAuthor(each, report.recipients));
  if (proving.length === 0) return unsure ? 'unsure' : null;
  return proving.some(({ covers }) => covers === 'message') ? 'signature' : 'signed-header';
}

/** RFC 6376 3.5 `t=` and `x=`; without `t=` the signed Date. One without any time would prove for ever. */
function isOfTime({ signedAt, expiresAt, fields }: HoldingSignature, atMs: number): boolean {
  const at = signedAt ?? Date.parse(valueOf(fields, 'date') ?? '');
  if (!(at <= atMs + clockSlackMs && atMs - at <= returnsMs)) return false;
  return expiresAt === null || expiresAt > atMs;
}

/** The report goes to who is named as author or sender of what was signed: Anna's letter proves nothing for Bert. */
function namesAuthor({ fields }: HoldingSignature, recipients: readonly Mailbox[]): boolean {
  const named = ['from', 'sender', 'reply-to'].map((name) => (valueOf(fields, name) ?? '').toLowerCase()).join(' ');
  const addresses = new Set(named.match(/[^\s<>"(),;:@]{1,64}@[a-z0-9.-]{1,253}/g));
  return recipients.some((to) => addresses.has(addressOf(to).toLowerCase()));
}

/** Of a signed field, unfolded. */
function valueOf(fields: readonly string[], name: string): string | null {
  const line = fields.find((each) => each.slice(0, each.indexOf(':')).trim().toLowerCase() === name);
  return line === undefined
    ? null
    : line
        .slice(line.indexOf(':') + 1)
        .replaceAll(/\r?\n/g, '')
        .trim();
}
