// What of a message goes to the verification of its signatures. Each signature canonicalises and hashes the whole body, and long folded fields cost time by the square of
// their length: a stranger's message must not hold a door for seconds. Pure.

/** Fields of one message that are verified at most; nobody signs that often. */
const mostSignatures = 5;
/** Octets of body for all of them together. */
const mostHashedBytes = 2 * 1024 ** 2;
/** Octets of the longest signature field that is looked at: RSA with 4,096 bits and a long `h=` take less than half of it. */
const mostFieldBytes = 4096;
/** Lines of one field beyond which nothing of the message is verified. */
const mostLines = 2000;

export interface Provable {
  readonly message: Buffer;
  /** Signatures were left out: that none of the others holds says nothing. */
  readonly isLess: boolean;
}

const signatureName = 'dkim-signature';
const foldStarts: readonly number[] = [0x20, 0x09];

/** The message without the signatures that are too many or too long, those of `preferred` kept first; null where nothing of it is to be verified. */
export function provable(message: Buffer, isPreferred: (domain: string) => boolean, others: 'too' | 'never' = 'too'): Provable | null {
  const fields = fieldsOf(message);
  if (fields === null) return null;
  const signatures = fields.filter((field) => nameOf(message, field) === signatureName);
  // ARC proves nothing here, and is read all the same.
  const arc = fields.filter((field) => lengthOf(field) > mostFieldBytes && nameOf(message, field).startsWith('arc-'));
  if (signatures.length + arc.length === 0) return { message, isLess: false };
  const most = Math.max(1, Math.min(mostSignatures, Math.floor(mostHashedBytes / message.length)));
  const short = signatures.filter((field) => lengthOf(field) <= mostFieldBytes).map((field) => ({ field, isFirst: isPreferred(domainOf(message, field)) }));
  const chosen = [...short.filter(({ isFirst }) => isFirst), ...(others === 'too' ? short.filter(({ isFirst }) => !isFirst) : [])].slice(0, most);
  const kept = new Set(chosen.map(({ field }) => field.from));
  const left = [...signatures.filter(({ from }) => !kept.has(from)), ...arc].sort((one, other) => one.from - other.from);
  return { message: without(message, left), isLess: chosen.length < signatures.length };
}

interface Field {
  readonly from: number;
  /** Behind its last line end. */
  readonly to: number;
}

/** The fields of the header; null where one has too many lines. */
function fieldsOf(message: Buffer): readonly Field[] | null {
  const fields: Field[] = [];
  let from = 0;
  let lines = 0;
  for (let at = 0; at < message.length;) {
    const end = message.indexOf('\r\n', at);
    const next = end < 0 ? message.length : end + 2;
    lines += 1;
    if (lines > mostLines) return null;
    if (!foldStarts.includes(message[next] ?? 0)) {
      fields.push({ from, to: next });
      [from, lines] = [next, 0];
      if (message.subarray(next, next + 2).equals(lineEnd) || end < 0) break;
    }
    at = next;
  }
  return fields;
}

const lineEnd = Buffer.from('\r\n');

const lengthOf = ({ from, to }: Field): number => to - from;

const nameOf = (message: Buffer, { from, to }: Field): string =>
  (message.toString('latin1', from, Math.min(to, from + 80)).split(':', 1)[0] ?? '').trimEnd().toLowerCase();

/** Its `d=`, lower case; '' where it has none. */
const domainOf = (message: Buffer, { from, to }: Field): string =>
  /[:;][ \t\r\n]{0,20}d[ \t]{0,5}=[ \t\r\n]{0,20}([^; \t\r\n]{1,253})/i.exec(message.toString('latin1', from, to))?.[1]?.toLowerCase() ?? '';

function without(message: Buffer, fields: readonly Field[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { from, to } of fields) {
    parts.push(message.subarray(at, from));
    at = to;
  }
  return Buffer.concat([...parts, message.subarray(at)]);
}
