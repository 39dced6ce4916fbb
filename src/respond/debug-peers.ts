// The debug_peer_list of a Postfix beside or behind us (postconf(5)): clients of open incidents stand in it meanwhile. Only our own entries
// are added and taken back; which those are is remembered in a file, so that a crash leaves nothing behind for ever.
import { execFile } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AlarmKey } from '../model/alarm.ts';

export interface DebugPeers {
  /** The keys of the incidents that are open now. */
  want(keys: readonly AlarmKey[]): void;
  /** Resolves when what is wanted is there, or could not be had. */
  settled(): Promise<void>;
  /** Takes our entries back. */
  stop(): Promise<void>;
}

export interface DebugPeersParts {
  /** Where that Postfix is configured; null where none is to be touched. */
  configDir(): string | null;
  readonly stateDir: string;
  trouble(why: string): void;
  /** Default runs the program. */
  run?(program: string, args: readonly string[]): Promise<string>;
}

/** Peers at most: each costs Postfix a line of log for every line it speaks. */
export const mostPeers = 20;
/** postconf and a reload take well under a second; one that hangs is ended. */
const patienceMs = 15_000;
/** After trouble it is tried again with the next change, or after so long, in ms. */
const retryMs = 60_000;

interface Ours {
  readonly configDir: string;
  readonly entries: readonly string[];
}

export function createDebugPeers({ configDir, stateDir, trouble, run = runProgram }: DebugPeersParts): DebugPeers {
  const memory = join(stateDir, 'postfix-debug-peers.json');
  let ours: Ours | null = readOurs(memory);
  let wanted: readonly string[] = [];
  let failedAt = Number.NEGATIVE_INFINITY;
  let work = Promise.resolve();

  const remember = (next: Ours): void => {
    ours = next;
    writeFileSync(`${memory}.tmp`, JSON.stringify(next), { mode: 0o600 });
    renameSync(`${memory}.tmp`, memory);
  };

  const bring = async (dir: string, entries: readonly string[]): Promise<void> => {
    const had = ours?.configDir === dir ? ours.entries : [];
    const before = listOf(await run('postconf', ['-c', dir, '-h', 'debug_peer_list']));
    const theirs = before.filter((entry) => !had.includes(entry));
    const added = entries.filter((entry) => !theirs.includes(entry));
    const after = [...theirs, ...added];
    // Before it is done: who dies in between finds more remembered than is there, never less.
    remember({ configDir: dir, entries: [...new Set([...had, ...added])] });
    if (after.join(' ') !== before.join(' ')) {
      await run('postconf', ['-c', dir, '-e', `debug_peer_list = ${after.join(', ')}`]);
      await run('postfix', ['-c', dir, 'reload']);
    }
    remember({ configDir: dir, entries: added });
  };

  const settle = (entries: readonly string[]): Promise<void> => {
    work = work.then(async () => {
      const dir = configDir();
      // The configuration names another Postfix now, or none: our entries leave the one of before.
      if (ours !== null && ours.configDir !== dir && ours.entries.length > 0) await bring(ours.configDir, []);
      if (dir !== null && (ours?.configDir !== dir || ours.entries.join(' ') !== entries.join(' '))) await bring(dir, entries);
    });
    work = work.catch((error: unknown) => {
      failedAt = Date.now();
      trouble(error instanceof Error ? error.message.trim().slice(0, 500) : String(error));
    });
    return work;
  };

  const isSettled = (): boolean => {
    const dir = configDir();
    if (dir === null) return ours === null || ours.entries.length === 0;
    return (
      (ours?.configDir === dir ? ours.entries : []).join(' ') === wanted.join(' ') && (ours === null || ours.configDir === dir || ours.entries.length === 0)
    );
  };

  return {
    want: (keys) => {
      const next = [...new Set(keys.flatMap(peerOf))].slice(-mostPeers);
      const isNew = next.join(' ') !== wanted.join(' ');
      wanted = next;
      if (isSettled() || (!isNew && Date.now() - failedAt < retryMs)) return;
      void settle(next);
    },
    settled: () => work,
    stop: () => (ours === null || ours.entries.length === 0 ? work : settle([])),
  };
}

/** Ours that are there but not wanted any more still count as there: entries are compared in the order in which they were wanted. */
const listOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter((entry) => entry !== '');

/** The client of a key as debug_peer_list has it: IPv6 in brackets (postconf(5)). Nothing but an address can get there. */
export function peerOf({ ip, network }: AlarmKey): readonly string[] {
  const client = ip ?? network;
  if (client === undefined || !/^[0-9a-f.:]{3,45}(?:\/\d{1,3})?$/.test(client)) return [];
  if (!client.includes(':')) return [client];
  const [address = '', bits] = client.split('/');
  return [bits === undefined ? `[${address}]` : `[${address}]/${bits}`];
}

function readOurs(file: string): Ours | null {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof read !== 'object' || read === null || !('configDir' in read) || !('entries' in read)) return null;
    const { configDir, entries } = read;
    return typeof configDir === 'string' && Array.isArray(entries) ? { configDir, entries: entries.filter((each) => typeof each === 'string') } : null;
  } catch {
    return null; // there is none yet, or it is damaged: then there is nothing that we know to be ours
  }
}

const execute = promisify(execFile);

async function runProgram(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(program, [...args], { timeout: patienceMs, env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } });
  return stdout;
}
