// Whether the next hop takes a recipient. Its answers are kept, so that a dictionary attack meets a cache and not the hub
// (architecture, "Delivery"); one question at a time goes out for one recipient.
import { LruMap } from '../lib/lru-map.ts';
import type { DeliveryOutcome, DeliveryRequest, ProbeOutcome, Route } from '../model/delivery.ts';
import { addressOf, type Mailbox, type Sender } from '../model/mailbox.ts';
import { isPermanent, type Reply } from '../model/reply.ts';
import type { RcptInput } from '../model/stage-input.ts';
import type { LastingRecipients } from './lasting-recipients.ts';
import { known, unknown, type Fact, type RecipientStatus } from '../policy/facts.ts';

export interface RecipientFacts {
  status(input: RcptInput): Fact<RecipientStatus> | Promise<Fact<RecipientStatus>>;
  /** Learns from what the next hop said at delivery: a refused recipient is refused at RCPT when the same sender comes again. */
  learnFrom(request: Pick<DeliveryRequest, 'from' | 'recipients' | 'route'>, outcome: DeliveryOutcome): void;
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
/** A refusal at delivery is remembered for this long, in ms: longer than the usual steps between a sender's retries. */
const refusalMs = 4 * 3_600_000;
/** A recipient deferred at delivery beside others is deferred at RCPT for so long, in ms, or the others would wait for it for ever. */
const deferralMs = 900_000;
const refusalEntries = 10_000;
/** Questions under way at once at most; a flood of new recipients beyond that is deferred. */
const maxProbes = 1000;

const exists: Fact<RecipientStatus> = known({ kind: 'exists' });
const notVerified: Fact<RecipientStatus> = known({ kind: 'not-verified' });

export function createRecipientFacts({ probe, mayAsk, probeRouteOf, cache, now, lasting }: RecipientFactsParts): RecipientFacts {
  const answers = new LruMap<string, Remembered>({ capacity: cache.entries, now });
  const refusals = new LruMap<string, Reply>({ capacity: refusalEntries, now });
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
      const refused = refusals.size === 0 ? undefined : refusals.get(refusalKey(input.from, input.to));
      if (refused !== undefined) return known({ kind: 'refused', hubReply: refused });
      if (route === null) return notVerified;
      const key = answerKey(route, input.to);
      const held = answers.get(key) ?? lastingYes(key);
      if (held !== undefined && held.freshUntil > now()) return held.fact;
      if (!mayAsk(input)) return held?.fact === exists ? exists : unknown('not asked under load');
      return ask(key, route, input, held);
    },
    learnFrom: ({ from, recipients, route }, outcome) => {
      for (const { to, hubReply } of refusedAt(recipients, outcome)) {
        if (isPermanent(hubReply)) {
          answers.delete(answerKey(route, to)); // the cached yes was wrong
          lasting?.drop(answerKey(route, to));
        }
        if (outcome.kind === 'mixed') refusals.set(refusalKey(from, to), hubReply, isPermanent(hubReply) ? refusalMs : deferralMs);
      }
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
const refusalKey = (from: Sender, to: Mailbox): string => `${addressOf(from)} ${addressOf(to)}`;

const whyUnknown = (outcome: Extract<ProbeOutcome, { kind: 'deferred' | 'unreachable' }>): string =>
  outcome.kind === 'unreachable' ? outcome.why : `the next hop answered ${outcome.hubReply.code} ${outcome.hubReply.lines[0] ?? ''}`.slice(0, 200);

/** Recipients the next hop refused at delivery: of several also those put off. A refusal of the one recipient is already the client's answer: nothing to remember. */
function refusedAt(recipients: readonly Mailbox[], outcome: DeliveryOutcome): readonly { readonly to: Mailbox; readonly hubReply: Reply }[] {
  if (outcome.kind === 'mixed') return outcome.perRecipient.filter(({ hubReply }) => hubReply.code >= 400);
  if (outcome.kind === 'refused' && outcome.at === 'rcpt' && isPermanent(outcome.hubReply)) return recipients.map((to) => ({ to, hubReply: outcome.hubReply }));
  return [];
}
