// What all sessions of one listener share: the configuration in force, the services, and what may be offered to whom.
import type { SecureContext } from 'node:tls';
import { isIP } from 'node:net';
import type { Config, ListenerConfig } from '../../config/options.ts';
import { authPeerOf } from './authenticating.ts';
import type { HubAbilities } from '../../model/delivery.ts';
import { contentLimitsFor } from '../../policy/content-room.ts';
import { bringsTakenMail, mayRelay } from '../../policy/relay.ts';
import type { Conversation } from './conversation.ts';
import type { DoorServices } from './services.ts';
import type { Offer } from './step.ts';
import { configAt } from './under-load.ts';

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
  const { listener, services, tls } = parts;
  // Who has to authenticate, or is ours by where he comes in, does not pay for the strangers' crowd.
  const levels = ([0, 1, 2, 3] as const).map((level) => (listener.role === 'mx' ? configAt(level, parts.config) : parts.config));
  return {
    /** As it is in force at the load level of the moment. */
    get config(): Config {
      return levels[services.load.level()] ?? parts.config;
    },
    listener,
    services,
    tlsContext: () => tls,
    offerFor: (conversation) => new CurrentOffer(parts, conversation),
  };
}

const isLoopback = (ip: string): boolean => ip === '::1' || (isIP(ip) === 4 && ip.startsWith('127.'));

/** What may be offered now, found out when a command asks: most commands ask for nothing. */
class CurrentOffer implements Offer {
  readonly #parts: SiteParts;
  readonly #conversation: Conversation;

  constructor(parts: SiteParts, conversation: Conversation) {
    this.#parts = parts;
    this.#conversation = conversation;
  }

  get hostname(): string {
    return this.#parts.config.site.hostname;
  }

  get tls(): Offer['tls'] {
    return this.#conversation.tls !== null ? 'on' : this.#parts.tls === null ? 'none' : 'offered';
  }

  get mechanisms(): Offer['mechanisms'] {
    return this.#mayAuth ? this.#offered : [];
  }

  get authNeedsTls(): boolean {
    return this.#offered.length > 0 && !this.#mayAuth;
  }

  get user(): string | null {
    return this.#conversation.user;
  }

  get maxBytes(): number {
    const { config, services } = this.#parts;
    const hub = services.hubAbilities();
    const { message } = contentLimitsFor({ ...config.limits, message: Math.min(config.limits.message, hub?.maxBytes ?? Infinity) }, this.#conversation);
    return message;
  }

  get smtputf8(): boolean {
    return this.#parts.services.hubAbilities()?.smtputf8 ?? true;
  }

  /**
   * A report of success goes to whoever stands in MAIL FROM: a stranger would choose to whom the hub writes (docs/adr/dsn-for-our-own.md).
   * Users say EHLO before AUTH, and a submission listener takes mail of nobody else.
   */
  get dsn(): boolean {
    const isOurs = bringsTakenMail(this.#conversation) || this.#conversation.client.role === 'submission';
    return isOurs && this.#everyHop(({ dsn }) => dsn);
  }

  get requireTls(): boolean {
    return this.#conversation.tls !== null && this.#everyHop(({ requireTls }) => requireTls);
  }

  /** What the checks and the shell enforce for this client. A message has a recipient at least, so the session's recipients bound its messages. */
  get limits(): Offer['limits'] {
    const { limits } = this.#parts.config;
    const [perMessage, perSession] = mayRelay(this.#conversation)
      ? [limits.recipientsPerMessage, limits.recipientsPerSession]
      : [limits.outsideRecipientsPerMessage, limits.outsideRecipientsPerSession];
    return { mailMax: Math.min(limits.messagesPerSession, perSession), rcptMax: Math.min(perMessage, perSession) };
  }

  get xclient(): boolean {
    return this.#parts.mayXclient(this.#conversation.client.ip);
  }

  get etrn(): boolean {
    return this.#parts.mayEtrn(this.#conversation.client.ip);
  }

  #everyHop(can: (hop: HubAbilities) => boolean): boolean {
    const hops = this.#parts.services.hopAbilities(mayRelay(this.#conversation));
    return hops.length > 0 && hops.every(can);
  }

  get #offered(): Offer['mechanisms'] {
    const { auth } = this.#parts.services;
    return auth !== null && this.#conversation.user === null ? auth.mechanisms(authPeerOf(this.#conversation)) : [];
  }

  /** Passwords travel under TLS only (RFC 4954 4); where there is no certificate at all, on loopback too. */
  get #mayAuth(): boolean {
    return this.#conversation.tls !== null || (this.#parts.tls === null && isLoopback(this.#conversation.client.ip));
  }
}
