// The argument of BDAT (RFC 3030 2).

export interface ChunkHeader {
  /** Octets that follow the command line. Beyond 2^53 not exact, and far too many anyway. */
  readonly bytes: number;
  /** The message ends with them. */
  readonly last: boolean;
}

/** Reads `size` or `size LAST`; null where it is neither, and nobody can tell how many octets follow. */
export function parseBdat(argument: string): ChunkHeader | null {
  const match = /^(\d{1,20})(?: +(LAST))?$/i.exec(argument);
  if (match === null) return null;
  return { bytes: Number(match[1]), last: match[2] !== undefined };
}
