// Parameters by which a sender says what notifications it wants (RFC 3461 4): checked, and kept as they were written, because they are
// for the next hop and not for us.
import { decodeXtext } from './xtext.ts';

/** RFC 3461 4.4 and 4.2: longest ENVID and ORCPT in characters. */
const MAX_ENVID = 100;
const MAX_ORCPT = 500;

/** RET of MAIL (RFC 3461 4.3); null where the value is bad. */
export function readRet(value: string | null): 'FULL' | 'HDRS' | null {
  const ret = value?.toUpperCase();
  return ret === 'FULL' || ret === 'HDRS' ? ret : null;
}

/** ENVID of MAIL (RFC 3461 4.4): xtext of printable ASCII. */
export function readEnvid(value: string | null): string | null {
  if (value === null || value.length > MAX_ENVID) return null;
  const decoded = decodeXtext(value);
  return decoded !== null && /^[ -~]+$/.test(decoded) ? value : null;
}

/** NOTIFY of RCPT (RFC 3461 4.1): NEVER alone, or a list of the others. */
export function readNotify(value: string | null): string | null {
  if (value === null) return null;
  const words = value.toUpperCase().split(',');
  if (words.length === 1 && words[0] === 'NEVER') return value;
  return words.every((word) => word === 'SUCCESS' || word === 'FAILURE' || word === 'DELAY') ? value : null;
}

/** ORCPT of RCPT (RFC 3461 4.2): `type;xtext`; with SMTPUTF8 an address of type utf-8 may stand as it is (RFC 6533 3). */
export function readOrcpt(value: string | null, smtputf8: boolean): string | null {
  if (value === null || value.length > MAX_ORCPT) return null;
  const [, type = '', address = ''] = /^([A-Za-z0-9-]+);(.+)$/.exec(value) ?? [];
  if (smtputf8 && type.toLowerCase() === 'utf-8' && /[^ -~]/.test(address)) return /^[^\p{C}\p{Z}]+$/u.test(address) ? value : null;
  const decoded = decodeXtext(address);
  return decoded !== null && decoded !== '' && !/\p{Cc}/u.test(decoded) ? value : null;
}
