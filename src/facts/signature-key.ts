// The public keys of DKIM (RFC 6376 3.6.1) as far as our own domains need them: read a record, and verify a signature over a header.
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';

/** A key record, or that there is none, or that it cannot be told for now. */
export type KeyLook = { readonly kind: 'known'; readonly record: string } | { readonly kind: 'absent' } | { readonly kind: 'unknown' };

export interface SignedHeader {
  /** The record's text, `v=DKIM1; p=...`. */
  readonly key: string;
  /** `a=`: `rsa-sha256` or `ed25519-sha256`; rsa-sha1 proves nothing (RFC 8301 3.1). */
  readonly algorithm: string;
  /** The header in canonical form, with the signature's own field. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Bits below which a modulus proves nothing (RFC 8301 3.2). */
const fewestBits = 1024;
/** What stands before the 32 octets of an Ed25519 key in its usual envelope (RFC 8410). */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');

/** Whether the signature over a header is of this key; never throws. */
export function verifiesHeader({ key, algorithm, signed, signature }: SignedHeader): boolean {
  try {
    const tags = tagsOf(key);
    const kind = algorithm.toLowerCase();
    if (!mayBeUsed(tags) || (kind !== 'rsa-sha256' && kind !== 'ed25519-sha256')) return false;
    const isRsa = kind.startsWith('rsa');
    if ((tags.get('k')?.toLowerCase() ?? 'rsa') !== (isRsa ? 'rsa' : 'ed25519')) return false;
    const octets = Buffer.from(tags.get('p') ?? '', 'base64');
    if (!isRsa) {
      const publicKey = createPublicKey({ key: octets.length === 32 ? Buffer.concat([ed25519Prefix, octets]) : octets, format: 'der', type: 'spki' });
      return verify(null, createHash('sha256').update(signed).digest(), publicKey, signature); // RFC 8463 3
    }
    const publicKey = rsaKey(octets);
    return (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) >= fewestBits && verify('sha256', signed, publicKey, signature);
  } catch {
    return false; // what is no key proves nothing
  }
}

/** RFC 6376 3.6.1: an empty `p=` is a revoked key; `s=` and `h=` say what it is for. */
function mayBeUsed(tags: ReadonlyMap<string, string>): boolean {
  const allows = (tag: string, ...wanted: readonly string[]): boolean => {
    const list = tags.get(tag);
    return list === undefined || list.split(':').some((each) => wanted.includes(each.toLowerCase()));
  };
  return (tags.get('p') ?? '') !== '' && (tags.get('v') ?? 'DKIM1') === 'DKIM1' && allows('s', 'email', '*') && allows('h', 'sha256');
}

/** Most write a SubjectPublicKeyInfo, as everybody's tools make it; the standard says RSAPublicKey. */
function rsaKey(octets: Buffer): KeyObject {
  try {
    return createPublicKey({ key: octets, format: 'der', type: 'spki' });
  } catch {
    return createPublicKey({ key: octets, format: 'der', type: 'pkcs1' });
  }
}

const tagsOf = (record: string): ReadonlyMap<string, string> =>
  new Map(
    record.split(';').map((tag) => {
      const at = tag.indexOf('=');
      return [tag.slice(0, at).trim(), tag.slice(at + 1).replaceAll(/\s/g, '')] as const;
    }),
  );
