// The one thing that node:dns does not tell of most records: how long others may keep them. Pure: a question to octets, an answer to seconds (RFC 1035 4.1).

/** Types of records that are asked for. */
export const recordTypes = { A: 1, MX: 15, AAAA: 28 } as const;
export type RecordType = keyof typeof recordTypes;

/** A question of class IN with recursion desired. `id` has 16 bits. */
export function dnsQuestion(id: number, name: string, type: RecordType): Buffer {
  const head = Buffer.from([id >> 8, id & 0xff, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  const labels = name
    .split('.')
    .filter((label) => label !== '')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]));
  return Buffer.concat([head, ...labels, Buffer.from([0, 0, recordTypes[type], 0, 1])]);
}

/** Seconds others may keep the records asked for: the least of them; null where there are none, or it is no answer to `id`. */
export function ttlIn(answer: Buffer, id: number, type: RecordType): number | null {
  if (answer.length < 12 || answer.readUInt16BE(0) !== id || (answer[2] ?? 0) < 0x80) return null;
  let at = 12;
  for (let questions = answer.readUInt16BE(4); questions > 0; questions -= 1) at = nameEnd(answer, at) + 4;
  let least: number | null = null;
  for (let records = answer.readUInt16BE(6); records > 0; records -= 1) {
    at = nameEnd(answer, at);
    if (at + 10 > answer.length) break;
    if (answer.readUInt16BE(at) === recordTypes[type]) least = Math.min(least ?? Number.POSITIVE_INFINITY, answer.readUInt32BE(at + 4));
    at += 10 + answer.readUInt16BE(at + 8);
  }
  return least;
}

/** Behind a name: a pointer ends it (RFC 1035 4.1.4). */
function nameEnd(octets: Buffer, from: number): number {
  let at = from;
  for (let length = octets[at] ?? 0; length !== 0; length = octets[at] ?? 0) {
    if (length >= 0xc0) return at + 2;
    at += length + 1;
  }
  return at + 1;
}
