// Who comes to a honeypot that DNS names as the last MX without having tried the others first. RFC 5321 5.1 sends an honest server there whenever
// ours put it off: it must not be taken for one that gathers addresses. What cannot be told counts for the client.
import { KeyedStates } from '../lib/keyed-states.ts';
import type { Caller, Sighting } from '../model/sighting.ts';
import { netOf } from './caller-keys.ts';

/** A retry comes within hours: so long a try of the others is remembered, and so long is watched before anybody is said not to have tried. */
const memoryMs = 6 * 3_600_000;
/** So lately somebody else was taken at the others: they could be reached. */
const openMs = 600_000;
/** Sessions of one network that may still turn out to be of the honeypot; the oldest beyond it is taken for a try of the others. */
const mostSessions = 16;

interface Network {
  /** When it last came to another listener. */
  triedAt: number;
  /** Sessions that have named nobody at the honeypot so far, by id, with their beginning. */
  readonly sessions: Map<string, number>;
}

export class TriedBefore {
  readonly #networks: KeyedStates<Network>;
  /** Since when comers are remembered: without a honeypot nothing is. */
  #since: number | null = null;
  /** The networks that were taken last elsewhere, each once: of two, one is another's. */
  #taken: readonly { readonly net: string; readonly at: number }[] = [];

  constructor(networks: number) {
    this.#networks = new KeyedStates<Network>(networks, () => ({ triedAt: -Infinity, sessions: new Map() }));
  }

  get size(): number {
    return this.#networks.size;
  }

  /** Remembers who comes, and who is taken. */
  note(sighting: Sighting): void {
    if (this.#since === null) return;
    if (sighting.kind === 'connection' && !sighting.refused) return this.#comes(sighting);
    if (sighting.kind === 'connection') this.#of(sighting.caller).triedAt = sighting.at; // turned away at whichever listener
    if (sighting.kind !== 'recipient' || sighting.answer === 'honeypot') return;
    this.#of(sighting.caller).triedAt = sighting.at;
    if (sighting.answer !== 'accepted' || sighting.caller.inside || sighting.caller.user !== null) return;
    const net = netOf(sighting.caller);
    this.#taken = [{ net, at: sighting.at }, ...this.#taken.filter((one) => one.net !== net)].slice(0, 2);
  }

  /** Somebody names a recipient at the honeypot: true where he could have been taken elsewhere, and did not ask. */
  isStraightToHoneypot({ at, caller, session }: { readonly at: number; readonly caller: Caller; readonly session: string }): boolean {
    this.#since ??= at;
    const net = netOf(caller);
    const { sessions, triedAt } = this.#of(caller);
    sessions.delete(session);
    for (const [id, since] of sessions) if (at - since > memoryMs) sessions.delete(id);
    const isOpen = this.#taken.some((one) => one.net !== net && at - one.at <= openMs);
    return isOpen && at - this.#since >= memoryMs && at - triedAt > memoryMs && sessions.size === 0;
  }

  #comes({ at, caller, session }: Extract<Sighting, { kind: 'connection' }>): void {
    const network = this.#of(caller);
    network.sessions.set(session, at);
    if (network.sessions.size <= mostSessions) return;
    const [oldest] = network.sessions;
    if (oldest === undefined) return;
    network.sessions.delete(oldest[0]);
    network.triedAt = Math.max(network.triedAt, oldest[1]);
  }

  #of(caller: Caller): Network {
    return this.#networks.of(netOf(caller));
  }
}
