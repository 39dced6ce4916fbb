// What `floodgate replay` is made of: the past from a journal, logs or messages, and the configurations that are tried on it.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Replaying, ReplayCounts, ReplayHearer, ReplayRequest } from '../../cli/replay-records.ts';
import { loadConfig, type LoadContext } from '../../config/load.ts';
import type { Config } from '../../config/options.ts';
import { readJournal, readJournalFile, type ReadOptions } from '../../events/read-journal.ts';
import type { Event } from '../../model/events.ts';
import { ownChecks } from '../own-checks.ts';
import { JournalReplay } from './journal-replay.ts';
import { replayLogs } from './log-replay.ts';
import { MailReplay } from './mail-replay.ts';
import { ObservedReport } from './observed-report.ts';
import { PastKnowledge } from './recorded-facts.ts';
import { Side } from './side.ts';

/** The parts of `floodgate replay`; what loading a configuration needs is asked for when there is one. */
export const replaying =
  (context: () => Promise<LoadContext>): Replaying =>
  async (request, hearer) => {
    const load = async (file: string | null): Promise<Config> => configOf(file, await context());
    const { source } = request;
    switch (source.kind) {
      case 'journal':
        return replayJournal(request, source.path, load, hearer);
      case 'log':
        return replayLogs({ ...source, config: request.config === null ? null : await load(request.config) }, hearer);
      case 'mail': {
        const config = await load(request.config);
        const side = new Side({ config, past: new PastKnowledge(), own: await ownChecks(config), onTrouble: hearer.onTrouble });
        return new MailReplay(side, hearer).run(source.paths);
      }
      case 'observed': {
        const report = new ObservedReport();
        const path = source.path ?? join((await load(request.config)).state, 'journal');
        for await (const event of journalAt(path, request, hearer)) report.take(event);
        for (const each of report.rows()) hearer.onObserved(each);
        return report.summary();
      }
      default:
        return source satisfies never;
    }
  };

async function replayJournal(
  request: ReplayRequest,
  path: string,
  load: (file: string | null) => Promise<Config>,
  hearer: ReplayHearer,
): Promise<ReplayCounts> {
  const past = new PastKnowledge();
  const sideOf = async (file: string | null): Promise<Side> => {
    const config = await load(file);
    return new Side({ config, past, own: await ownChecks(config), onTrouble: hearer.onTrouble });
  };
  const side = await sideOf(request.config);
  const against = request.against === null ? null : await sideOf(request.against);
  const replay = new JournalReplay({ past, side, against, hearer });
  for await (const event of journalAt(path, request, hearer)) await replay.take(event);
  replay.tellMeasures();
  return replay.summary();
}

/** A state directory, the journal in it, or one segment. */
function journalAt(path: string, { sinceMs }: ReplayRequest, { onTrouble }: ReplayHearer): AsyncGenerator<Event> {
  if (!existsSync(path)) throw new Error(`${path} does not exist`);
  let bad = 0;
  const options: ReadOptions = {
    fromMs: sinceMs,
    onBadLine: (segment) => {
      if (++bad === 1) onTrouble(`${segment.path}: lines that are no events are left out`);
    },
  };
  if (!statSync(path).isDirectory()) return readJournalFile(path, options);
  const inside = join(path, 'journal');
  return readJournal(existsSync(inside) ? inside : path, options);
}

function configOf(file: string | null, context: LoadContext): Config {
  const result = loadConfig(file, context);
  if (result.ok) return result.config;
  throw new Error(`${file ?? 'the embedded set-up'}: ${result.errors[0]?.message ?? 'not a configuration'}; floodgate check tells all`);
}
