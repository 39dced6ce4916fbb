// SPF, DKIM and DMARC of one message, and of one that a report returns. The one file that knows mailauth; it is loaded when the first message
// is looked at, and only the parts of it that are used.
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { dmarc } from 'mailauth/lib/dmarc/index.js';
import { spf } from 'mailauth/lib/spf/index.js';
import type { SenderProof } from '../model/content-reading.ts';
import type { RecordLookup } from './dns-records.ts';
import { provable } from './provable.ts';
import { type KeyLook, verifiesHeader } from './signature-key.ts';

export interface MessageToProve {
  readonly ip: string;
  readonly helo: string;
  /** Envelope sender; '' is the null sender. */
  readonly from: string;
  /** The message as it is to be read: line ends CRLF, dots not stuffed. Without a signature its header is enough. */
  readonly message: Buffer;
}

export interface ProofSources {
  readonly lookUp: RecordLookup;
  /** Our name, for SPF's macros. */
  readonly hostname: string;
}

type Found = { -readonly [K in keyof SenderProof]: SenderProof[K] };

/** Octets in which the author is looked for. */
const headerOctets = 64 * 1024;
/** Characters of `b=` that name a signature; as in the message's traits. */
const markLength = 16;
/** Characters: RFC 5321 4.5.3.1 allows 64 and 255 and what is between them. */
const longestAuthor = 320;

/** Looks everything up, and puts each result into `found` as soon as it is known. */
export async function proveSender({ ip, helo, from, message }: MessageToProve, { lookUp, hostname }: ProofSources, found: Found): Promise<void> {
  const spfDone = spf({ ip, helo, sender: from, mta: hostname, resolver: lookUp }).then((result) => {
    found.spf = result.status.result;
    return result;
  });
  const [author, sender] = [authorsDomain(message), from.slice(from.lastIndexOf('@') + 1).toLowerCase()];
  const bounded = provable(message, (domain) => isNear(domain, author) || isNear(domain, sender));
  if (bounded === null) return void (await spfDone);
  const dkimDone = dkimVerify(bounded.message, { resolver: lookUp, sender: from }).then((result) => {
    const signed = result.results.filter(({ signingDomain }) => signingDomain !== undefined);
    if (signed.length > 0)
      found.dkim = signed.map(({ signingDomain = '', signature = '', status }) => ({
        domain: signingDomain.toLowerCase(),
        mark: signature.replace(/\s/g, '').slice(0, markLength),
        result: status.result,
      }));
    return result;
  });
  const [bySpf, byDkim] = await Promise.all([spfDone, dkimDone]);
  const passed = byDkim.results.filter(({ status }) => status.result === 'pass');
  const judged = await dmarc({
    headerFrom: byDkim.headerFrom,
    fromFields: byDkim.fromFields,
    spfDomains: bySpf.status.result === 'pass' ? [bySpf.domain] : [],
    dkimDomains: passed.map(({ signingDomain = '', status: { aligned, underSized } }) => ({
      domain: signingDomain,
      ...(aligned === undefined ? {} : { aligned }),
      ...(underSized === undefined ? {} : { underSized }),
    })),
    resolver: lookUp,
  });
  const result = judged === false ? 'none' : judged.status.result;
  if (bounded.isLess && result !== 'pass') return; // one that was left out may hold
  found.dmarc = result;
  // Who is proven is whom DMARC looked at; another reading of the same From could find another address in it.
  const [proven, ...others] = byDkim.headerFrom;
  if (result === 'pass' && proven !== undefined && others.length === 0 && proven.length <= longestAuthor) found.author = proven.toLowerCase();
}

/** The same, or one above or below the other: most likely the signature that decides for DMARC. */
const isNear = (domain: string, other: string): boolean =>
  domain !== '' && other !== '' && (other === domain || other.endsWith(`.${domain}`) || domain.endsWith(`.${other}`));

/** A guess, to look at the likely signatures first; who the author is, is mailauth's to say. */
function authorsDomain(message: Buffer): string {
  const from = /^from[ \t]{0,20}:([^\r\n]{0,1000}(?:\r\n[ \t][^\r\n]{0,1000}){0,10})/im.exec(message.toString('latin1', 0, headerOctets))?.[1] ?? '';
  return /@([A-Za-z0-9.-]{1,253})[^@]{0,1000}$/.exec(from)?.[1]?.toLowerCase() ?? '';
}

/** A signature of a returned message that holds, and what it signs. */
export interface HoldingSignature {
  /** `d=`, lower case. */
  readonly domain: string;
  /** header: the body is not, or not all, what was signed; the signed fields are. */
  readonly covers: 'message' | 'header';
  /** `t=` and `x=` in milliseconds since the epoch; null where it has none. */
  readonly signedAt: number | null;
  readonly expiresAt: number | null;
  /** The signed fields as they stand, in the order of `h=`. */
  readonly fields: readonly string[];
}

export interface HeldSignatures {
  readonly held: readonly HoldingSignature[];
  /** A key could not be looked up for now: what it would have proven is not known. */
  readonly unsure: boolean;
}

/**
 * The signatures by these domains in a returned message that hold, by the keys that `keyOf` gives. The header alone proves its fields
 * (RFC 6376 3.7), whatever the body.
 */
export async function heldSignatures(
  message: Buffer,
  domains: ReadonlySet<string>,
  keyOf: (selector: string, domain: string) => Promise<KeyLook>,
): Promise<HeldSignatures> {
  // Without keys mailauth reads, canonicalises and hashes; what is left is to verify, and that is the same with and without the body.
  const noKey = (): Promise<never> => Promise.reject(Object.assign(new Error('no key'), { code: 'ENOTFOUND' }));
  const bounded = provable(message, (domain) => domains.has(domain), 'never');
  if (bounded === null) return { held: [], unsure: true };
  const { results } = await dkimVerify(bounded.message, { resolver: noKey });
  const held: HoldingSignature[] = [];
  let unsure = false;
  const byThem = results.filter(({ signingDomain = '' }) => domains.has(signingDomain.toLowerCase()));
  for (const { signingDomain = '', selector = '', signature = '', algo = '', ...result } of byThem) {
    const { signingHeaders, bodyHash, bodyHashExpecting } = result;
    if (signingHeaders === undefined) continue;
    const key = await keyOf(selector, signingDomain.toLowerCase());
    unsure ||= key.kind === 'unknown';
    const signed = Buffer.from(signingHeaders.canonicalizedHeader, 'base64');
    if (key.kind !== 'known' || !verifiesHeader({ key: key.record, algorithm: algo, signed, signature: Buffer.from(signature, 'base64') })) continue;
    held.push({
      domain: signingDomain.toLowerCase(),
      covers: bodyHash === bodyHashExpecting ? 'message' : 'header',
      signedAt: msOf(result.signTime),
      expiresAt: msOf(result.expiresAfter),
      fields: signingHeaders.headers,
    });
  }
  return { held, unsure };
}

const msOf = (time: string | null | undefined): number | null => (time === null || time === undefined ? null : Date.parse(time));

/** What SPF says of an address that a report's own trace names: RFC 7208 2.6. */
export async function permitsOrigin(ip: string, domain: string, { lookUp, hostname }: ProofSources): Promise<string> {
  const { status } = await spf({ ip, helo: domain, sender: `postmaster@${domain}`, mta: hostname, resolver: lookUp });
  return status.result;
}
