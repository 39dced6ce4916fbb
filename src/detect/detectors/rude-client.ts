// Detector: one client is refused again and again, or speaks what no mail server speaks. Each offence adds points, an accepted message takes
// some off, and they leak away: a burst is seen within seconds, and a host with a stale address now and then never. It knows as much from a
// log as from a session.
import { addScore, type LeakyScore, startScore } from '../../lib/leaky-score.ts';
import { RecentPrints } from '../../lib/recent-numbers.ts';
import { sketchHash } from '../../lib/sketch-hash.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { Caller, OffenceSighting, RecipientSighting, Sighting } from '../../model/sighting.ts';
import { callerText, hostAlarmKey } from '../caller-keys.ts';
import type { Detector, DetectorDefinition, DetectorGround } from '../detector.ts';
import { HotKeys, reached } from '../hot-keys.ts';
import { exactly, plural } from '../wording.ts';

const id = 'rude-client';
const hourMs = 3_600_000;

const options = {
  watch: { default: 3, min: 0.5, max: 10_000, doc: 'Points from which a client is watched.' },
  alert: { default: 4, min: 0.5, max: 10_000, doc: 'Points from which it is called rude; a refusal is 1.5, an unknown recipient 0.25, another protocol 4.' },
  severe: { default: 40, min: 1, max: 100_000, doc: 'Points from which it is severe.' },
  leakPerHour: { default: 6, min: 0, max: 10_000, doc: 'Points that are forgiven an hour.' },
  clients: { default: 8192, min: 100, max: 1_000_000, doc: 'Clients remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/**
 * Points of an offence. No honest mail server speaks HTTP to us, and another program that stopped a client had its reasons: either is
 * enough by itself.
 */
const offencePoints: Readonly<Record<OffenceSighting['what'], number>> = { alien: 4, limited: 4, spam: 2.5, refused: 1.5, protocol: 1.5 };
const recipientPoints: Readonly<Record<RecipientSighting['answer'], number>> = {
  refused: 1.5,
  trap: 1.5,
  relay: 1.5,
  unknown: 0.25,
  deferred: 0,
  honeypot: 0, // DNS may have sent it there
  accepted: -0.25,
};
/** A failed password; the same name of a host counts once a day, for phones with an old one. */
const guessPoints = 0.75;
const rudeEndPoints = 1.5;
/** What an accepted message and a login take off. */
const goodPoints = -2;
const mostGuesses = 20_000;
/** Points stop at this share above severe. */
const mostFactor = 1.25;

class RudeClient implements Detector {
  readonly #options: Options;
  readonly #clients: HotKeys<LeakyScore>;
  readonly #context: DetectorGround;
  readonly #guesses = new RecentPrints({ capacity: mostGuesses, keepMs: 24 * hourMs });

  constructor(given: Options, context: DetectorGround) {
    this.#options = given;
    this.#context = context;
    this.#clients = new HotKeys({ detector: id, capacity: given.clients, quietMs: hourMs, fresh: startScore });
  }

  get size(): number {
    return this.#clients.size + this.#guesses.size;
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    switch (sighting.kind) {
      case 'offence':
        return this.#bad(sighting, sighting.caller, offencePoints[sighting.what], raise);
      case 'recipient':
        if (sighting.answer === 'accepted') return this.#good(sighting.at, sighting.caller, recipientPoints.accepted);
        return this.#bad(sighting, sighting.caller, recipientPoints[sighting.answer], raise);
      case 'departure':
        return this.#bad(sighting, sighting.caller, sighting.how === 'rude' ? rudeEndPoints : 0, raise);
      case 'auth':
        if (sighting.ok) return this.#good(sighting.at, sighting.caller);
        return this.#bad(sighting, sighting.caller, this.#isNewGuess(sighting) ? guessPoints : 0, raise);
      case 'message':
        if (sighting.outcome === 'delivered') this.#good(sighting.at, sighting.caller);
        return;
      default:
    }
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#clients.settle(at, calm);
  }

  #bad(sighting: Sighting, caller: Caller, points: number, raise: (alarm: Alarm) => void): void {
    // What a user of ours does is judged as a user's doing: his address may be his whole office's.
    if (points === 0 || caller.ip === '' || caller.user !== null) return;
    const { at } = sighting;
    const client = this.#clients.of(this.#context.words.host(caller).text, at);
    client.note(sighting, callerText(caller));
    const score = addScore(client.state, points, this.#terms(at));
    const hit = reached(score, this.#options);
    if (hit === null || this.#clients.isTold(client, at, hit.level)) return;
    this.#clients.tell(
      client,
      at,
      {
        key: hostAlarmKey(caller),
        level: hit.level,
        statistic: { name: 'points', value: score, threshold: hit.threshold },
        confidence: hit.level === 'severe' ? 'high' : 'medium',
        spoofable: false,
        counts: { offences: exactly(client.count) },
        because: `${caller.ip} was refused or spoke out of turn ${plural(client.count, 'time')}`,
      },
      raise,
    );
  }

  #good(at: number, caller: Caller, points = goodPoints): void {
    const client = caller.ip === '' ? undefined : this.#clients.peek(this.#context.words.host(caller).text);
    if (client !== undefined) addScore(client.state, points, this.#terms(at));
  }

  #isNewGuess({ at, caller, user, secret }: Extract<Sighting, { kind: 'auth' }>): boolean {
    return user === '' || this.#guesses.isNew(sketchHash(this.#context.hashKey, `${this.#context.words.host(caller).text} ${user} ${secret ?? ''}`), at);
  }

  #terms(at: number): { readonly at: number; readonly perMinute: number; readonly most: number } {
    return { at, perMinute: this.#options.leakPerHour / 60, most: mostFactor * this.#options.severe };
  }
}

/** D5: bursts of refusals and junk of one client. */
export const rudeClient: DetectorDefinition<typeof options> = {
  id,
  row: 'D5',
  doc: 'One client is refused again and again within minutes, or speaks what no mail server speaks.',
  kinds: ['offence', 'recipient', 'departure', 'auth', 'message'],
  options,
  create: (given, context) => new RudeClient(given, context),
};
