// Telling networks of the viruses that come from them, as the configuration in force has it: where contacts are found, whom it never concerns,
// and what outlives a restart.
import { join } from 'node:path';
import type { Config } from '../config/options.ts';
import { createAbuseContacts } from '../facts/abuse-contact.ts';
import { parseAbuseTable, type AbuseTable } from '../facts/abuse-table.ts';
import { openLiveFile, type LiveFile } from '../facts/live-file.ts';
import { openRdapBootstrap } from '../facts/rdap-bootstrap.ts';
import { createRdapClient } from '../facts/rdap-client.ts';
import { PrefixSet } from '../lib/prefix-set.ts';
import { createSpecialNetworks } from '../lib/special-networks.ts';
import type { AbuseContacts } from '../model/abuse-contact.ts';
import type { Recorder } from '../model/events.ts';
import { NetworkNotices, type NetworkNoticesSettings } from '../respond/network-notices.ts';
import { createToldNetworks } from '../respond/told-networks.ts';
import type { OwnPost } from './own-post.ts';
import { createProtectedNetworks } from './protected-networks.ts';
import type { HouseRecord } from './record.ts';
import { readWhole, replaceWhole } from './whole-file.ts';

export interface NetworkNoticesInForce {
  close(): Promise<void>;
}

export interface NetworkNoticesParts {
  /** The configuration in force. */
  config(): Config;
  readonly post: Pick<OwnPost, 'send' | 'newId'>;
  readonly record: Recorder;
  /** Shows every line on its way to the journal. */
  readonly watch: HouseRecord['watch'];
  trouble(why: string): void;
}

/** Milliseconds: next hops that have names are looked up again. */
const lookUpEveryMs = 300_000;

/** Reads what an earlier run has left. */
export async function openNetworkNotices({ config, post, record, watch, trouble }: NetworkNoticesParts): Promise<NetworkNoticesInForce> {
  const file = join(config().state, 'told-networks.json');
  const told = createToldNetworks(Date.now);
  const left = await readWhole(file, trouble);
  if (left !== null && !told.add(left.toString('utf8'))) trouble(`${file} is not understood: networks may be told once more today`);
  let saving: Promise<void> = Promise.resolve();
  const protectedNow = createProtectedNetworks({ config });
  const isSpecial = createSpecialNetworks();
  const notices = new NetworkNotices({
    settings: () => settingsOf(config()),
    mayTell: (ip) => !isSpecial(ip) && !PrefixSet.build(protectedNow.networks().map(({ network }) => network)).has(ip),
    contacts: liveContacts(config, trouble),
    told: {
      ...told,
      note: (network) => {
        told.note(network);
        saving = saving
          .then(() => replaceWhole(file, Buffer.from(told.toText())))
          .catch((error: unknown) => trouble(`${file} cannot be written: ${String(error)}`));
      },
    },
    send: post.send,
    newId: post.newId,
    record,
    now: Date.now,
  });
  // Not waited for: a name server that is down must not keep the gateway from starting.
  const lookUp = (): void => {
    if (settingsOf(config()) !== null) void protectedNow.refresh();
  };
  lookUp();
  const again = setInterval(lookUp, lookUpEveryMs).unref();
  watch(['stage-judged'], (batch) => {
    // Nearly every batch has stages, and nearly none a virus: it is not made a text to find that out.
    if (settingsOf(config()) !== null && batch.bytes.includes('"check":"virus-found"')) notices.take(batch.text);
  });
  return {
    close: async () => {
      clearInterval(again);
      notices.stop();
      await notices.settled();
      await saving;
    },
  };
}

function settingsOf({ viruses, site }: Config): NetworkNoticesSettings | null {
  if (viruses?.tellNetwork !== true) return null;
  const { hostname, postmaster, domains, customerDomains } = site;
  return { hostname, postmaster, domains: [...domains, ...customerDomains], tellAfterMs: viruses.tellAfter, perHour: viruses.tellPerHour };
}

/** Made anew when its options are others. */
function liveContacts(config: () => Config, trouble: (why: string) => void): AbuseContacts {
  let options: Config['abuseContacts'] | null = null;
  let contacts: AbuseContacts | null = null;
  return {
    of: (ip) => {
      const now = config().abuseContacts;
      if (contacts === null || JSON.stringify(options) !== JSON.stringify(now)) contacts = contactsOf(now, trouble);
      options = now;
      return contacts.of(ip);
    },
  };
}

function contactsOf({ table, rdap, timeout, perMinute, keepFor }: Config['abuseContacts'], trouble: (why: string) => void): AbuseContacts {
  const client = createRdapClient({ timeoutMs: timeout, perMinute, now: Date.now });
  return createAbuseContacts({
    table: table === undefined ? () => Promise.resolve(null) : liveTable(table, trouble),
    rdap: rdap === undefined ? null : { client, bootstrap: openRdapBootstrap(rdap, { client, now: Date.now }) },
    keepMs: keepFor,
    now: Date.now,
  });
}

/**
 * The table as it was good last. One that has gone bad since is told of by the watch over all files (file-watch.ts). Where it was never good
 * since the start its good lines are used.
 */
export function liveTable(file: string, trouble: (why: string) => void, now: () => number = Date.now): () => Promise<AbuseTable | null> {
  let live: LiveFile<{ readonly table: AbuseTable }> | null = null;
  let told = '';
  const tell = (why: string): void => {
    if (why !== told) trouble(why);
    told = why;
  };
  const parse = (text: string): { readonly table: AbuseTable; readonly errors: AbuseTable['errors'] } => {
    const table = parseAbuseTable(text);
    if (live !== null) return { table, errors: table.errors };
    for (const { line, message } of table.errors.slice(0, mostLines)) trouble(`${file}:${line}: ${message}: this line is not used`);
    return { table, errors: [] };
  };
  return async () => {
    try {
      live ??= await openLiveFile({ file, parse, now, onTrouble: () => {} });
      await live.look();
    } catch (error) {
      tell(`the table of abuse contacts cannot be used: ${error instanceof Error ? error.message : String(error)}`);
    }
    return live?.current.table ?? null;
  };
}

/** Wrong lines of the table that are told at the start. */
const mostLines = 5;
