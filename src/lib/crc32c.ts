// CRC-32C (Castagnoli, RFC 3720 B.4), as storage uses it: finds every burst of up to 32 wrong bits.

/** The polynomial, bits reversed. */
const polynomial = 0x82f63b78;

const table: Readonly<Uint32Array> = Uint32Array.from({ length: 256 }, (_, octet) => {
  let value = octet;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ polynomial : value >>> 1;
  return value;
});

/** CRC-32C of the octets; `before` is that of what stands in front of them. */
export function crc32c(octets: Uint8Array, before = 0): number {
  let value = ~before;
  for (const octet of octets) value = (table[(value ^ octet) & 0xff] ?? 0) ^ (value >>> 8);
  return ~value >>> 0;
}
