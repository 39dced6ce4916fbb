// The client as a trusted peer describes it by XCLIENT (Postfix XCLIENT_README).
import { isIP } from 'node:net';
import { canonicalIp } from '../../lib/ip.ts';
import type { Client } from '../../model/client.ts';

/**
 * Attributes that are absent keep their value; unavailable ones (null) do so too. A client whose address the peer does not know is
 * nobody's insider, though the peer itself may be one: it would lend every stranger its own permission to relay.
 * Nor is it taken for a next hop: those come by themselves.
 */
export function clientAfterXclient(client: Client, attributes: Readonly<Record<string, string | null>>, isInside: (ip: string) => boolean): Client {
  const given = (attributes['ADDR'] ?? '').replace(/^IPV6:/i, '');
  const ip = isIP(given) === 0 ? client.ip : canonicalIp(given);
  const port = Number(attributes['PORT'] ?? client.port);
  const { nextHop: _, ...rest } = client;
  return { ...rest, ip, port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : client.port, inside: attributes['ADDR'] !== null && isInside(ip) };
}
