// What keeps the load tools harmless: loopback targets only, and a bound on everything they do.
import { isIPv4 } from 'node:net';

/** Upper bounds of one load; a larger wish is an error, not a silent cut. */
export const bounds = {
  connections: 200_000, // in all
  openAtOnce: 15_000, // under the usual 20,000 descriptors of a process
  perSecond: 5_000,
  seconds: 180,
  messageBytes: 1_048_576,
  networks: 4_096, // source networks, each with one address
} as const;

/** Where a load goes. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Throws unless the host is a literal loopback address: a name could resolve to anything. */
export function assertLoopback(target: Target): void {
  const isLoopback = target.host === '::1' || (isIPv4(target.host) && target.host.startsWith('127.'));
  if (!isLoopback) throw new Error(`load goes to loopback addresses only, not to ${target.host}`);
}

/** Throws when a wish exceeds its bound or is not a number of at least 0. */
export function assertWithin(wishes: Readonly<Partial<Record<keyof typeof bounds, number>>>): void {
  for (const name of Object.keys(bounds) as (keyof typeof bounds)[]) {
    const wish = wishes[name] ?? 0;
    if (!(wish >= 0 && wish <= bounds[name])) throw new Error(`${name} must be between 0 and ${bounds[name]}, not ${wish}`);
  }
}

/** The source address of client number `index`: one address in each of `networks` different /24s of 127.0.0.0/8. */
export function sourceAddress(index: number, networks: number): string {
  const network = index % networks;
  return `127.${1 + (network >> 8)}.${network & 255}.1`;
}

/** Of `knocker.ts`, which runs in a network namespace only. */
export const maxKnocksPerSecond = 6000;
export const maxKnockSeconds = 60;
