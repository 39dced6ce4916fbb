// Outgoing quotas as the keeper has them: the meters all doors count in, what outlives a restart, and the letters about accounts.
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isObserving } from '../config/observing.ts';
import type { Config } from '../config/options.ts';
import { createQuotaKeeper, mostAccounts, type QuotaCommands } from '../facts/quota-keeper.ts';
import { quotaRules, type QuotaRules } from '../facts/quota-limits.ts';
import { parseNamedLines, type NamedLines } from '../lib/named-lines.ts';
import { SharedMeters } from '../lib/shared-meters.ts';
import type { Recorder } from '../model/events.ts';
import type { QuotaAccount, QuotaKind, QuotaRaise } from '../model/quota.ts';
import { OwnerNotices, type OwnerNoticesParts } from '../respond/owner-notices.ts';
import type { OwnPost } from './own-post.ts';
import type { HouseRecord } from './record.ts';

export interface QuotasInForce {
  readonly meters: SharedArrayBuffer;
  readonly desk: QuotaCommands;
  raises(): readonly QuotaRaise[];
  /** A door has met an account. */
  met(account: QuotaAccount): void;
  close(): Promise<void>;
}

export interface QuotasParts {
  /** The configuration in force. */
  config(): Config;
  readonly record: Recorder;
  readonly post: Pick<OwnPost, 'send' | 'newId'>;
  /** Shows batches on their way to the journal that hold one of the types. */
  readonly watch: HouseRecord['watch'];
  /** To every door. */
  changed(raises: readonly QuotaRaise[]): void;
  trouble(why: string): void;
}

/** Written so often where something has changed, in ms: a crash forgets so much of the counts. */
const saveEveryMs = 10_000;

/** Reads what an earlier run has left; to be called before any door runs. A file that cannot be read is told, and counting begins anew. */
export async function openQuotasInForce(parts: QuotasParts): Promise<QuotasInForce> {
  const { config, record, post, watch, changed, trouble } = parts;
  const secret = (): number => randomInt(2 ** 32 - 1) | 0;
  const meters = SharedMeters.allocate(mostAccounts, { k0: secret(), k1: secret() });
  const keeper = createQuotaKeeper({ meters: new SharedMeters(meters), rules: () => rulesNow(), record, changed, now: Date.now });
  const rulesNow = liveRules(config, () => keeper.raises());
  const file = join(config().state, 'quotas.json');
  let written = await textOf(file, trouble);
  if (written !== '' && !keeper.addText(written)) trouble(`${file} is not understood: outgoing recipients are counted anew`);

  const contacts = liveContacts(trouble);
  siteOf(config(), contacts); // now, while it is good: it may not be when somebody must be told
  const notices = new OwnerNotices({
    site: () => siteOf(config(), contacts),
    treatment: (kind) => treatmentOf(config(), kind),
    send: post.send,
    newId: post.newId,
    record,
    now: Date.now,
  });
  watch(['quota-reached', 'measure-added'], ({ text }) => notices.take(text));

  let saving: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    keeper.tidy();
    const text = keeper.toText();
    if (withoutTime(text) === withoutTime(written)) return saving;
    written = text;
    saving = saving.then(() => replace(file, text)).catch((error: unknown) => trouble(`${file} cannot be written: ${String(error)}`));
    return saving;
  };
  const timer = setInterval(() => void save(), saveEveryMs).unref();
  return {
    meters,
    desk: keeper.desk,
    raises: keeper.raises,
    met: keeper.met,
    close: () => {
      clearInterval(timer);
      notices.stop();
      return save();
    },
  };
}

/** The rules of the configuration in force and of what is raised now; built anew when the configuration is another. */
export function liveRules(config: () => Config, raises: () => readonly QuotaRaise[]): () => QuotaRules {
  let of: Config | null = null;
  let rules: QuotaRules | null = null;
  const raiseOf = (key: string): QuotaRaise | null => raises().find(({ user, until }) => user === key && until > Date.now()) ?? null;
  return () => {
    const now = config();
    if (rules === null || of !== now) rules = quotaRules(now, raiseOf);
    of = now;
    return rules;
  };
}

/** What becomes of mail beyond the quota of such an account, as the check `over-quota` has it. */
export function treatmentOf(config: Config, kind: QuotaKind): ReturnType<OwnerNoticesParts['treatment']> {
  if (isObserving(config, Date.now())) return 'recorded';
  const action = config.checks['over-quota']?.action ?? (kind === 'user' ? 'quarantine' : 'defer');
  if (action === 'quarantine' || (action === 'divert' && config.quarantine.takesDiverted)) return 'held';
  if (action === 'defer') return 'deferred';
  return action === 'reject' || action === 'refuse-at-banner' ? 'refused' : 'recorded';
}

function siteOf({ site, alerts, auth }: Config, contactsOf: (file: string) => NamedLines | null): ReturnType<OwnerNoticesParts['site']> {
  const { hostname, domains, postmaster } = site;
  return { hostname, domains, postmasters: alerts.mail ?? [postmaster], contacts: auth?.contacts === undefined ? null : contactsOf(auth.contacts) };
}

/** Read when somebody must be told: as the operator has it now, or as it was good last. That it has gone bad is told by file-watch.ts. */
export function liveContacts(trouble: (why: string) => void): (file: string) => NamedLines | null {
  let last: { readonly file: string; readonly lines: NamedLines } | null = null;
  return (file) => {
    if (last?.file !== file) last = null;
    try {
      const lines = parseNamedLines(readFileSync(file, 'utf8'));
      if (last === null || lines.wrong.length === 0) last = { file, lines };
    } catch (error) {
      if (last === null) trouble(`${file} cannot be read, so the owner of an account is not told: ${String(error)}`);
    }
    return last?.lines ?? null;
  };
}

const withoutTime = (text: string): string => text.replace(/"at":\d+/, '');

async function textOf(file: string, trouble: (why: string) => void): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) trouble(`${file} cannot be read: ${String(error)}`);
    return '';
  }
}

/** A crash leaves the old file or the new one, whole. */
async function replace(file: string, text: string): Promise<void> {
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w', 0o640);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
}
