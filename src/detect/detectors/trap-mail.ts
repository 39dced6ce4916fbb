// Detector: somebody writes to addresses that nobody ever had. They stand on pages for address gatherers only, or were never written anywhere:
// one may be a slip, two are a list that was bought. Reports do not count: a forger can send them there. At a honeypot counts who came straight to it.
import { WindowCount } from '../../lib/window-count.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { Sighting } from '../../model/sighting.ts';
import { callerText, hostAlarmKey, hostOf } from '../caller-keys.ts';
import type { Detector, DetectorDefinition } from '../detector.ts';
import { HotKeys, reached } from '../hot-keys.ts';
import { TriedBefore } from '../tried-before.ts';
import { plural } from '../wording.ts';

const id = 'trap-mail';
const dayMs = 86_400_000;

const options = {
  watch: { default: 1, min: 1, max: 10_000, doc: 'Trap addresses named by a client within a day, from which it is watched.' },
  alert: { default: 2, min: 1, max: 10_000, doc: 'Trap addresses named by a client within a day, from which it sends spam.' },
  severe: { default: 50, min: 1, max: 10_000, doc: 'Trap addresses named by a client within a day, from which it is severe.' },
  clients: { default: 8192, min: 100, max: 1_000_000, doc: 'Clients remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

class TrapMail implements Detector {
  readonly #options: Options;
  readonly #clients: HotKeys<WindowCount>;
  readonly #tried: TriedBefore;

  constructor(given: Options) {
    this.#options = given;
    this.#clients = new HotKeys({ detector: id, capacity: given.clients, quietMs: dayMs, fresh: () => new WindowCount(dayMs) });
    this.#tried = new TriedBefore(given.clients);
  }

  get size(): number {
    return this.#clients.size + this.#tried.size;
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    this.#tried.note(sighting);
    if (sighting.kind !== 'recipient' || (sighting.answer !== 'trap' && sighting.answer !== 'honeypot')) return;
    const { at, caller, session = '' } = sighting;
    if (sighting.answer === 'honeypot' && !this.#tried.isStraightToHoneypot({ at, caller, session })) return;
    if (sighting.from === '' || caller.inside || caller.user !== null || caller.ip === '') return;
    const client = this.#clients.of(hostOf(caller), at);
    client.note(sighting, callerText(caller));
    const perDay = client.state.add(at);
    const hit = reached(perDay, this.#options);
    if (hit === null) return;
    this.#clients.tell(
      client,
      at,
      {
        key: hostAlarmKey(caller),
        level: hit.level,
        statistic: { name: 'traps-per-day', value: perDay, threshold: hit.threshold },
        confidence: hit.level === 'watch' ? 'low' : 'high',
        spoofable: false,
        because: `${caller.ip} wrote to ${plural(perDay, 'trap')} within a day`,
      },
      raise,
    );
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#clients.settle(at, calm);
  }
}

/** B8: traps and honeypots. */
export const trapMail: DetectorDefinition<typeof options> = {
  id,
  row: 'B8',
  doc: 'A client writes to addresses that nobody ever had, or straight to a honeypot.',
  kinds: ['recipient', 'connection'],
  options,
  create: (given) => new TrapMail(given),
};
