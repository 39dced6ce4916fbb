// Real arrival times of legitimate mail inside an institution (arrival-email-graph: sender, recipient, second) as what a gateway sees of it: each
// message with its connection, and with the mistakes that people make. The times are real, names and mistakes are made.
import { readFileSync } from 'node:fs';
import { originOf } from '../../src/detect/sightings/origin.ts';
import { orgDomain } from '../../src/lib/org-domain.ts';
import { seededRandom } from '../../src/lib/seeded-random.ts';
import type { Caller, Sighting } from '../../src/model/sighting.ts';
import type { Innocent } from './trial.ts';

interface Arrival {
  readonly sender: number;
  readonly recipients: readonly number[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** One in so many: a recipient is mistyped; a password is; a phone asks for relaying before it logs in; a line breaks; a line is too slow. */
const oneIn = { mistypedRecipient: 100, mistypedPassword: 20, forgottenLogin: 500, lost: 50, slow: 200 } as const;
/** Milliseconds since the epoch at which the arrivals begin. */
export const start = Date.UTC(2026, 0, 5);

/** The three ways in which the same mail could come through a gateway. */
export function arrivalsOf(path: string): Innocent[] {
  const arrivals = readArrivals(path);
  return [
    {
      name: 'arrivals, a house for each sender',
      sightings: asSeen(arrivals, (sender) => ({ from: `u${sender}@d${sender}.example`, caller: stranger(addressOf(sender), `mail.d${sender}.example`) })),
    },
    {
      name: 'arrivals, one provider for all',
      sightings: asSeen(arrivals, (sender) => ({ from: `u${sender}@provider.example`, caller: stranger('198.18.0.1', 'out.provider.example') })),
    },
    {
      name: 'arrivals, sent out by our users',
      sightings: asSeen(arrivals, (sender) => ({
        from: `u${sender}@hub.example`,
        caller: { ip: addressOf(sender), name: null, user: `u${sender}`, inside: false },
        to: (recipient) => `u${recipient}@d${recipient % 300}.example`,
      })),
    },
  ];
}

/** Rows of one sender and second are one message to several. */
function readArrivals(path: string): Arrival[] {
  const messages = new Map<string, { readonly sender: number; readonly recipients: number[]; readonly at: number }>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [sender, recipient, second] = line.split('\t').map(Number);
    if (sender === undefined || recipient === undefined || second === undefined) continue;
    const key = `${sender} ${second}`;
    const message = messages.get(key) ?? { sender, recipients: [], at: start + second * 1000 };
    message.recipients.push(recipient);
    messages.set(key, message);
  }
  return [...messages.values()].toSorted((one, other) => one.at - other.at);
}

/** Of the benchmarking networks, 198.18.0.0/15. */
export const addressOf = (number: number): string => `198.${18 + ((number >> 16) & 1)}.${(number >> 8) & 255}.${number & 255}`;
export const stranger = (ip: string, name: string): Caller => ({ ip, name, user: null, inside: false });

interface Role {
  readonly from: string;
  readonly caller: Caller;
  /** Whom a number is; without it one of us. */
  readonly to?: (recipient: number) => string;
}

function asSeen(arrivals: readonly Arrival[], roleOf: (sender: number) => Role): Sighting[] {
  const random = seededRandom(7);
  const happens = (each: number): boolean => random() * each < 1;
  return arrivals.flatMap(({ sender, recipients, at }, number) => {
    const { from, caller, to = (recipient: number) => `u${recipient}@hub.example` } = roleOf(sender);
    const seen = { at, source: `arrival:${number}`, caller };
    const before = { ...seen, caller: { ...caller, user: null } };
    const origin = originOf(caller, from, null, { orgDomain });
    const session = `s${number}`;
    const named = { kind: 'recipient', ...seen, origin, from } as const;
    const some: Sighting[] = [{ kind: 'connection', ...before, session, refused: false }];
    if (caller.user !== null) {
      if (happens(oneIn.forgottenLogin)) some.push({ ...named, ...before, to: to(recipients[0] ?? 0), answer: 'relay' });
      if (happens(oneIn.mistypedPassword)) some.push({ kind: 'auth', ...before, user: caller.user, ok: false, secret: `slip${number}` });
      some.push({ kind: 'auth', ...before, user: caller.user, ok: true, secret: null });
    } else if (happens(oneIn.mistypedRecipient)) some.push({ ...named, to: `slip${number}@hub.example`, answer: 'unknown' });
    const message = {
      kind: 'message',
      ...seen,
      origin,
      from,
      recipients: recipients.length,
      outcome: 'delivered',
      subject: null,
      bytes: 5000,
      traits: null,
    } as const;
    for (const [index, recipient] of recipients.entries()) {
      some.push({ ...named, to: to(recipient), answer: 'accepted' });
      some.push({ ...message, direction: caller.user === null ? 'in' : 'out', to: to(recipient), index, messageId: `<${number}@arrivals>` });
    }
    const how = happens(oneIn.slow) ? 'slow' : happens(oneIn.lost) ? 'lost' : 'quit';
    some.push({ kind: 'departure', ...seen, session, how });
    return some;
  });
}
