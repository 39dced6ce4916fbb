// The PROXY protocol header, versions 1 and 2 (haproxy.org proxy-protocol.txt, "spec"): the first bytes of a connection from a load
// balancer tell who the client is. Whether the peer may say so is the listener's business.
import { canonicalIp } from '../../lib/ip.ts';
import { crc32cOf } from './crc32c.ts';

export interface Endpoint {
  /** Canonical text. */
  readonly ip: string;
  readonly port: number;
}

export type ProxyHeader =
  /** Not all there; never answered beyond the length a header can have. */
  | { readonly kind: 'more' }
  /**
   * `bytes` of the buffer were the header. `local`: the balancer speaks for itself (a health check). Without `source` (local, UNKNOWN,
   * or no TCP over IP) the connection's own addresses hold.
   */
  | { readonly kind: 'ok'; readonly bytes: number; readonly local: boolean; readonly source: Endpoint | null; readonly destination: Endpoint | null }
  | { readonly kind: 'bad'; readonly why: string };

/** Spec 2.1: a version 1 line has at most 107 octets, CRLF included. */
const MAX_V1_BYTES = 107;
/** Header and extensions of version 2. The spec allows 64 KiB; real ones have a few hundred octets, and this much is kept for a stranger. */
const MAX_V2_BYTES = 4096;
const V2_HEAD_BYTES = 16;
const v1Start = Buffer.from('PROXY ', 'latin1');
const v2Signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
/** Spec 2.2.3: type PP2_TYPE_CRC32C. */
const TLV_CRC32C = 0x03;

const more: ProxyHeader = { kind: 'more' };
const bad = (why: string): ProxyHeader => ({ kind: 'bad', why });
const withoutAddresses = (bytes: number, local: boolean): ProxyHeader => ({ kind: 'ok', bytes, local, source: null, destination: null });

/** Reads the header at the start of all bytes received so far. */
export function readProxyHeader(buffer: Buffer): ProxyHeader {
  if (startsLike(buffer, v1Start)) return buffer.length < v1Start.length ? more : readV1(buffer);
  if (startsLike(buffer, v2Signature)) return buffer.length < V2_HEAD_BYTES ? more : readV2(buffer);
  return bad('no PROXY header');
}

/** The shorter of the two is the beginning of the longer. */
function startsLike(buffer: Buffer, start: Buffer): boolean {
  const bytes = Math.min(buffer.length, start.length);
  return buffer.compare(start, 0, bytes, 0, bytes) === 0;
}

function readV1(buffer: Buffer): ProxyHeader {
  const end = buffer.subarray(0, MAX_V1_BYTES).indexOf('\r\n', 0, 'latin1');
  if (end < 0) return buffer.length < MAX_V1_BYTES ? more : bad('the header line is too long');
  const [, protocol, ...fields] = buffer.toString('latin1', 0, end).split(' ');
  // Spec 2.1: whatever stands behind UNKNOWN is ignored.
  if (protocol === 'UNKNOWN') return withoutAddresses(end + 2, false);
  const [from = '', to = '', fromPort = '', toPort = ''] = fields;
  if ((protocol !== 'TCP4' && protocol !== 'TCP6') || fields.length !== 4) return bad('the header line is malformed');
  const source = endpoint(protocol, from, fromPort);
  const destination = endpoint(protocol, to, toPort);
  return source === null || destination === null ? bad('an address is malformed') : { kind: 'ok', bytes: end + 2, local: false, source, destination };
}

function endpoint(protocol: 'TCP4' | 'TCP6', address: string, port: string): Endpoint | null {
  if (!/^[0-9A-Fa-f:.]+$/.test(address) || address.includes(':') !== (protocol === 'TCP6')) return null;
  const ip = canonicalIp(address);
  if (ip === '' || !/^(?:0|[1-9]\d{0,4})$/.test(port) || Number(port) > 65_535) return null;
  return { ip, port: Number(port) };
}

function readV2(buffer: Buffer): ProxyHeader {
  const versionAndCommand = buffer[12] ?? 0;
  const bytes = V2_HEAD_BYTES + buffer.readUInt16BE(14);
  if (versionAndCommand !== 0x20 && versionAndCommand !== 0x21) return bad('the version or command is not known');
  if (bytes > MAX_V2_BYTES) return bad('the header is too long');
  if (buffer.length < bytes) return more;
  const header = buffer.subarray(0, bytes);
  // Spec 2.2: LOCAL; the receiver uses the real endpoints and discards the rest.
  if (versionAndCommand === 0x20) return withoutAddresses(bytes, true);
  const family = buffer[13] ?? 0;
  const addressBytes = sizeOfAddresses[family >> 4];
  if (addressBytes === undefined || (family & 0x0f) > 2) return bad('the address family is not known');
  if (bytes < V2_HEAD_BYTES + addressBytes) return bad('the addresses are cut off');
  const fault = checkExtensions(header, V2_HEAD_BYTES + addressBytes);
  if (fault !== null) return bad(fault);
  if (family === 0x11) return { kind: 'ok', bytes, local: false, source: endpointAt(header, 16, 4, 24), destination: endpointAt(header, 20, 4, 26) };
  if (family === 0x21) return { kind: 'ok', bytes, local: false, source: endpointAt(header, 16, 16, 48), destination: endpointAt(header, 32, 16, 50) };
  return withoutAddresses(bytes, false);
}

/** Octets of both addresses and ports by family: unspecified, IPv4, IPv6, Unix (spec 2.2). */
const sizeOfAddresses: readonly number[] = [0, 12, 36, 216];

function endpointAt(header: Buffer, at: number, width: 4 | 16, portAt: number): Endpoint {
  const octets = header.subarray(at, at + width);
  const text = width === 4 ? octets.join('.') : canonicalIp((octets.toString('hex').match(/.{4}/g) ?? []).join(':'));
  return { ip: text, port: header.readUInt16BE(portAt) };
}

/** Walks the extensions (TLV) and verifies the checksum where there is one; what is wrong, or null. */
function checkExtensions(header: Buffer, from: number): string | null {
  let at = from;
  while (at < header.length) {
    if (at + 3 > header.length) return 'an extension is cut off';
    const bytes = header.readUInt16BE(at + 1);
    if (at + 3 + bytes > header.length) return 'an extension is cut off';
    if (header[at] === TLV_CRC32C && !checksumHolds(header, at + 3, bytes)) return 'the checksum is wrong';
    at += 3 + bytes;
  }
  return null;
}

/** Spec 2.2.3: CRC32C over the whole header with the checksum's own octets zero. */
function checksumHolds(header: Buffer, at: number, bytes: number): boolean {
  if (bytes !== 4) return false;
  const zeroed = Buffer.from(header);
  zeroed.fill(0, at, at + 4);
  return crc32cOf(zeroed) === header.readUInt32BE(at);
}
