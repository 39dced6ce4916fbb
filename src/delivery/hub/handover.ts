// Telling the hub who the outside client was: XCLIENT, by which the hub judges, or XFORWARD, for its log (Postfix XCLIENT_README, XFORWARD_README).
import type { DeliveryRequest, Handover } from '../../model/delivery.ts';
import { oneLine, type Reply } from '../../model/reply.ts';
import type { EhloCapabilities } from '../../wire/smtp/ehlo.ts';
import { formatXclient, formatXforward, type XclientAttributes } from '../../wire/smtp/xclient.ts';
import { isLost, type HubClient, type Lost } from './client.ts';
import { sayHello } from './opening.ts';

/** XFORWARD commands for a message; none when the hub does not offer it. IDENT is our reference, so that the hub's log leads back to ours. */
export function forwardCommands({ handover, reference }: DeliveryRequest, hub: EhloCapabilities): readonly string[] {
  const { client, reverseName, helo } = handover;
  if (hub.xforward.size === 0) return [];
  return formatXforward(
    {
      NAME: reverseName,
      ADDR: client.ip,
      PORT: String(client.port),
      PROTO: protocolOf(handover),
      HELO: helo,
      IDENT: reference,
      SOURCE: client.inside ? 'LOCAL' : 'REMOTE',
    },
    hub.xforward,
  );
}

/**
 * Says XCLIENT, and EHLO again, because the hub is back at its greeting. Every attribute is said every time: what is left out would keep
 * the value of the message before, another's login for instance. Null: done. A reply: the hub's refusal of that client.
 */
export async function impersonate(client: HubClient, handover: Handover, options: HelloOptions): Promise<Reply | Lost | null> {
  const attributes = xclientAttributes(handover);
  client.impersonating = true;
  let answer = await sayXclient(client, attributes, options.commandMs);
  // Postfix with `inet_protocols = ipv4` calls an IPv6 address bad syntax. "Unknown" is judged as an outsider, as it must be;
  // to leave out XCLIENT would have the client judged as us.
  if (isSyntaxError(answer)) answer = await sayXclient(client, withoutIpv6(attributes), options.commandMs);
  if (isLost(answer)) return answer;
  // 500 to 504 speak of our command, not of the client: it must not hear them as its refusal.
  if (answer.code !== 220) return answer.code >= 400 && !isSyntaxError(answer) ? answer : { lost: `XCLIENT was answered ${oneLine(answer)}`, timedOut: false };
  // Postfix takes the name of this EHLO for the client's, so it must be the client's.
  const failed = await sayHello(client, options.protocol, isHostName(handover.helo) ? handover.helo : options.hostname, options.commandMs);
  return failed === null ? null : { lost: failed, timedOut: false };
}

export interface HelloOptions {
  readonly protocol: 'smtp' | 'lmtp';
  /** Our name, where the client's cannot be used. */
  readonly hostname: string;
  readonly commandMs: number;
}

/** Says all commands; the reply to the last, or to the first that was not taken. */
async function sayXclient(client: HubClient, attributes: XclientAttributes, commandMs: number): Promise<Reply | Lost> {
  let answer: Reply | Lost = { code: 220, enhanced: null, lines: [] };
  for (const command of formatXclient(attributes, client.capabilities.xclient)) {
    client.send(command);
    answer = await client.read(commandMs);
    if (isLost(answer) || answer.code !== 220) return answer;
  }
  return answer;
}

const xclientAttributes = (handover: Handover): XclientAttributes => ({
  NAME: handover.reverseName,
  ADDR: handover.client.ip,
  PORT: String(handover.client.port),
  PROTO: protocolOf(handover),
  HELO: handover.helo,
  LOGIN: handover.user,
  DESTADDR: handover.client.localIp,
  DESTPORT: String(handover.client.localPort),
});

const withoutIpv6 = (attributes: XclientAttributes): XclientAttributes => {
  const known = (address: string | null | undefined): string | null => (address?.includes(':') === false ? address : null);
  return { ...attributes, ADDR: known(attributes.ADDR), DESTADDR: known(attributes.DESTADDR) };
};

const isSyntaxError = (answer: Reply | Lost): boolean => !isLost(answer) && answer.code >= 500 && answer.code <= 504;

/** Postfix knows these two words only (RFC 3848's ESMTPS and the like are none of them). */
const protocolOf = ({ esmtp }: Handover): string => (esmtp ? 'ESMTP' : 'SMTP');

const isHostName = (helo: string): boolean => /^[A-Za-z0-9_.:[\]-]{1,255}$/.test(helo);
