// How Exim writes a host: `name (helo) [192.0.2.7]:port I=[our address]:25 U=ident`, of which all but the address may be missing.
// Only the HELO is the client's own text, and it stands before the address: a HELO made to look like the rest of the line must not
// put another's address in its place.
import type { LogClient } from '../../../model/log-event.ts';
import { clientOf } from '../line.ts';
import { bracketAt, digitsAt } from './scan.ts';

export interface EximHost {
  /** Null where the line can be read in two ways: then nobody is named. */
  readonly client: LogClient | null;
  /** Where the host ends. */
  readonly end: number;
}

/** The host at `at` (with or without `H=`); null when there is none. `until`: how far the text is Exim's and the HELO's alone. */
export function hostAt(text: string, at: number, until = text.length): EximHost | null {
  let from = text.startsWith('H=', at) ? at + 2 : at;
  let name: string | null = null;
  const first = text.charAt(from);
  if (first !== '(' && first !== '[') {
    const space = text.indexOf(' ', from);
    if (space < 0 || space - from > 255 || space === from) return null;
    name = text.slice(from, space);
    from = space + 1;
  }
  if (text.charAt(from) !== '(') return addressAt(text, from, name);
  return afterHelo(text, from, until, name);
}

/** The HELO ends before `) [address]`. When another address stands so further on, the HELO may be a forgery of either: nobody is named. */
function afterHelo(text: string, from: number, until: number, name: string | null): EximHost | null {
  let found: EximHost | null = null;
  let at = text.indexOf(') [', from);
  // A line of 64 KiB full of `) [`: more than a few are no HELO of an honest host.
  for (let tries = 0; at >= 0 && at < until && tries < 20; tries++) {
    const host = addressAt(text, at + 2, name);
    if (host?.client) {
      if (found === null) found = host;
      else if (found.client?.ip !== host.client.ip) return { client: null, end: found.end };
    }
    at = text.indexOf(') [', at + 3);
  }
  return found;
}

function addressAt(text: string, at: number, name: string | null): EximHost | null {
  const bracket = bracketAt(text, at);
  if (bracket === null) return null;
  const port = text.charAt(bracket.end) === ':' ? digitsAt(text, bracket.end + 1) : '';
  const client = clientOf(bracket.inner, name, port);
  if (client === null) return null;
  return { client, end: port === '' ? bracket.end : bracket.end + 1 + port.length };
}

/** Where the address that begins at `at` ends; a quoted local part may hold spaces and anything else. */
export function addressEnd(text: string, at: number): number {
  let from = at;
  if (text.charAt(at) === '"') {
    from = at + 1;
    while (from < text.length && text.charAt(from) !== '"') from += text.charAt(from) === '\\' ? 2 : 1;
    from++;
  }
  const space = text.indexOf(' ', from);
  return space < 0 ? text.length : space;
}

/** The address in `<...>` that opens at `at`, with where it ends; null when it does not close. A quoted local part may hold a `>`. */
export function angleAt(text: string, at: number): { readonly address: string; readonly end: number } | null {
  if (text.charAt(at) !== '<') return null;
  let from = at + 1;
  if (text.charAt(from) === '"') {
    from++;
    while (from < text.length && text.charAt(from) !== '"') from += text.charAt(from) === '\\' ? 2 : 1;
  }
  const close = text.indexOf('>', from);
  return close < 0 ? null : { address: text.slice(at + 1, close), end: close + 1 };
}
