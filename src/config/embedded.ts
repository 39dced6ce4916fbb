// The first-run set-up: what `floodgate run` does without any configuration file. It listens on loopback only and keeps mail in a
// mailbox store of its own, so that trying Floodgate out can harm nobody.
import { hostname } from 'node:os';
import type { ConfigInput } from './options.ts';

/** A full host name made of what the system calls itself (`os.hostname()`). */
export function siteHostname(systemName: string): string {
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
  const name = systemName.toLowerCase().replace(/\.$/, '');
  if (name.length > 240 || !new RegExp(`^${label}(\\.${label})*$`).test(name)) return 'localhost.localdomain';
  return name.includes('.') ? name : `${name}.localdomain`;
}

/** A name that no DNS has: the machine's own invention, or none of the Internet's (RFC 2606, RFC 6761, RFC 6762, RFC 8375). */
export const isMadeUpName = (name: string): boolean =>
  !name.includes('.') || /\.(?:localdomain|local|localhost|internal|intranet|private|corp|home|lan|arpa|invalid)$/i.test(name);

/**
 * The embedded configuration, as an operator would write it; paths start at the working directory. 127.0.0.1 alone is inside: 127.0.0.2
 * and its neighbours play strangers, so that relay control can be seen on one machine.
 */
export const embeddedConfig = (): ConfigInput => ({
  site: { hostname: siteHostname(hostname()), networks: ['127.0.0.1/32', '::1/128'], domains: ['example.org'], postmaster: 'postmaster@example.org' },
  hub: { address: 'maildir:./floodgate-data/mailboxes' },
  listeners: [{ name: 'mx', address: '127.0.0.1:2525', role: 'mx' }],
  state: './floodgate-data',
  web: { address: '127.0.0.1:8025' },
});
