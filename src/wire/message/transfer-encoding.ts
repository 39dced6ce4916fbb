// Content-Transfer-Encoding (RFC 2045 6), read with tolerance: what is no encoding is left as it stands.

/** The octets of a body, given as a character an octet; at most `maxBytes` come out. */
export function decodeTransfer(body: string, rawEncoding: string, maxBytes: number): Buffer {
  const encoding = rawEncoding.trim().toLowerCase();
  // Four characters of base64 make three octets, with line ends between; quoted-printable may take three characters for one octet.
  const text = body.slice(0, maxBytes * 4);
  const octets = encoding === 'base64' ? decodeBase64(text) : Buffer.from(encoding === 'quoted-printable' ? decodeQuotedPrintable(text) : text, 'latin1');
  return octets.length > maxBytes ? octets.subarray(0, maxBytes) : octets;
}

/** RFC 2045 6.8; each line group up to a padding is decoded on its own, as concatenated bodies need it. */
function decodeBase64(text: string): Buffer {
  const pure = text.replace(/[^A-Za-z0-9+/=]/g, '');
  if (!pure.includes('=')) return Buffer.from(pure, 'base64');
  return Buffer.concat(pure.split(/={1,3}/, 50).map((piece) => Buffer.from(piece, 'base64')));
}

/** RFC 2045 6.7 */
function decodeQuotedPrintable(text: string): string {
  return text.replace(/=[ \t]{0,70}\n/g, '').replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
