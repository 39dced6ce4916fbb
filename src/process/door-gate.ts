// A door's gate with what it rests on: the load level in shared memory, and what is remembered of correspondents.
import type { Config } from '../config/options.ts';
import { evidenceOf } from '../facts/correspondent-evidence.ts';
import { Correspondents, type ReputeChange } from '../facts/correspondents.ts';
import { Gate, type GateFigures } from '../intake/smtp/gate.ts';
import type { LoadNow } from '../intake/smtp/services.ts';
import { PrefixSet } from '../lib/prefix-set.ts';
import { SharedLevel } from '../lib/shared-level.ts';
import type { Recorder } from '../model/events.ts';
import type { DoorStart, FromDoor } from './messages.ts';

export interface DoorGate {
  readonly gate: Gate;
  readonly load: LoadNow;
  /** A reload. */
  use(config: Config): void;
  /** Records, and learns from it what it says of the client. */
  readonly record: Recorder;
  /** Tells the keeper what this door has learned since it was last told. */
  tell(): void;
  /** What other doors have learned. */
  merge(changes: readonly ReputeChange[]): void;
  figures(): GateFigures;
}

export function openDoorGate(start: DoorStart, { record, say }: { readonly record: Recorder; say(message: FromDoor): void }): DoorGate {
  const now = Date.now;
  const shared = new SharedLevel(start.level);
  const load: LoadNow = { level: () => shared.read(), isSlow: () => shared.isSlow() };
  const correspondents = new Correspondents({ now });
  correspondents.addText(start.correspondents);
  const gate = new Gate(start.config, { level: load.level, repute: (ip) => correspondents.find(ip), doors: start.doors, record, now });
  let inside = PrefixSet.build(start.config.site.networks);
  return {
    gate,
    load,
    use: (config) => {
      inside = PrefixSet.build(config.site.networks);
      gate.use(config);
    },
    record: (event) => {
      const evidence = evidenceOf(event);
      if (evidence !== null && !inside.has(evidence.ip)) correspondents.learn(evidence.ip, evidence.what);
      record(event);
    },
    tell: () => {
      const changes = correspondents.takeChanges();
      if (changes.length > 0) say({ kind: 'correspondents', changes });
    },
    merge: (changes) => correspondents.merge(changes),
    figures: () => gate.figures(),
  };
}
