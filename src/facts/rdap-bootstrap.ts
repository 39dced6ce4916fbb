// The bootstrap files (RFC 9224), from IANA, from another web address, or from a folder of the operator's: read when first needed, and again
// after a day. What was had stays in force while new ones cannot be had.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readBootstrap, type RdapBootstrap } from '../wire/rdap/bootstrap.ts';
import type { RdapClient } from './rdap-client.ts';

export interface RdapBootstrapSource {
  /** What was had last, or why nothing ever was. Never rejects. */
  current(): Promise<RdapBootstrap | { readonly why: string }>;
}

const names = ['ipv4.json', 'ipv6.json'];
const keepMs = 24 * 3_600_000;
/** After a failure it is tried again so much later. */
const againMs = 5 * 60_000;

/** `from` is a web address of a folder, or the path of one. */
export function openRdapBootstrap(from: string, { client, now }: { readonly client: RdapClient; now(): number }): RdapBootstrapSource {
  let held: RdapBootstrap | null = null;
  let why = '';
  let due = 0;
  let reading: Promise<void> | null = null;
  const read = async (): Promise<void> => {
    try {
      held = readBootstrap(await Promise.all(names.map((name) => (isWebAddress(from) ? fetched(from, name, client) : fromFile(join(from, name))))));
      due = now() + keepMs;
    } catch (error) {
      why = `the RDAP bootstrap cannot be had: ${error instanceof Error ? error.message : String(error)}`;
      due = now() + againMs;
    }
    reading = null;
  };
  return {
    async current() {
      if (now() >= due) await (reading ??= read());
      return held ?? { why };
    },
  };
}

export const isWebAddress = (text: string): boolean => /^https?:\/\//.test(text);

async function fetched(from: string, name: string, client: RdapClient): Promise<unknown> {
  const reply = await client.ask(`${from.replace(/\/$/, '')}/${name}`, new Set());
  if (reply.kind !== 'answer') throw new Error(reply.kind === 'failed' ? reply.why : `${reply.url} is not there`);
  return reply.body;
}

const fromFile = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
