// Detector: clients of one network that hold sessions and say next to nothing until a deadline ends them (slow-loris). One may be a bad line;
// many an hour take the places of others.
import { WindowCount } from '../../lib/window-count.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { Sighting } from '../../model/sighting.ts';
import { networkAlarmKey, netOf } from '../caller-keys.ts';
import type { Detector, DetectorDefinition } from '../detector.ts';
import { HotKeys, reached } from '../hot-keys.ts';
import { plural } from '../wording.ts';

const id = 'slow-clients';
const hourMs = 3_600_000;

const options = {
  watch: { default: 2, min: 1, max: 100_000, doc: 'Sessions of one network that a deadline ended within an hour, from which it is watched.' },
  alert: { default: 5, min: 1, max: 100_000, doc: 'Sessions of one network that a deadline ended within an hour, from which it is an attack.' },
  severe: { default: 50, min: 1, max: 100_000, doc: 'Sessions of one network that a deadline ended within an hour, from which it is severe.' },
  networks: { default: 8192, min: 100, max: 1_000_000, doc: 'Networks remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

class SlowClients implements Detector {
  readonly #options: Options;
  readonly #networks: HotKeys<WindowCount>;

  constructor(given: Options) {
    this.#options = given;
    this.#networks = new HotKeys({ detector: id, capacity: given.networks, quietMs: hourMs, fresh: () => new WindowCount(hourMs) });
  }

  get size(): number {
    return this.#networks.size;
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'departure' || sighting.how !== 'slow') return;
    const { at, caller } = sighting;
    // A user of ours on a train is no attacker, nor is a machine of ours that a person tries things on.
    if (caller.user !== null || caller.inside || caller.ip === '') return;
    const network = this.#networks.of(netOf(caller), at);
    network.note(sighting, caller.ip);
    const perHour = network.state.add(at);
    const hit = reached(perHour, this.#options);
    if (hit === null || this.#networks.isTold(network, at, hit.level)) return;
    this.#networks.tell(
      network,
      at,
      {
        key: networkAlarmKey(caller),
        level: hit.level,
        statistic: { name: 'per-hour', value: perHour, threshold: hit.threshold },
        confidence: hit.level === 'watch' ? 'low' : 'high',
        spoofable: false,
        because: `${plural(perHour, 'session')} of this network said next to nothing until a deadline ended them, within an hour`,
      },
      raise,
    );
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#networks.settle(at, calm);
  }
}

/** D5, the slow kind of flood. */
export const slowClients: DetectorDefinition<typeof options> = {
  id,
  row: 'D5',
  doc: 'Clients of one network hold sessions and say next to nothing until a deadline ends them.',
  kinds: ['departure'],
  options,
  create: (given) => new SlowClients(given),
};
