// Which real programs this machine has. `npm run peers` brings them; a test that needs one that is missing says so and skips,
// or fails where FLOODGATE_REQUIRE_PEERS=1 says that all must be there.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Looked for in order: where the operator said, in the checkout, where `npm run peers` unpacks. */
const folders = [process.env['FLOODGATE_PEERS'], fileURLToPath(new URL('../../.cache/peers', import.meta.url)), '/var/cache/floodgate-peers'];

interface PeerProgram {
  /** Found on PATH or in the system's sbin, or unpacked below `folder`. */
  readonly binary: string;
  readonly folder?: string;
  /** Runs in a private mount namespace or drops privileges. */
  readonly needsRoot?: boolean;
}

const programs = {
  postfix: { binary: 'postfix', needsRoot: true },
  exim: { binary: 'usr/sbin/exim4', folder: 'exim', needsRoot: true },
  opensmtpd: { binary: 'usr/sbin/smtpd', folder: 'opensmtpd', needsRoot: true },
  sendmail: { binary: 'usr/libexec/sendmail/sendmail', folder: 'sendmail', needsRoot: true },
  m4: { binary: 'usr/bin/m4', folder: 'm4' },
  'smtp-source': { binary: 'smtp-source' },
  swaks: { binary: 'swaks' },
  clamd: { binary: 'clamd' },
  chromium: { binary: 'chromium' },
  nmap: { binary: 'nmap' },
  curl: { binary: 'curl' },
  gsasl: { binary: 'gsasl' },
  dovecot: { binary: 'usr/sbin/dovecot', folder: 'dovecot', needsRoot: true },
  /** Dovecot with its mail store and Sieve. */
  pigeonhole: { binary: 'usr/bin/sievec', folder: 'dovecot', needsRoot: true },
  openssl: { binary: 'openssl' },
  ip: { binary: 'ip', needsRoot: true },
  zsh: { binary: 'zsh' },
  nft: { binary: 'nft', needsRoot: true },
  ipset: { binary: 'ipset', needsRoot: true },
  iptables: { binary: 'iptables', needsRoot: true },
  'named-checkzone': { binary: 'named-checkzone' },
  rbldnsd: { binary: 'rbldnsd' },
  nsd: { binary: 'usr/sbin/nsd', folder: 'nsd', needsRoot: true },
  exabgp: { binary: 'exabgp' },
  setpriv: { binary: 'setpriv', needsRoot: true },
  mount: { binary: 'mount', needsRoot: true },
  perl: { binary: 'perl' },
  xz: { binary: 'xz' },
  'systemd-analyze': { binary: 'systemd-analyze' },
  'systemd-notify': { binary: 'systemd-notify' },
  promtool: { binary: 'usr/bin/promtool', folder: 'prometheus' },
} as const satisfies Record<string, PeerProgram>;

export type PeerName = keyof typeof programs;
export type Peer =
  | { readonly found: true; readonly path: string; readonly folder: string | null; readonly libraries: string }
  | { readonly found: false; readonly why: string };

const executable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const searchPath = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/bin'];

/** The program, or why it cannot be used. */
export function peer(name: PeerName): Peer {
  const program: PeerProgram = programs[name];
  if (program.needsRoot === true && process.getuid?.() !== 0) return { found: false, why: `${name} needs root` };
  if (program.folder === undefined) {
    const path = searchPath.map((folder) => join(folder, program.binary)).find(executable);
    return path === undefined ? { found: false, why: `${name} is not installed (npm run peers)` } : { found: true, path, folder: null, libraries: '' };
  }
  for (const base of folders) {
    const folder = base === undefined ? undefined : join(base, program.folder);
    if (folder === undefined || !existsSync(join(folder, program.binary))) continue;
    const machine = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
    return { found: true, path: join(folder, program.binary), folder, libraries: ['usr/lib', 'lib'].map((place) => join(folder, place, machine)).join(':') };
  }
  return { found: false, why: `${name} is not unpacked (npm run peers)` };
}

/** The program's path; only after `requirePeers` has said that it is there. */
export function peerPath(name: PeerName): string {
  const found = peer(name);
  if (!found.found) throw new Error(found.why);
  return found.path;
}

/** For `test(title, { skip: missing('postfix') }, ...)`: false when all are there, else the reason. */
export function missing(...names: readonly PeerName[]): string | false {
  const reasons = names.map(peer).flatMap((one) => (one.found ? [] : [one.why]));
  if (reasons.length === 0) return false;
  if (process.env['FLOODGATE_REQUIRE_PEERS'] === '1') throw new Error(`peers are required here: ${reasons.join('; ')}`);
  return reasons.join('; ');
}

/** Skips the running test, naming what is missing; fails it under FLOODGATE_REQUIRE_PEERS=1. True when the test may go on. */
export function requirePeers(t: { skip(why?: string): void }, ...names: readonly PeerName[]): boolean {
  const why = missing(...names);
  if (why !== false) t.skip(why);
  return why === false;
}
