// What all sessions of one listener share: the configuration in force, the services, and what may be offered to whom.
import type { SecureContext } from 'node:tls';
import { isIP } from 'node:net';
import type { Config, ListenerConfig } from '../../config/options.ts';
import type { Conversation } from './conversation.ts';
import type { DoorServices } from './services.ts';
import type { Offer } from './step.ts';

/** Replaced as a whole at a reload; a session reads it anew at each command. */
export interface SmtpSite {
  readonly config: Config;
  readonly listener: ListenerConfig;
  readonly services: DoorServices;
  /** Null: no certificate. */
  tlsContext(): SecureContext | null;
  offerFor(conversation: Conversation): Offer;
}

export interface SiteParts {
  readonly config: Config;
  readonly listener: ListenerConfig;
  readonly services: DoorServices;
  readonly tls: SecureContext | null;
  mayXclient(ip: string): boolean;
  mayEtrn(ip: string): boolean;
}

export function createSite(parts: SiteParts): SmtpSite {
  const { config, listener, services, tls } = parts;
  return {
    config,
    listener,
    services,
    tlsContext: () => tls,
    offerFor: (conversation) => offer(parts, conversation),
  };
}

const isLoopback = (ip: string): boolean => ip === '::1' || (isIP(ip) === 4 && ip.startsWith('127.'));

function offer(parts: SiteParts, conversation: Conversation): Offer {
  const { config, services, tls } = parts;
  const { client, user } = conversation;
  const offered = services.auth !== null && user === null ? services.auth.mechanisms : [];
  // Passwords travel under TLS only (RFC 4954 4); where there is no certificate at all, on loopback too.
  const mayAuth = conversation.tls !== null || (tls === null && isLoopback(client.ip));
  const hub = services.hubAbilities();
  return {
    hostname: config.site.hostname,
    tls: conversation.tls !== null ? 'on' : tls === null ? 'none' : 'offered',
    mechanisms: mayAuth ? offered : [],
    authNeedsTls: offered.length > 0 && !mayAuth,
    user,
    maxBytes: hub?.maxBytes == null ? config.limits.message : Math.min(config.limits.message, hub.maxBytes),
    smtputf8: hub === null || hub.smtputf8,
    xclient: parts.mayXclient(client.ip),
    etrn: parts.mayEtrn(client.ip),
  };
}
