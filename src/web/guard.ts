// What a browser could be made to do against us: DNS rebinding and requests from other sites.
import { isIP } from 'node:net';
import { releasePath } from './release-page.ts';

export interface GuardedRequest {
  readonly path: string;
  header(name: string): string | undefined;
}

/** Null: come in. Otherwise why not, in one sentence. */
export type Refusal = { readonly status: 403 | 421; readonly error: string } | null;

/** Over TCP: under a name of ours, and not on behalf of another site. */
export function guardTcp(request: GuardedRequest, allowedHosts: readonly string[]): Refusal {
  // Health says nothing worth stealing, and load balancers ask under any name.
  if (request.path === '/healthz' || request.path === '/readyz') return null;
  const host = hostOf(request.header('host') ?? '');
  // A page of another site whose name was turned to our address comes with that name as Host.
  if (!isOurName(host, allowedHosts)) return { status: 421, error: `"${host.slice(0, 100)}" is not a name of this gateway; use its address` };
  // Who holds the key in the address may use it wherever he found it: webmail is another site. Without it nobody can be made to do anything.
  return request.path.startsWith(releasePath) ? null : sameSite(request, host);
}

function sameSite(request: GuardedRequest, host: string): Refusal {
  const site = request.header('sec-fetch-site');
  const isNavigation = request.header('sec-fetch-mode') === 'navigate' && (request.path === '/' || request.path === '/quarantine'); // following a link to a page is fine
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isNavigation) return { status: 403, error: 'not for pages of other sites' };
  const origin = request.header('origin');
  if (origin !== undefined && hostOf(origin.replace(/^https?:\/\//, '')) !== host) return { status: 403, error: 'not for pages of other sites' };
  return null;
}

/** The host of a Host header, in lower case, without port and brackets. */
const hostOf = (raw: string): string =>
  raw
    .trim()
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');

/** Rebinding needs a name: an address given as such is ours by the connection. */
const isOurName = (host: string, allowedHosts: readonly string[]): boolean =>
  isIP(host) !== 0 || host === 'localhost' || allowedHosts.some((allowed) => allowed.toLowerCase() === host);
