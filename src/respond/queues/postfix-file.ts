// A queue file of Postfix (src/global/rec_type.h, record.c): records of a type octet, a length of seven bits an octet, least first, and as many octets.
// Read with our own eyes because a body can print whatever separators a listing of postcat has; a record's length cannot be forged.
import { canonicalIp } from '../../lib/ip.ts';
import type { OpenedMessage } from './mail-queue.ts';

const newline = Buffer.from('\n');
/** Records of one file: a message of 100 MB in short lines has fewer than this. */
const mostRecords = 10_000_000;

/** Reads envelope attributes and the first `maxBytes` octets of the message, line ends LF; what is cut off or damaged ends it. */
export function readPostfixFile(file: Buffer, maxBytes: number): OpenedMessage {
  const attributes = new Map<string, string>();
  const content: Buffer[] = [];
  let bytes = 0;
  let inMessage = false;
  for (const { type, value } of recordsOf(file)) {
    if (type === 'M') inMessage = true;
    else if (type === 'X' && inMessage) break;
    else if (type === 'A' && !inMessage) setAttribute(attributes, value.toString('utf8'));
    // N: a line; L: a part of one that goes on.
    else if (inMessage && (type === 'N' || type === 'L')) {
      content.push(value, ...(type === 'N' ? [newline] : []));
      bytes += value.length + 1;
      if (bytes >= maxBytes) break;
    }
  }
  return {
    user: attributes.get('sasl_username') ?? null,
    ip: canonicalIp((attributes.get('client_address') ?? '').replace(/^ipv6:/i, '')),
    beginning: Buffer.concat(content).subarray(0, maxBytes),
  };
}

/** What a filter set stands behind what the server wrote, and the first is the client's. */
function setAttribute(attributes: Map<string, string>, text: string): void {
  const equals = text.indexOf('=');
  const name = text.slice(0, equals);
  if (equals > 0 && !attributes.has(name)) attributes.set(name, text.slice(equals + 1));
}

/**
 * Pointers (p) lead on where a header was changed in place by a milter: the record they lead to may be behind or before, so each place
 * is a pointer's target once only.
 */
function* recordsOf(file: Buffer): Generator<{ readonly type: string; readonly value: Buffer }> {
  const seen = new Set<number>();
  let at = 0;
  for (let count = 0; at < file.length && count < mostRecords; count++) {
    const type = String.fromCharCode(file[at] ?? 0);
    let length = 0;
    let shift = 0;
    at += 1;
    for (let more = true; more; shift += 7) {
      const octet = file[at];
      if (octet === undefined || shift > 28) return;
      at += 1;
      length |= (octet & 0x7f) << shift;
      more = octet >= 0x80;
    }
    if (length < 0 || at + length > file.length) return;
    const value = file.subarray(at, at + length);
    at += length;
    if (type === 'p') {
      const target = Number(value.toString('latin1').trim());
      if (!Number.isInteger(target) || target < 0) return;
      if (target === 0) continue; // a place for a pointer that was not needed
      if (seen.has(target)) return;
      seen.add(target);
      at = target;
      continue;
    }
    yield { type, value };
    if (type === 'E') return;
  }
}
