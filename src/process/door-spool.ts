// A door's part in the spool: where its mail waits, and which mail may; the door's side of the composition root.
import { join } from 'node:path';
import type { Config } from '../config/options.ts';
import { createScanner } from '../delivery/clamd/scanner.ts';
import { FairShare } from '../delivery/fair-share.ts';
import { createSpoolPlace } from '../delivery/spool/spool-place.ts';
import type { RecipientFacts } from '../facts/recipients.ts';
import type { DoorServices, LoadNow } from '../intake/smtp/services.ts';
import { SharedStock } from '../lib/shared-stock.ts';
import type { Recorder } from '../model/events.ts';
import type { DoorStart, FromDoor } from './messages.ts';

/** The folder in the state directory. */
export const spoolDir = (state: string): string => join(state, 'spool');

/** How long mail of a route is kept, in ms. */
export const keepForMs = ({ intake, spool }: Config, route: string): number => intake.find(({ domain }) => domain === route)?.keepFor ?? spool.keepFor;

export interface DoorSpool {
  /** What sessions of this configuration use; null where no mail waits. */
  desk(config: Config, parts: { readonly recipients: Pick<RecipientFacts, 'isVerified'>; readonly load: Pick<LoadNow, 'level'> }): DoorServices['spool'];
  close(): Promise<void>;
}

/** Opens this door's place in the spool; nothing is written before mail has to wait. */
export function openDoorSpool(
  { name, doors, spooled, config: first }: DoorStart,
  { record, say }: { readonly record: Recorder; say(message: FromDoor): void },
): DoorSpool {
  let config = first;
  const place = createSpoolPlace({
    dir: spoolDir(first.state),
    name,
    stock: new SharedStock(spooled),
    shares: new FairShare({ doors, steady: () => performance.now() }),
    limits: () => config.spool,
    keepForMs: (route) => keepForMs(config, route),
    record,
    kept: (items) => say({ kind: 'spooled', items }),
    now: Date.now,
    steady: () => performance.now(),
  });
  return {
    desk: (next, { recipients, load }) => {
      config = next;
      const { spool } = next;
      const intakes = new Set(next.intake.map(({ domain }) => domain));
      if (!spool.enabled && intakes.size === 0) return null;
      const routes = new Set<string>(spool.routes);
      return {
        keep: place.keep,
        isFor: ({ key, address }) => address.kind !== 'maildir' && (intakes.has(key) || (spool.enabled && (routes.size === 0 || routes.has(key)))),
        isSorted: ({ key }) => intakes.has(key),
        isVerified: recipients.isVerified,
        isQueueing: () => spool.atLoadLevel > 0 && load.level() >= spool.atLoadLevel,
      };
    },
    close: place.close,
  };
}

/** The virus scanner of a configuration; each door has its share of what may be looked at at once. */
export function scannerOf({ viruses }: Config, doors: number): DoorServices['viruses'] {
  if (viruses === undefined) return null;
  const { clamd, timeout, maxSize, atOnce } = viruses;
  return createScanner({ clamd, timeoutMs: timeout, maxBytes: maxSize, atOnce: Math.max(1, Math.floor(atOnce / doors)) });
}
