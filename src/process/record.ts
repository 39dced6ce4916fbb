// The keeper's record: journal, log, metrics and the last decisions, all fed by the same batches.
import { join } from 'node:path';
import type { Config } from '../config/options.ts';
import { openJournal, type Journal } from '../events/journal.ts';
import { JournalLines } from '../events/journal-lines.ts';
import { createLiveEvents, type LiveEvents } from '../events/live.ts';
import { createMetrics, type Metrics } from '../events/metrics.ts';
import { createRecentDecisions, type RecentDecisions } from '../events/recent-decisions.ts';
import { createRecorder, type DoorRecorder, type EventBatch } from '../events/recorder.ts';
import type { EventType } from '../model/events.ts';

const FLUSH_MS = 100;

export interface HouseRecord {
  readonly journal: Journal;
  readonly metrics: Metrics;
  readonly recent: RecentDecisions;
  readonly live: LiveEvents;
  /** For what the keeper itself has to say. */
  readonly recorder: DoorRecorder;
  /** Takes a door's batch. */
  take(batch: EventBatch): void;
  /** Whoever else looks at the lines on their way to the journal: at batches that hold one of the types. */
  watch(types: readonly EventType[], look: (batch: JournalLines) => void): void;
  close(): Promise<void>;
}

/** Opens the journal in the state directory; everything recorded from now on ends up there, in the log and in the metrics. */
export async function openRecord(config: Config, about: { readonly version: string }): Promise<HouseRecord> {
  const metrics = createMetrics(about);
  const recent = createRecentDecisions();
  const live = createLiveEvents(Date.now);
  const journal = await openJournal({
    dir: join(config.state, 'journal'),
    ...config.journal,
    now: Date.now,
    onTrouble: (what) => process.stderr.write(`floodgate: journal: ${what}\n`),
    onDropped: (dropped, why) => recorder.record({ type: 'journal-dropped', dropped, why }),
  });
  const watchers: { readonly types: ReadonlySet<string>; look(batch: JournalLines): void }[] = [];
  const take = (batch: EventBatch): void => {
    const lines = new JournalLines(batch.journal);
    journal.append(lines);
    for (const { types, look } of watchers) if (lines.hasAny(types)) look(lines);
    recent.take(lines);
    if (live.watchers > 0) live.publish(lines.text);
    if (batch.log !== '') process.stderr.write(batch.log);
    metrics.addBatch(batch);
  };
  const recorder: DoorRecorder = createRecorder({
    door: 'keeper',
    now: Date.now,
    logFormat: config.log.format,
    logLevel: config.log.level,
    ship: (batch) => {
      take(batch);
      recorder.taken(batch.cost);
    },
  });
  const flushing = setInterval(() => recorder.flush(), FLUSH_MS);
  return {
    journal,
    metrics,
    recent,
    live,
    recorder,
    take,
    watch: (types, look) => void watchers.push({ types: new Set(types), look }),
    close: async () => {
      clearInterval(flushing);
      recorder.flush();
      await journal.close();
    },
  };
}
