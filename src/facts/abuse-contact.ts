// Who reads of abuse for the network of an address: the operator's own table first, then the registry of the network (RDAP, role `abuse`).
// Answers are kept. An answer is good for the network it names, but for no more than a /24 (IPv6: /48): what is smaller within may be others'.
import { networkWithin } from '../lib/ip-range.ts';
import { networkOf, parseCidr } from '../lib/ip.ts';
import { LruMap } from '../lib/lru-map.ts';
import { createSpecialNetworks } from '../lib/special-networks.ts';
import type { AbuseContact, AbuseContacts } from '../model/abuse-contact.ts';
import { readRdapNetwork, type RdapNetwork } from '../wire/rdap/answer.ts';
import type { RdapBootstrap } from '../wire/rdap/bootstrap.ts';
import type { AbuseTable } from './abuse-table.ts';
import type { RdapBootstrapSource } from './rdap-bootstrap.ts';
import type { RdapClient } from './rdap-client.ts';

export interface AbuseContactParts {
  /** As it is now; null without one, and while its file cannot be read. */
  table(): Promise<AbuseTable | null>;
  /** Null: no registry is asked. */
  readonly rdap: { readonly client: RdapClient; readonly bootstrap: RdapBootstrapSource } | null;
  /** An answer is kept so long, in ms. */
  readonly keepMs: number;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Networks remembered; the one asked for longest ago goes first. */
const remembered = 10_000;
const widestKept = { 4: 24, 6: 48 } as const;
/** Contacts that are asked for by name, of one answer. */
const mostNamed = 2;

export function createAbuseContacts({ table, rdap, keepMs, now }: AbuseContactParts): AbuseContacts {
  const kept = new LruMap<string, Exclude<AbuseContact, { kind: 'unknown' }>>({ capacity: remembered, now });
  const isSpecial = createSpecialNetworks();

  const fromKept = (ip: string): AbuseContact | null => {
    const family = parseCidr(ip)?.family ?? 4;
    for (let bits = family === 4 ? 32 : 128; bits >= widestKept[family]; bits -= 1) {
      const found = kept.get(networkOf(ip, bits, bits));
      if (found !== undefined) return found;
    }
    return null;
  };
  const keep = (ip: string, contact: AbuseContact): AbuseContact => {
    const network = contact.kind === 'unknown' ? null : parseCidr(contact.network);
    if (contact.kind === 'unknown' || network === null) return contact;
    const bits = Math.max(network.bits, widestKept[network.family]);
    kept.set(networkOf(ip, bits, bits), contact, keepMs);
    return contact;
  };

  return {
    async of(ip) {
      const rows = await table();
      const own = rows?.of(ip) ?? null;
      if (own !== null) return { kind: 'found', ...own, source: 'table', via: ['the table of abuse contacts'] };
      if (isSpecial(ip)) return { kind: 'none', network: networkOf(ip, 32, 128), why: 'the address belongs to nobody on the Internet' };
      if (rdap === null) return notInTable(ip, rows);
      return fromKept(ip) ?? keep(ip, await askRegistry(ip, rdap));
    },
  };
}

/** A table with holes does not say that there is no contact. */
function notInTable(ip: string, rows: AbuseTable | null): AbuseContact {
  if (rows === null) return { kind: 'unknown', why: 'the table of abuse contacts cannot be read, and no registry is asked' };
  if (rows.errors.length > 0) return { kind: 'unknown', why: 'it is in no line of the table that can be read (others cannot), and no registry is asked' };
  return { kind: 'none', network: networkOf(ip, 32, 128), why: 'it is not in the table, and no registry is asked' };
}

async function askRegistry(ip: string, { client, bootstrap: source }: NonNullable<AbuseContactParts['rdap']>): Promise<AbuseContact> {
  const bootstrap = await source.current();
  if ('why' in bootstrap) return { kind: 'unknown', why: bootstrap.why };
  let why = 'no registry is known for this address';
  for (const server of bootstrap.serversFor(ip).slice(0, 2)) {
    const reply = await client.ask(`${server}ip/${ip}`, bootstrap.hosts);
    if (reply.kind === 'missing') return { kind: 'none', network: networkOf(ip, 32, 128), why: 'the registry knows of no such network' };
    const network = reply.kind === 'answer' ? readRdapNetwork(reply.body) : null;
    if (network !== null && reply.kind === 'answer') return contactOf(ip, network, { client, bootstrap, server, url: reply.url });
    why = reply.kind === 'failed' ? reply.why : `${new URL(server).host} gave no answer about a network`;
  }
  return { kind: 'unknown', why };
}

interface Asked {
  readonly client: RdapClient;
  readonly bootstrap: RdapBootstrap;
  readonly server: string;
  readonly url: string;
}

async function contactOf(ip: string, answer: RdapNetwork, { client, bootstrap, server, url }: Asked): Promise<AbuseContact> {
  const network = networkWithin(ip, answer.first, answer.last) || networkOf(ip, 32, 128);
  const via = [url];
  if (answer.mailboxes.length > 0) return { kind: 'found', mailboxes: answer.mailboxes, network, source: 'rdap', via };
  for (const { handle, self } of answer.unnamed.slice(0, mostNamed)) {
    const address =
      self !== null && URL.canParse(self) && bootstrap.hosts.has(new URL(self).host) ? self : `${server}entity/${encodeURIComponent(handle.toWellFormed())}`;
    const reply = await client.ask(address, bootstrap.hosts);
    via.push(address);
    if (reply.kind === 'failed') return { kind: 'unknown', why: reply.why };
    const mailboxes = reply.kind === 'answer' ? (readRdapNetwork(reply.body)?.mailboxes ?? []) : [];
    if (mailboxes.length > 0) return { kind: 'found', mailboxes, network, source: 'rdap', via };
  }
  return { kind: 'none', network, why: 'the registry names nobody who reads of abuse' };
}
