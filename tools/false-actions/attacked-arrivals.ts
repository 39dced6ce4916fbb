// Attacks laid over innocent arrivals, one a day: the good mail beside them shows what else the answers touch.
import { originOf } from '../../src/detect/sightings/origin.ts';
import { orgDomain } from '../../src/lib/org-domain.ts';
import type { Caller, Sighting } from '../../src/model/sighting.ts';
import { addressOf, arrivalsOf, start, stranger } from './arrivals.ts';
import type { Innocent } from './trial.ts';

/** The same with attacks beside it: what else do the answers touch? */
export function attackedArrivalsOf(path: string): Innocent[] {
  const [houses, provider] = arrivalsOf(path);
  if (houses === undefined || provider === undefined) return [];
  return [
    { ...withAttacks(houses, bombOfOne), name: 'arrivals, and a bomb a day of one sender' },
    { ...withAttacks(houses, bombOfMany), name: 'arrivals, and a bomb a day of many senders' },
    { ...withAttacks(provider, harvestByProvider), name: 'arrivals, and a harvest a day by the same provider' },
    { ...withAttacks(provider, relayingByProvider), name: 'arrivals, and a relay probe a day by the same provider' },
    { ...withAttacks(provider, floodByProvider), name: 'arrivals, and a flood of connections a day by the same provider' },
  ];
}

interface AttackMoment {
  readonly at: number;
  /** Of the attack, and of the sighting within it. */
  readonly day: number;
  readonly number: number;
  /** Somebody who gets mail on that day. */
  readonly victim: string;
}

interface AttackSort {
  readonly count: number;
  readonly lastsMs: number;
  sightingOf(moment: AttackMoment): Sighting;
}

const dayMs = 86_400_000;
const byProvider = { caller: stranger('198.18.0.1', 'out.provider.example'), origin: { kind: 'host', name: 'provider.example', spoofable: false } } as const;

const bombFrom = (from: string, caller: Caller, { at, day, number, victim }: AttackMoment): Sighting => ({
  kind: 'message',
  at,
  source: `bomb:${day}:${number}`,
  caller,
  origin: originOf(caller, from, null, { orgDomain }),
  direction: 'in',
  from,
  to: victim,
  index: 0,
  recipients: 1,
  outcome: 'delivered',
  messageId: `<${day}-${number}@bomb>`,
  subject: null,
  bytes: 5000,
  traits: null,
});
const namedBy = ({ at, day, number }: AttackMoment, to: string, answer: 'unknown' | 'relay'): Sighting => ({
  kind: 'recipient',
  at,
  source: `named:${day}:${number}`,
  ...byProvider,
  from: 'x@provider.example',
  to,
  answer,
});

const bombOfOne: AttackSort = {
  count: 200,
  lastsMs: 3_600_000,
  sightingOf: (moment) => bombFrom(`bomber@evil${moment.day}.example`, stranger(`203.0.113.${moment.day % 250}`, `mail.evil${moment.day}.example`), moment),
};
const bombOfMany: AttackSort = {
  count: 1000,
  lastsMs: 3_600_000,
  sightingOf: (moment) => bombFrom(`x@b${moment.number}.example`, stranger(addressOf(40_000 + moment.number), `mail.b${moment.number}.example`), moment),
};
const harvestByProvider: AttackSort = {
  count: 60,
  lastsMs: 600_000,
  sightingOf: (moment) => namedBy(moment, `guess${moment.day}-${moment.number}@hub.example`, 'unknown'),
};
const relayingByProvider: AttackSort = {
  count: 12,
  lastsMs: 60_000,
  sightingOf: (moment) => namedBy(moment, `x@far${moment.number}.example`, 'relay'),
};
const floodByProvider: AttackSort = {
  count: 3000,
  lastsMs: 600_000,
  sightingOf: ({ at, day, number }) => ({
    kind: 'connection',
    at,
    source: `flood:${day}:${number}`,
    caller: byProvider.caller,
    session: `flood${day}-${number}`,
    refused: true,
  }),
};

/** An attack of the sort each day at noon, from the third day on. */
function withAttacks(innocent: Innocent, { count, lastsMs, sightingOf }: AttackSort): Innocent {
  const hostile = new Set<Sighting>();
  const end = innocent.sightings.at(-1)?.at ?? start;
  for (let day = 2, noon = start + 2.5 * dayMs; noon < end; day++, noon += dayMs) {
    const next = innocent.sightings.find(({ kind, at }) => kind === 'message' && at >= noon);
    const victim = next?.kind === 'message' ? next.to : 'u1@hub.example';
    for (let number = 0; number < count; number++) hostile.add(sightingOf({ at: Math.round(noon + (lastsMs * number) / count), day, number, victim }));
  }
  return { ...innocent, hostile, sightings: [...innocent.sightings, ...hostile].toSorted((one, other) => one.at - other.at) };
}
