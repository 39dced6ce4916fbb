// Addresses and names as operators write them in scopes: `local@domain`, `domain`, or `.domain` for all below it; `<>` is the null sender.
import type { Mailbox, Sender } from '../model/mailbox.ts';
import { addressKey } from './list-entry.ts';

/** Whether a pattern (in its look-up form) means this address. No pattern means an address without a domain. */
export function patternFits(pattern: string, address: Sender): boolean {
  if (address === null) return pattern === '<>';
  return pattern.includes('@') ? pattern === addressKey(address.localPart, address.domain) : nameFits(pattern, address.domain);
}

/** Whether a domain pattern means this name, in any case, with or without the final dot. */
export function nameFits(pattern: string, raw: string): boolean {
  const name = raw.toLowerCase().replace(/\.$/, '');
  return pattern.startsWith('.') ? name.endsWith(pattern) : name === pattern;
}

/** Whether some address is meant by both patterns. */
export const patternsMeet = (one: string, other: string): boolean => contains(one, other) || contains(other, one);

/** Whether all that `inner` means is meant by `outer`. */
function contains(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  if (outer.includes('@') || outer === '<>' || inner === '<>') return false;
  const domain = inner.slice(inner.lastIndexOf('@') + 1);
  // `.example.org` holds all of `.mail.example.org`, but not of `example.org`.
  return outer.startsWith('.') ? domain.endsWith(outer) && domain !== outer : domain === outer;
}

/** Every pattern that can mean this address, the narrowest first: for look-ups in a map. A domain has at most 127 labels. */
export function patternsOf(address: Sender): readonly string[] {
  if (address === null) return ['<>'];
  const { localPart, domain }: Mailbox = address;
  const patterns = [addressKey(localPart, domain), domain];
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) patterns.push(domain.slice(dot));
  return patterns;
}
