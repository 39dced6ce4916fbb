// Unix socket paths are limited to 107 bytes (unix(7)); a state directory may lie deeper.
import { closeSync, openSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const maxPathBytes = 107;

/** The path to hand to the system for a socket at `path`; on Linux a long one goes through an open directory. Release it when the socket is closed. */
export function socketPath(path: string): { readonly path: string; release(): void } {
  if (Buffer.byteLength(path) <= maxPathBytes || process.platform !== 'linux') return { path, release: () => undefined };
  const directory = openSync(dirname(path), 'r');
  return { path: join(`/proc/self/fd/${directory}`, basename(path)), release: () => closeSync(directory) };
}
