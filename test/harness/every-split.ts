// The ways in which TCP may cut a byte stream, for parsers that must not care.

/** Whole, cut in two at every place, and octet by octet. Every chunk is a copy with room of its own, as a socket gives it. */
export function* everySplit(octets: Buffer): Generator<readonly Buffer[], void> {
  const copy = (from: number, to: number): Buffer => Buffer.from(octets.subarray(from, to));
  yield [copy(0, octets.length)];
  for (let at = 1; at < octets.length; at++) yield [copy(0, at), copy(at, octets.length)];
  yield Array.from(octets, (_, at) => copy(at, at + 1));
}
