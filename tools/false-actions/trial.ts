// The detectors and the playbook over innocent traffic: which good messages would its answers have touched? The engine, the proposals, the guards and
// the renewing are the gateway's own; only clock and door are played. What an answer touches goes on as if it had not: every message counts.
import { detectors } from '../../src/detect/catalogue.ts';
import { createEngine } from '../../src/detect/engine.ts';
import { orgDomain } from '../../src/lib/org-domain.ts';
import { createNeverBlock } from '../../src/facts/never-block.ts';
import type { Config } from '../../src/config/options.ts';
import { alarmKeyText, type Alarm, type Calm } from '../../src/model/alarm.ts';
import type { Incident } from '../../src/model/incident.ts';
import type { Measure } from '../../src/model/measure.ts';
import type { MessageSighting, Sighting } from '../../src/model/sighting.ts';
import { isGoodMail, touches } from '../../src/respond/good-mail.ts';
import { playbookRows } from '../../src/respond/playbook.ts';
import { createResponder, type AutomaticMeasure } from '../../src/respond/responder.ts';

/** Traffic of which it is known who does no wrong: nobody in it, or all but an attack. */
export interface Innocent {
  /** What kind of traffic it is, for the table. */
  readonly name: string;
  /** In the order of their time. */
  readonly sightings: readonly Sighting[];
  readonly bulkSenders?: readonly string[];
  /** What belongs to an attack, and is no good mail whatever became of it. */
  readonly hostile?: ReadonlySet<Sighting>;
}

/** What the answers to one detector would have done to it. */
export interface Toll {
  /** Alarms of level alert or severe. */
  alarms: number;
  /** Measures that were put in force; each renewal counts. */
  measures: number;
  /** Good messages that one of them would have touched, each once. */
  touched: number;
}

export interface Trial {
  readonly name: string;
  readonly goodMessages: number;
  /** By detector, all of them. */
  readonly tolls: ReadonlyMap<string, Toll>;
}

interface InForce {
  readonly detector: string;
  readonly scope: Measure['scope'];
  readonly expiresAt: number;
}

type Open = Pick<Incident, 'id' | 'level' | 'measures'> & { readonly state: 'alert' };

/** How often the responder looks for what has run out, in ms: as in the keeper. */
const renewEveryMs = 30_000;
const site = { networks: ['10.0.0.0/8'], domains: ['hub.example'], customerDomains: [] } as const;

/**
 * Runs one kind of traffic through all of it. Without guards nothing stands between the alarm and the measure but the playbook: what the
 * picture of the last day's good mail saves is the difference.
 */
export async function tryPlaybook(traffic: Innocent, isGuarded: boolean): Promise<Trial> {
  const door = new PlayedDoor();
  const incidents = new Map<string, Open>();
  const engine = engineFor(traffic, ({ detector, key }) => incidents.delete(`${detector} ${alarmKeyText(key)}`));
  const responder = createResponder({
    // Each answer is tried as if it were carried out: that is the question.
    playbook: () => Object.fromEntries(playbookRows.map(({ detector }) => [detector, { carryOut: true }])),
    add: (draft) => Promise.resolve(door.add(draft)),
    isInForce: (id) => door.holds(id),
    attach: (incident, measure) => {
      for (const [key, open] of incidents) if (open.id === incident) incidents.set(key, { ...open, measures: [...open.measures, measure] });
    },
    tellHistory: () => undefined,
    scopeText: (scope) => JSON.stringify(scope),
    now: () => door.now,
  });
  let renewedAt = 0;
  for (const sighting of traffic.sightings) {
    door.now = sighting.at;
    if (incidents.size > 0 && sighting.at - renewedAt >= renewEveryMs) {
      renewedAt = sighting.at;
      await responder.renew([...incidents.values()]);
    }
    if (sighting.kind === 'message') {
      if (traffic.hostile?.has(sighting) !== true) door.pass(sighting);
      if (isGuarded) responder.note(sighting);
    }
    for (const alarm of engine.note(sighting)) {
      door.tell(alarm);
      await responder.answer(alarm, openFor(alarm, incidents));
    }
  }
  return { name: traffic.name, goodMessages: door.goodMessages, tolls: door.tolls };
}

function openFor(alarm: Alarm, incidents: Map<string, Open>): Open {
  const key = `${alarm.detector} ${alarmKeyText(alarm.key)}`;
  const known = incidents.get(key);
  const open: Open = { id: key, state: 'alert', measures: known?.measures ?? [], level: alarm.level };
  incidents.set(key, open);
  return open;
}

function engineFor({ bulkSenders = [] }: Innocent, onCalm: (calm: Calm) => void) {
  return createEngine({
    definitions: detectors,
    options: {},
    context: {
      hashKey: { k0: 0x1357, k1: 0x2468 },
      isOurDomain: (domain) => domain === 'hub.example',
      orgDomain,
      isBulkSender: (user) => bulkSenders.includes(user),
    },
    onCalm,
  });
}

/** Where measures hold and messages come by. */
class PlayedDoor {
  now = 0;
  goodMessages = 0;
  readonly tolls = new Map<string, Toll>(detectors.map(({ id }) => [id, { alarms: 0, measures: 0, touched: 0 }]));
  readonly #inForce = new Map<string, InForce>();
  readonly #neverBlock = createNeverBlock({ site, neverBlock: { networks: [], senders: [], recipients: [] } } as unknown as Config); // it reads no more of it
  #added = 0;

  holds(id: string): boolean {
    const measure = this.#inForce.get(id);
    if (measure !== undefined && measure.expiresAt <= this.now) this.#inForce.delete(id);
    return this.#inForce.has(id);
  }

  add({
    detector,
    scope,
    action,
    expiresAt,
    dryRun,
  }: AutomaticMeasure): { readonly ok: true; readonly id: string } | { readonly ok: false; readonly error: string } {
    const spared = this.#neverBlock.ofMeasure({ scope, action, dryRun });
    if (spared !== null) return { ok: false, error: spared };
    const id = `m-${++this.#added}`;
    // On evidence that anybody could have made up it is only recorded, whatever the operator says.
    if (!dryRun) this.#inForce.set(id, { detector, scope, expiresAt });
    const toll = this.tolls.get(detector);
    if (toll !== undefined && !dryRun) toll.measures++;
    return { ok: true, id };
  }

  tell({ detector, level }: Alarm): void {
    const toll = this.tolls.get(detector);
    if (toll !== undefined && level !== 'watch') toll.alarms++;
  }

  pass(sighting: MessageSighting): void {
    if (!isGoodMail(sighting)) return;
    this.goodMessages++;
    const touching = new Set<string>();
    for (const [id, { detector, scope }] of this.#inForce) {
      // Our own networks are never blocked, unless the user is named.
      if (this.holds(id) && touches(scope, sighting) && (scope.user !== undefined || !sighting.caller.inside)) touching.add(detector);
    }
    for (const detector of touching) {
      const toll = this.tolls.get(detector);
      if (toll !== undefined) toll.touched++;
    }
  }
}
