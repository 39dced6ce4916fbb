// Whether the next hop takes a recipient. Its answers are kept, so that a dictionary attack meets a cache and not the hub
// (architecture, "Delivery"); one question at a time goes out for one recipient.
import { LruMap } from '../lib/lru-map.ts';
import type { DeliveryOutcome, ProbeOutcome, Route } from '../model/delivery.ts';
import { addressOf, type Mailbox } from '../model/mailbox.ts';
import { isPermanent, type Reply } from '../model/reply.ts';
import type { RcptInput } from '../model/stage-input.ts';
import { DeliveryRefusals, type RefusedDelivery } from './delivery-refusals.ts';
import type { LastingRecipients } from './lasting-recipients.ts';
import { known, unknown, type Fact, type RecipientStatus } from '../policy/facts.ts';

export interface RecipientFacts {
  status(input: RcptInput): Fact<RecipientStatus> | Promise<Fact<RecipientStatus>>;
  /** Learns from what the next hop said at delivery: what it said of one of several is said at RCPT when that client comes again with the message. */
  learnFrom(request: RefusedDelivery, outcome: DeliveryOutcome): void;
  /** The next hop has said that it takes the recipient, and that still holds; nobody is asked. */
  isVerified(route: Route, to: Mailbox): boolean;
  /** Forgets everything; for a reload. */
  forget(): void;
}

export interface RecipientFactsParts {
  /** Asks the next hop; resolves within its own deadline. */
  probe(route: Route, recipient: Mailbox, smtputf8: boolean): Promise<ProbeOutcome>;
  /** False: the next hop is not to be asked about this one now. */
  mayAsk(input: RcptInput): boolean;
  /** The route to ask about a recipient; null where nobody is asked. */
  probeRouteOf(input: RcptInput): Route | null;
  /** Milliseconds, and entries. */
  readonly cache: { readonly positive: number; readonly negative: number; readonly entries: number };
  now(): number;
  /** What earlier answers were, through reloads and crashes; absent: nothing lasts. */
  readonly lasting?: Pick<LastingRecipients, 'until' | 'note' | 'drop'>;
}

interface Remembered {
  readonly fact: Fact<RecipientStatus>;
  /** From then on the next hop is asked again; until it answers, an old yes still holds. */
  readonly freshUntil: number;
  readonly keptUntil: number;
}

/** A next hop that could not answer is asked again after this, in ms: short, or its recovery would go unseen; long enough to bundle a flood. */
const temporaryMs = 10_000;
/** How many times its life a yes outlives itself while the next hop is away: a week by default. */
const staleFactor = 7;
/** Questions under way at once at most; a flood of new recipients beyond that is deferred. */
const maxProbes = 1000;

const exists: Fact<RecipientStatus> = known({ kind: 'exists' });
const notVerified: Fact<RecipientStatus> = known({ kind: 'not-verified' });

export function createRecipientFacts({ probe, mayAsk, probeRouteOf, cache, now, lasting }: RecipientFactsParts): RecipientFacts {
  const answers = new LruMap<string, Remembered>({ capacity: cache.entries, now });
  const refusals = new DeliveryRefusals({ now });
  const underWay = new Map<string, Promise<Fact<RecipientStatus>>>();

  const keep = (key: string, fact: Fact<RecipientStatus>, freshMs: number, keptMs: number): Fact<RecipientStatus> => {
    answers.set(key, { fact, freshUntil: now() + freshMs, keptUntil: now() + keptMs }, keptMs);
    return fact;
  };

  const remember = (key: string, outcome: ProbeOutcome, old: Remembered | undefined): Fact<RecipientStatus> => {
    switch (outcome.kind) {
      case 'accepted':
        lasting?.note(key, now() + cache.positive * staleFactor);
        return keep(key, exists, cache.positive, cache.positive * staleFactor);
      case 'refused':
        lasting?.drop(key);
        return keep(key, known({ kind: 'refused', hubReply: outcome.hubReply }), cache.negative, cache.negative);
      case 'deferred':
      case 'unreachable':
        if (old?.fact === exists) return keep(key, exists, temporaryMs, old.keptUntil - now());
        return keep(key, unknown(whyUnknown(outcome)), temporaryMs, temporaryMs);
      default:
        return outcome satisfies never;
    }
  };

  const ask = (key: string, route: Route, { to, parameters }: RcptInput, old: Remembered | undefined): Promise<Fact<RecipientStatus>> => {
    const waiting = underWay.get(key);
    if (waiting !== undefined) return waiting;
    if (underWay.size >= maxProbes) return Promise.resolve(old?.fact === exists ? exists : unknown('too many recipients are being verified'));
    const asked = probe(route, to, parameters.smtputf8)
      .catch((error: unknown): ProbeOutcome => ({ kind: 'unreachable', why: `probe failed: ${String(error)}` }))
      .then((outcome) => remember(key, outcome, old))
      .finally(() => underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  };

  /** A yes of before: the next hop is asked all the same, and only where it cannot answer does the yes hold. */
  const lastingYes = (key: string): Remembered | undefined => {
    const keptUntil = lasting?.until(key) ?? null;
    return keptUntil === null ? undefined : { fact: exists, freshUntil: 0, keptUntil };
  };

  return {
    status: (input) => {
      const route = probeRouteOf(input);
      const refused = refusals.take(input);
      if (refused !== undefined) return known({ kind: 'refused', hubReply: refused });
      if (route === null) return notVerified;
      const key = answerKey(route, input.to);
      const held = answers.get(key) ?? lastingYes(key);
      if (held !== undefined && held.freshUntil > now()) return held.fact;
      if (!mayAsk(input)) return held?.fact === exists ? exists : unknown('not asked under load');
      return ask(key, route, input, held);
    },
    learnFrom: (request, outcome) => {
      for (const { to, hubReply } of refusedAt(request.recipients, outcome)) {
        if (!isPermanent(hubReply)) continue;
        answers.delete(answerKey(request.route, to)); // the cached yes was wrong
        lasting?.drop(answerKey(request.route, to));
      }
      if (outcome.kind === 'mixed') refusals.note(request, outcome);
    },
    isVerified: (route, to) => answers.get(answerKey(route, to))?.fact === exists,
    forget: () => {
      answers.clear();
      refusals.clear();
    },
  };
}

/** With the server's address: what one server has taken says nothing of another that takes its place. */
const answerKey = ({ key, address }: Route, to: Mailbox): string =>
  `${key} ${address.kind === 'maildir' ? address.path : `${address.host}:${address.port}`} ${addressOf(to)}`;

const whyUnknown = (outcome: Extract<ProbeOutcome, { kind: 'deferred' | 'unreachable' }>): string =>
  outcome.kind === 'unreachable' ? outcome.why : `the next hop answered ${outcome.hubReply.code} ${outcome.hubReply.lines[0] ?? ''}`.slice(0, 200);

/** Recipients whom the next hop may not have after all. What it says behind the content is about that, but for addresses (RFC 3463 X.1.X). */
function refusedAt(recipients: readonly Mailbox[], outcome: DeliveryOutcome): readonly { readonly to: Mailbox; readonly hubReply: Reply }[] {
  if (outcome.kind === 'mixed') return outcome.perRecipient.filter(({ hubReply }) => outcome.at === 'rcpt' || hubReply.enhanced?.startsWith('5.1.'));
  if (outcome.kind === 'refused' && outcome.at === 'rcpt' && isPermanent(outcome.hubReply)) return recipients.map((to) => ({ to, hubReply: outcome.hubReply }));
  return [];
}
