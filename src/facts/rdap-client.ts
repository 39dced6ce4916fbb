// Asking RDAP servers (RFC 7480): bounded in time, size and number. Their answers, and where they send us on to, are words of strangers:
// nobody is asked whom the bootstrap does not name, so that no answer leads into a network of ours.
import { RateTable, type Rate } from '../lib/gcra.ts';
import { LruMap } from '../lib/lru-map.ts';

export type RdapReply =
  | { readonly kind: 'answer'; readonly body: unknown; readonly url: string }
  /** The server knows of no such thing. */
  | { readonly kind: 'missing'; readonly url: string }
  | { readonly kind: 'failed'; readonly why: string };

export interface RdapClient {
  /** Asks one address and follows where it is sent on to; `hosts` are those it may lead to, besides the first. Never rejects. */
  ask(url: string, hosts: ReadonlySet<string>): Promise<RdapReply>;
}

export interface RdapClientParts {
  /** For one question, with all its detours. */
  readonly timeoutMs: number;
  /** Questions a minute to all servers. */
  readonly perMinute: number;
  /** Milliseconds since the epoch. */
  now(): number;
}

const mostBytes = 1024 * 1024;
const mostDetours = 5;
/** To one server: so many at once, then one a second (RFC 9082's servers refuse more). */
const perServer: Rate = { everyMs: 1000, burst: 5 };
/** A server that has enough of us (429) is left alone for so long, or as long as it says, up to a limit. */
const restMs = 60_000;
const longestRestMs = 3_600_000;
const mostServers = 1000;

export function createRdapClient({ timeoutMs, perMinute, now }: RdapClientParts): RdapClient {
  const rates = new RateTable({ capacity: mostServers, now });
  const resting = new LruMap<string, true>({ capacity: mostServers, now });
  const all: Rate = { everyMs: 60_000 / perMinute, burst: perMinute };

  /** One step: an answer, or where to ask instead. */
  const step = async (url: URL, signal: AbortSignal): Promise<RdapReply | { readonly kind: 'elsewhere'; readonly to: string }> => {
    if (resting.get(url.host) === true) return { kind: 'failed', why: `${url.host} has asked to be left alone` };
    if (!rates.accept(url.host, perServer) || !rates.accept('*', all)) return { kind: 'failed', why: 'too many questions to registries just now' };
    const response = await fetch(url, {
      headers: { accept: 'application/rdap+json, application/json', 'user-agent': 'floodgate' },
      redirect: 'manual',
      signal,
    });
    const to = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && to !== null) {
      await response.body?.cancel();
      return { kind: 'elsewhere', to };
    }
    if (response.ok) return { kind: 'answer', body: JSON.parse(await textOf(response)), url: url.href };
    await response.body?.cancel();
    if (response.status === 404) return { kind: 'missing', url: url.href };
    if (response.status === 429) resting.set(url.host, true, restOf(response.headers.get('retry-after')));
    return { kind: 'failed', why: `${url.host} answered ${response.status}` };
  };

  return {
    async ask(first, hosts) {
      const signal = AbortSignal.timeout(timeoutMs);
      let url = new URL(first);
      try {
        for (let detours = 0; detours <= mostDetours; detours += 1) {
          const reply = await step(url, signal);
          if (reply.kind !== 'elsewhere') return reply;
          const next = new URL(reply.to, url);
          if (!mayFollow(url, next, hosts)) return { kind: 'failed', why: `${url.host} leads to ${next.host}, which the bootstrap does not name` };
          url = next;
        }
        return { kind: 'failed', why: `${first} leads in circles` };
      } catch (error) {
        return { kind: 'failed', why: `${url.host}: ${reasonOf(error)}` };
      }
    },
  };
}

/** To a server the bootstrap names, and never from an encrypted way to one that is not. */
const mayFollow = (from: URL, to: URL, hosts: ReadonlySet<string>): boolean =>
  (to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:')) && (to.host === from.host || hosts.has(to.host));

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (body === null) return '';
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error('the answer is too long');
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Milliseconds, of a number of seconds. */
function restOf(retryAfter: string | null): number {
  const seconds = Number(retryAfter ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(longestRestMs, seconds * 1000) : restMs;
}

/** What fetch says hides the reason in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
