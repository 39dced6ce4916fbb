// The SMTP listeners of one door thread: opened, closed and given new settings as the configuration says.
import type { ListenerConfig } from '../config/options.ts';
import { SmtpDoor, type DoorParts, type ListenOn } from '../intake/smtp/door.ts';
import type { DoorServices } from '../intake/smtp/services.ts';
import { createSite } from '../intake/smtp/site.ts';
import { slowed } from '../intake/smtp/under-load.ts';
import { createDeadlineSweep } from '../lib/deadline-sweep.ts';
import { PrefixSet } from '../lib/prefix-set.ts';
import type { DoorSettings, FromDoor, OpenListener } from './messages.ts';
import { secureContextOf } from './tls-material.ts';

/** Deadlines are noticed at most so late, in ms. */
const SWEEP_MS = 250;

interface Listening {
  readonly config: ListenerConfig;
  readonly door: SmtpDoor;
  open: OpenListener | null;
}

export interface ListenersOptions {
  /** Descriptors inherited from the service manager, by listener name. */
  readonly inherited: Readonly<Record<string, number>>;
  readonly record: DoorServices['record'];
  say(message: FromDoor): void;
  now(): number;
}

export class DoorListeners {
  readonly #options: ListenersOptions;
  readonly #sweep: ReturnType<typeof createDeadlineSweep>;
  readonly #listening = new Map<string, Listening>();
  /** Closed by a reload, with sessions under way: they are counted and drained like the others. */
  #leaving: { readonly name: string; readonly door: SmtpDoor }[] = [];
  #opened: Promise<unknown> = Promise.resolve();
  #isFirst = true;

  constructor(options: ListenersOptions) {
    this.#options = options;
    this.#sweep = createDeadlineSweep({ everyMs: SWEEP_MS, now: options.now });
  }

  /** Takes new settings: listeners that are gone are closed (their sessions go on), the others judge by the new ones from now on. */
  use(settings: DoorSettings, services: DoorServices): void {
    const wanted = new Map(settings.config.listeners.map((listener) => [listener.name, listener]));
    for (const [name, { config, door }] of this.#listening) {
      const next = wanted.get(name);
      if (next !== undefined && isSameAddress(next, config)) continue;
      door.close();
      this.#listening.delete(name);
      this.#leaving.push({ name, door });
    }
    this.#leaving = this.#leaving.filter(({ door }) => door.sessions > 0);
    for (const listener of settings.config.listeners) {
      const parts = this.#partsOf(listener, settings, services);
      const existing = this.#listening.get(listener.name);
      if (existing === undefined) this.#listening.set(listener.name, { config: listener, door: new SmtpDoor(parts), open: null });
      else existing.door.update(parts);
    }
  }

  /** Opens what is not open yet; a listener that cannot be opened is told to the keeper. */
  open(): Promise<readonly OpenListener[]> {
    // One after the other: a second reload must not open again what the first is about to open.
    const opening = this.#opened.then(() => this.#openAll());
    this.#opened = opening;
    return opening;
  }

  async #openAll(): Promise<readonly OpenListener[]> {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    for (const [name, listening] of this.#listening) {
      if (listening.open !== null) continue;
      try {
        listening.open = { name, ...(await listening.door.listen(this.#where(listening.config))) };
      } catch (error) {
        this.#listening.delete(name);
        this.#options.say({ kind: 'listen-failed', listener: name, why: error instanceof Error ? error.message : String(error), fatal: isFirst });
      }
    }
    return [...this.#listening.values()].flatMap(({ open }) => (open === null ? [] : [open]));
  }

  /** Sessions by listener. */
  sessions(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const [name, door] of this.#doors()) counts[name] = (counts[name] ?? 0) + door.sessions;
    return counts;
  }

  async drain(patienceMs: number): Promise<void> {
    await Promise.all(this.#doors().map(([, door]) => door.drain(patienceMs)));
    this.#sweep.stop();
  }

  #doors(): [name: string, door: SmtpDoor][] {
    return [
      ...[...this.#listening].map(([name, { door }]): [string, SmtpDoor] => [name, door]),
      ...this.#leaving.map(({ name, door }): [string, SmtpDoor] => [name, door]),
    ];
  }

  #where(listener: ListenerConfig): ListenOn {
    const fd = this.#options.inherited[listener.name];
    return fd === undefined ? listener.address : { fd };
  }

  #partsOf(listener: ListenerConfig, settings: DoorSettings, services: DoorServices): DoorParts {
    const { config, tls } = settings;
    const etrn = PrefixSet.build(config.smtp.etrnNetworks);
    const xclient = PrefixSet.build(listener.xclient?.trusted ?? []);
    const proxies = listener.proxyProtocol === undefined ? null : PrefixSet.build(listener.proxyProtocol.trusted);
    const site = {
      config,
      listener,
      services,
      tls: tls === null ? null : secureContextOf(tls),
      mayXclient: (ip: string) => xclient.has(ip),
      mayEtrn: (ip: string) => etrn.has(ip),
    };
    const { load, judge } = services;
    return {
      site: createSite(site),
      strangersSite: createSite({ ...site, services: { ...services, judge: slowed(judge, { isOn: load.isSlow, delayMs: config.load.replyDelay }) } }),
      sweep: this.#sweep,
      isProxy: proxies === null ? null : (ip) => proxies.has(ip),
    };
  }
}

const isSameAddress = (one: ListenerConfig, other: ListenerConfig): boolean =>
  one.address.host === other.address.host && one.address.port === other.address.port && one.role === other.role;
