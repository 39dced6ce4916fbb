// What several detectors ask of the same sighting, found out once: the words they count by and their hashes. Each keeps the last answer only,
// because the engine gives a sighting to one detector after the other.
import { hostKey, networkKey } from '../lib/ip-origin.ts';
import type { HashKey } from '../lib/half-sip-hash.ts';
import { sketchHash } from '../lib/sketch-hash.ts';
import { mailboxOf, steadySender } from './envelope.ts';

/** A word to count by, and its keyed hash (`sketchHash`). */
export interface CountedWord {
  readonly text: string;
  readonly hash: number;
}

/** The last word that was asked for. */
class LastWord {
  readonly #key: HashKey;
  readonly #wordOf: (raw: string) => string;
  #raw = '';
  #last: CountedWord;

  constructor(key: HashKey, wordOf: (raw: string) => string) {
    this.#key = key;
    this.#wordOf = wordOf;
    this.#last = { text: '', hash: sketchHash(key, '') };
  }

  /** The empty text is an empty word. */
  of(raw: string): CountedWord {
    if (raw === this.#raw) return this.#last;
    const text = raw === '' ? '' : this.#wordOf(raw);
    this.#last = { text, hash: sketchHash(this.#key, text) };
    this.#raw = raw;
    return this.#last;
  }
}

export class SightingWords {
  readonly #mailbox: LastWord;
  readonly #sender: LastWord;
  readonly #origin: LastWord;
  readonly #host: LastWord;
  readonly #network: LastWord;
  readonly #user: LastWord;
  readonly #organisation: LastWord;

  constructor(key: HashKey, orgDomain: (domain: string) => string) {
    this.#mailbox = new LastWord(key, mailboxOf);
    this.#sender = new LastWord(key, steadySender);
    this.#origin = new LastWord(key, (name) => name);
    this.#host = new LastWord(key, hostKey);
    this.#network = new LastWord(key, networkKey);
    this.#user = new LastWord(key, (name) => name);
    this.#organisation = new LastWord(key, orgDomain);
  }

  /** The mailbox of a recipient address (`mailboxOf`). */
  mailbox(to: string): CountedWord {
    return this.#mailbox.of(to);
  }

  /** The sender under an address made for one message (`steadySender`). */
  sender(from: string): CountedWord {
    return this.#sender.of(from);
  }

  /** The name of an origin. */
  origin(name: string): CountedWord {
    return this.#origin.of(name);
  }

  /** A name that was used to log in. */
  user(name: string): CountedWord {
    return this.#user.of(name);
  }

  /** The organisation a domain belongs to. */
  organisation(domain: string): CountedWord {
    return this.#organisation.of(domain);
  }

  /** For counting one host: IPv4 the address, IPv6 its /64 (RFC 4291 2.5.1); '' for a program of this host. */
  host({ ip }: { readonly ip: string }): CountedWord {
    return this.#host.of(ip);
  }

  /** For counting what is given to one customer: IPv4 /24, IPv6 /56. */
  network({ ip }: { readonly ip: string }): CountedWord {
    return this.#network.of(ip);
  }
}
