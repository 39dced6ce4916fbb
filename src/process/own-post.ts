// Letters of our own: alerts to the postmaster, notices to the owner of an account. They go only to addresses the configuration names or
// that are ours, and where the operator wants it to who is registered for the network that connected; with the null sender, so that nothing
// comes back (RFC 3834 4); never to whoever wrote to us.
import { createHash } from 'node:crypto';
import type { Config } from '../config/options.ts';
import { createDelivery, type DeliveryDesk } from '../delivery/delivery.ts';
import { newSessionIds, referenceOf } from '../lib/reference.ts';
import type { Content, DeliveryOutcome, Handover, Route } from '../model/delivery.ts';
import type { Recorder } from '../model/events.ts';
import type { Mailbox } from '../model/mailbox.ts';
import { oneLine } from '../model/reply.ts';
import { stuff } from '../wire/smtp/dot-stuffing.ts';

export interface OwnPost {
  /**
   * Sends one letter; rejects with the reason where it could not be handed over to every recipient. `raw` is a whole message.
   * `detour: false`: by the usual ways alone, not by `alerts.mailVia`.
   */
  send(to: readonly string[], raw: string, how?: { readonly detour: boolean }): Promise<void>;
  /** A reference for a Message-ID or a letter's own record. */
  newId(): string;
  reconfigure(config: Config): void;
  close(): Promise<void>;
}

/** The next hop refused a letter for good. */
export class LetterRefused extends Error {}

/** The next hop's answer was lost: it may have the letter. */
export class LetterUncertain extends Error {}

export interface OwnPostParts {
  readonly config: Config;
  readonly record: Recorder;
  /** The number doors do not use: references stay unique. */
  readonly doorNumber: number;
  now(): number;
}

export function createOwnPost({ config: first, record, doorNumber, now }: OwnPostParts): OwnPost {
  let config = first;
  const newSession = newSessionIds({ doorNumber, now });
  const usual = createDelivery({ config, record, shareOf: 10, now });
  let detour = detourOf(config, record, now);
  const newId = (): string => referenceOf(newSession(), 1);

  const handOver = async (desk: DeliveryDesk, route: Route, recipients: readonly Mailbox[], raw: string): Promise<void> => {
    const outcome = await desk.deliver({
      reference: newId(),
      handover: handoverOf(config),
      route,
      from: null,
      parameters: { size: null, body: null, smtputf8: false, auth: null },
      recipients,
      prependedHeaders: '',
      content: contentOf(raw),
    });
    if (outcome.kind === 'delivered') return;
    const why = `${recipients.map(({ text }) => text).join(', ')}: ${whyOf(outcome)}`;
    if (outcome.kind === 'ambiguous') throw new LetterUncertain(why);
    throw outcome.kind === 'refused' && outcome.hubReply.code >= 500 ? new LetterRefused(why) : new Error(why);
  };

  return {
    newId,
    send: async (to, raw, how) => {
      const recipients = to.map(mailboxOf);
      if (detour !== null && how?.detour !== false) {
        const tried = await handOver(detour, { key: 'hub', address: addressOfDetour(config) }, recipients, raw).catch((error: unknown) => error);
        if (tried === undefined) return;
      }
      const routes = new Map<string, { readonly route: Route; readonly recipients: Mailbox[] }>();
      for (const mailbox of recipients) {
        const route = routeOf(config, mailbox.domain);
        const group = routes.get(route.key) ?? { route, recipients: [] };
        group.recipients.push(mailbox);
        routes.set(route.key, group);
      }
      const results = await Promise.allSettled([...routes.values()].map((group) => handOver(usual, group.route, group.recipients, raw)));
      const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      const why = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))).join('; ');
      if (failures.length === 0) return;
      if (failures.some((failure) => failure instanceof LetterUncertain)) throw new LetterUncertain(why);
      throw failures.every((failure) => failure instanceof LetterRefused) ? new LetterRefused(why) : new Error(why);
    },
    reconfigure: (next) => {
      config = next;
      usual.reconfigure(next);
      void detour?.close();
      detour = detourOf(next, record, now);
    },
    close: async () => {
      await Promise.all([usual.close(), detour?.close()]);
    },
  };
}

/** The server of `alerts.mailVia`, which is neither the hub nor told who our clients are. */
function detourOf(config: Config, record: Recorder, now: () => number): DeliveryDesk | null {
  if (config.alerts.mailVia === undefined) return null;
  const hub = { ...config.hub, address: addressOfDetour(config), xclient: false, xforward: false, tls: 'may' as const };
  return createDelivery({ config: { ...config, hub }, record, shareOf: 1, now });
}

const addressOfDetour = ({ alerts: { mailVia }, hub }: Config): Config['hub']['address'] =>
  mailVia === undefined ? hub.address : { kind: 'smtp', ...mailVia };

/** The way of a letter of ours to a domain. */
export function routeOf(config: Config, domain: string): Route {
  const own = config.routes[domain];
  if (own !== undefined) return { key: domain, address: own.address };
  const isOurs = config.site.domains.includes(domain) || config.site.customerDomains.includes(domain);
  return isOurs || config.outbound === undefined ? { key: 'hub', address: config.hub.address } : { key: 'outbound', address: config.outbound.address };
}

function mailboxOf(address: string): Mailbox {
  const at = address.lastIndexOf('@');
  return { localPart: address.slice(0, at), domain: address.slice(at + 1).toLowerCase(), text: address, sourceRoute: null };
}

/** We are the client of our own letters. */
export const handoverOf = ({ site: { hostname } }: Config): Handover => ({
  client: { ip: '127.0.0.1', port: 0, localIp: '127.0.0.1', localPort: 0, listener: 'floodgate', role: 'smarthost', inside: true },
  reverseName: null,
  helo: hostname,
  esmtp: true,
  tls: null,
  user: null,
});

/** A whole message as content in wire form. */
export function contentOf(raw: string): Content {
  const wire = stuff(raw);
  return { wireBytes: wire.length, sha256: createHash('sha256').update(wire).digest('hex'), chunks: () => [wire], dispose: () => undefined };
}

function whyOf(outcome: Exclude<DeliveryOutcome, { kind: 'delivered' }>): string {
  if (outcome.kind === 'refused') return oneLine(outcome.hubReply);
  if (outcome.kind === 'mixed') return outcome.perRecipient.map(({ to, hubReply }) => `${to.text} ${oneLine(hubReply)}`).join(', ');
  return outcome.why;
}
