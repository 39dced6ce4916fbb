// Sightings for tests of detectors: what a test does not say is ordinary. Times are seconds after an afternoon in 2026.
import type { DetectorContext, DetectorDefinition } from '../../src/detect/detector.ts';
import { createEngine } from '../../src/detect/engine.ts';
import { originOf } from '../../src/detect/sightings/origin.ts';
import type { Alarm, Calm } from '../../src/model/alarm.ts';
import type {
  AuthSighting,
  Caller,
  ConnectionSighting,
  DepartureSighting,
  GaugeSighting,
  HubSighting,
  MessageSighting,
  OffenceSighting,
  RecipientSighting,
  Sighting,
} from '../../src/model/sighting.ts';
import { orgDomain } from './scenario.ts';

export const startAt = Date.UTC(2026, 2, 2, 14);

type Given<S extends Sighting> = Partial<Omit<S, 'kind' | 'at' | 'source' | 'caller' | 'origin'>> & Partial<Caller>;

const seen = (seconds: number): { at: number; source: string } => ({ at: startAt + seconds * 1000, source: `s@${seconds}` });
const callerOf = ({ ip = '198.51.100.7', name = null, user = null, inside = false }: Partial<Caller>): Caller => ({ ip, name, user, inside });
const site = { orgDomain };

export const connection = (seconds: number, given: Given<ConnectionSighting> = {}): Sighting => ({
  kind: 'connection',
  ...seen(seconds),
  session: '',
  refused: false,
  ...given,
  caller: callerOf(given),
});

export const departure = (seconds: number, given: Given<DepartureSighting> = {}): Sighting => ({
  kind: 'departure',
  ...seen(seconds),
  session: '',
  how: 'quit',
  ...given,
  caller: callerOf(given),
});

export const offence = (seconds: number, given: Given<OffenceSighting> = {}): Sighting => ({
  kind: 'offence',
  ...seen(seconds),
  what: 'refused',
  ...given,
  caller: callerOf(given),
});

/** `user` is the name that is tried. */
export const auth = (seconds: number, { user = 'anna', ...given }: Given<AuthSighting> = {}): Sighting => ({
  kind: 'auth',
  ...seen(seconds),
  ok: false,
  secret: null,
  ...given,
  user: user ?? '',
  caller: callerOf(given),
});

export function recipient(seconds: number, given: Given<RecipientSighting> = {}): Sighting {
  const caller = callerOf(given);
  const { from = 'x@sender.example' } = given;
  return {
    kind: 'recipient',
    ...seen(seconds),
    to: 'anna@hub.example',
    answer: 'accepted',
    ...given,
    from,
    caller,
    origin: originOf(caller, from, null, site),
  };
}

export function message(seconds: number, given: Given<MessageSighting> = {}): Sighting {
  const caller = callerOf(given);
  const { from = 'x@sender.example', traits = null } = given;
  return {
    kind: 'message',
    ...seen(seconds),
    direction: 'in',
    to: 'anna@hub.example',
    index: 0,
    recipients: 1,
    outcome: 'delivered',
    messageId: null,
    subject: null,
    bytes: 1000,
    ...given,
    from,
    traits,
    caller,
    origin: originOf(caller, from, traits, site),
  };
}

export const hub = (seconds: number, given: Partial<Omit<HubSighting, 'kind' | 'at' | 'source'>> = {}): Sighting => ({
  kind: 'hub',
  ...seen(seconds),
  route: 'hub',
  outcome: 'ok',
  ms: 20,
  ...given,
});

export const gauge = (seconds: number, name: GaugeSighting['name'], value: number): Sighting => ({ kind: 'gauge', ...seen(seconds), name, value });

/** So many sightings, made one by one. */
export const many = (count: number, make: (number: number) => Sighting): Sighting[] => Array.from({ length: count }, (_, number) => make(number));

export interface Heard {
  readonly alarms: readonly Alarm[];
  /** Levels of the alarms, in order, without repetition. */
  readonly levels: readonly string[];
  readonly size: number;
  /** Keys that were named quiet. */
  readonly calms: readonly Calm[];
}

/** What one detector says to sightings, at its defaults. */
export function hear(definition: DetectorDefinition, sightings: readonly Sighting[], about: Partial<DetectorContext> = {}): Heard {
  const context = { hashKey: { k0: 1, k1: 2 }, isOurDomain: (domain: string) => domain === 'hub.example', orgDomain, ...about };
  const calms: Calm[] = [];
  const engine = createEngine({ definitions: [definition], options: {}, context, onCalm: (calm) => calms.push(calm) });
  const alarms = sightings.flatMap((sighting) => engine.note(sighting));
  return { alarms, levels: [...new Set(alarms.map(({ level }) => level))], size: engine.size, calms };
}
