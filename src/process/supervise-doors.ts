// The doors of a keeper: what each begins with, and what becomes of what it says.
import { DoorSupervisor } from './door-supervisor.ts';
import type { KeeperParts } from './keeper-parts.ts';
import type { DoorStart } from './messages.ts';

/** Makes the doors' supervisor; no door runs yet. */
export function superviseDoors({
  record,
  logFocus,
  lists,
  measures,
  quarantine,
  digests,
  spool,
  quotas,
  lost,
  correspondents,
  outgoing,
  pairs,
  contentKey,
  level,
  inForce,
  inherited,
  doors,
  counters,
  region,
}: KeeperParts): DoorSupervisor {
  const startOf = (number: number): Omit<DoorStart, 'pulse'> => ({
    ...inForce.settings,
    name: `smtp-${number + 1}`,
    number,
    doors,
    counters,
    level,
    correspondents: correspondents.text(),
    outgoing: outgoing.ground,
    pairs: pairs.memory,
    contentKey,
    logDetail: logFocus.detail(),
    lists: lists.snapshot(),
    measures: measures.snapshot(),
    quarantined: quarantine.stock,
    releaseKey: digests.releaseKey,
    refusedKept: quarantine.refusedStock,
    spooled: spool.stock,
    quotas: quotas.meters,
    quotaRaises: quotas.raises(),
    distrusted: lost.list(),
    inherited: inherited[number] ?? {},
  });
  const supervisor: DoorSupervisor = new DoorSupervisor({
    entry: new URL(import.meta.url.endsWith('.ts') ? './door-thread.ts' : './door-thread.js', import.meta.url),
    doors,
    startOf,
    silenceMs: () => inForce.settings.config.timeouts.doorSilence,
    mayReplace: inherited.length === 0,
    onBatch: (number, { batch }) => {
      record.take(batch);
      supervisor.send(number, { kind: 'taken', cost: batch.cost });
    },
    onFinal: (number, { entry }) => supervisor.broadcast({ kind: 'final', entry }, number),
    onReputes: (number, { changes }) => {
      correspondents.take(changes);
      supervisor.broadcast({ kind: 'correspondents', changes }, number);
    },
    onMeasureHits: ({ counts }) => measures.count(counts),
    onQuotaAccount: ({ account }) => quotas.met(account),
    onInsideUse: ({ use }) => lost.note(use),
    onQuarantined: ({ item }) => quarantine.take(item),
    onReleaseOrdered: ({ orders }) => digests.take(orders),
    onSpooled: ({ items }) => spool.take(items),
    onListenFailed: ({ listener, why }) => process.stderr.write(`floodgate: listener ${listener} cannot be opened: ${why}\n`),
    onDied: (number, why) => {
      region.clearRegion(number);
      quarantine.rescan();
      digests.rescan();
      spool.rescan(`smtp-${number + 1}`);
      record.recorder.record({ type: 'door-died', died: `smtp-${number + 1}`, why });
    },
  });
  return supervisor;
}
