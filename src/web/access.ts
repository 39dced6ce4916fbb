// Who may do what over TCP: by the token that came along, or without one as far as the address we listen on is private.
import { LruMap } from '../lib/lru-map.ts';
import type { Recorder } from '../model/events.ts';
import { releasePath } from './release-page.ts';
import { pageFiles } from './page.ts';
import type { Bearer } from './token-desk.ts';

/** control: the socket of the daemon's own user. loopback, network: TCP, by the address we listen on. */
export type Where = 'control' | 'loopback' | 'network';

export interface AccessRequest {
  readonly method: string;
  readonly path: string;
  /** The peer of the connection; undefined where it is not known. */
  readonly peer: string | undefined;
  readonly authorization: string | undefined;
}

/** Judges one request over TCP. */
export type TcpAccess = (request: AccessRequest, where: Exclude<Where, 'control'>) => Access;

export type Access =
  | { readonly kind: 'granted'; readonly bearer: Bearer | null }
  | { readonly kind: 'refused'; readonly status: 401 | 403 | 429; readonly error: string };

export interface AccessParts {
  bearerOf(secret: string): Bearer | null;
  isLoopback(address: string): boolean;
  record: Recorder;
  now(): number;
}

/** Wrong tokens of one address in a minute that are told as such; the first and the last of them are recorded. */
const maxFailures = 20;
const failureWindowMs = 60_000;
/** Addresses remembered with their failures. */
const maxAddresses = 1000;

/** Access for every listening address; remembers who came with wrong tokens. */
export function createAccess({ bearerOf, isLoopback, record, now }: AccessParts): TcpAccess {
  const failures = new LruMap<string, { tries: number }>({ capacity: maxAddresses, now });
  const refuse = (address: string): Access => {
    const failed = failures.get(address) ?? { tries: 0 };
    failed.tries += 1;
    if (failed.tries === 1) failures.set(address, failed, failureWindowMs);
    if (failed.tries === 1 || failed.tries === maxFailures) record({ type: 'token-refused', address, tries: failed.tries });
    return failed.tries > maxFailures
      ? { kind: 'refused', status: 429, error: 'too many wrong tokens; come back in a minute' }
      : { kind: 'refused', status: 401, error: 'the token is not known here, or has expired' };
  };
  return ({ method, path, peer, authorization }, where) => {
    if (path === '/healthz' || path === '/readyz') return readsOnly(method, null);
    // Its own signature proves who may do what there, and a browser sends no token of ours.
    if (path.startsWith(releasePath) && (method === 'GET' || method === 'HEAD' || method === 'POST')) return { kind: 'granted', bearer: null };
    if (authorization === undefined) {
      const isPublic = where === 'loopback' || isStatic(path) || (path === '/metrics' && peer !== undefined && isLoopback(peer));
      return isPublic
        ? readsOnly(method, null)
        : { kind: 'refused', status: 401, error: 'a token is needed here: floodgate token add, then Authorization: Bearer' };
    }
    // Looked at even after many wrong ones: it cannot be guessed, and others behind the same address must not lock its owner out.
    const bearer = bearerOf(secretOf(authorization));
    return bearer === null ? refuse(peer ?? 'unknown') : readsOnly(method, bearer);
  };
}

/** The pages themselves tell nothing: their scripts ask for a token. */
const isStatic = (path: string): boolean => path === '/api/v1/openapi.json' || pageFiles.some((file) => file.path === path);

function readsOnly(method: string, bearer: Bearer | null): Access {
  if (method === 'GET' || method === 'HEAD' || bearer?.role === 'operator') return { kind: 'granted', bearer };
  const why =
    bearer === null ? 'over TCP the API only reads without the token of an operator' : `the token ${bearer.name} only reads; this needs one of an operator`;
  return { kind: 'refused', status: 403, error: `${why}; or use the command line (control.sock in the state directory)` };
}

// RFC 6750 2.1; the scheme in any case by RFC 9110 11.1
const secretOf = (authorization: string): string => /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
