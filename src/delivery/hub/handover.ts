// Telling the hub who the outside client was: XCLIENT, by which the hub judges, or XFORWARD, for its log (Postfix XCLIENT_README, XFORWARD_README).
import type { DeliveryRequest, Handover } from '../../model/delivery.ts';
import type { Reply } from '../../model/reply.ts';
import type { EhloCapabilities } from '../../wire/smtp/ehlo.ts';
import { formatXclient, formatXforward } from '../../wire/smtp/xclient.ts';
import { isLost, type HubClient, type Lost } from './client.ts';
import { sayHello } from './opening.ts';

/** XFORWARD commands for a message; none when the hub does not offer it. IDENT is our reference, so that the hub's log leads back to ours. */
export function forwardCommands({ handover, reference }: DeliveryRequest, hub: EhloCapabilities): readonly string[] {
  const { client, reverseName, helo } = handover;
  if (hub.xforward.size === 0) return [];
  return formatXforward(
    { NAME: reverseName, ADDR: client.ip, PORT: String(client.port), PROTO: protocolOf(handover), HELO: helo, IDENT: reference, SOURCE: client.inside ? 'LOCAL' : 'REMOTE' },
    hub.xforward,
  );
}

/**
 * Says XCLIENT, and EHLO again, because the hub is back at its greeting. Every attribute is said every time: what is left out would keep
 * the value of the message before, another's login for instance. Null: done. A reply: the hub's refusal of that client.
 */
export async function impersonate(client: HubClient, handover: Handover, options: { readonly protocol: 'smtp' | 'lmtp'; readonly hostname: string; readonly commandMs: number }): Promise<Reply | Lost | null> {
  const { client: outside, reverseName, helo, user } = handover;
  const commands = formatXclient(
    {
      NAME: reverseName,
      ADDR: outside.ip,
      PORT: String(outside.port),
      PROTO: protocolOf(handover),
      HELO: helo,
      LOGIN: user,
      DESTADDR: outside.localIp,
      DESTPORT: String(outside.localPort),
    },
    client.capabilities.xclient,
  );
  client.impersonating = true;
  for (const command of commands) {
    client.send(command);
    const answer = await client.read(options.commandMs);
    if (isLost(answer)) return answer;
    // 501 to 503 speak of our command, not of the client: it must not hear them as its refusal.
    if (answer.code !== 220) return answer.code >= 400 && !(answer.code >= 500 && answer.code <= 504) ? answer : { lost: `XCLIENT was answered ${answer.code}`, timedOut: false };
  }
  // Postfix takes the name of this EHLO for the client's, so it must be the client's.
  const failed = await sayHello(client, options.protocol, isHostName(helo) ? helo : options.hostname, options.commandMs);
  return failed === null ? null : { lost: failed, timedOut: false };
}

/** Postfix knows these two words only (RFC 3848's ESMTPS and the like are none of them). */
const protocolOf = ({ esmtp }: Handover): string => (esmtp ? 'ESMTP' : 'SMTP');

const isHostName = (helo: string): boolean => /^[A-Za-z0-9_.:[\]-]{1,255}$/.test(helo);
