// Whether the virus scanner answers: with `whenAway: pass` mail goes on unseen while it does not, and nothing else would show it. Asked now and then,
// whether mail comes or not; the detector of a hub in distress hears of it as of a next hop.
import type { Config } from '../config/options.ts';
import type { Event, Recorder } from '../model/events.ts';
import type { HubSighting } from '../model/sighting.ts';

export interface ScannerWatch {
  /** That it is away, since when, and what became of the mail meanwhile. */
  trouble(): readonly string[];
  /** Asks it once. */
  look(): Promise<void>;
  /** Lines of the journal with messages that were not looked at. */
  take(journal: string): void;
  stop(): void;
}

export interface ScannerWatchParts {
  config(): Pick<Config, 'viruses'>;
  /** Null: it answers. Otherwise why not. */
  ping(clamd: string, timeoutMs: number): Promise<string | null>;
  note(sighting: HubSighting): void;
  readonly record: Recorder;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** In ms; sooner again where it did not answer: a clamd that loads its database is silent for a moment. */
const lookEveryMs = 30_000;
const lookAgainMs = 5000;
const patienceMs = 5000;
/** So many times in a row without an answer it is away. */
const awayAfter = 2;
/** What says that a message was not looked at, and the one reason that is the message's own. */
const sign = '"type":"virus-scanned"';
const ownReason = 'larger than viruses.maxSize';

interface Silence {
  readonly clamd: string;
  readonly since: number;
  why: string;
  times: number;
}

/** Begins to look, at once. */
export function watchScanner({ config, ping, note, record, now }: ScannerWatchParts): ScannerWatch {
  let silence: Silence | null = null;
  /** Messages that were not looked at since it answered last. */
  let unseen = 0;
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  const isAway = (): boolean => (silence?.times ?? 0) >= awayAfter;
  const say = (state: 'away' | 'back', { clamd, why }: Silence): void => record({ type: 'scanner-state', clamd, state, why, unseen });

  const fails = (clamd: string, why: string): void => {
    if (silence?.clamd !== clamd) silence = { clamd, since: now(), why, times: 0 };
    silence.why = why;
    silence.times += 1;
    note({ kind: 'hub', at: now(), source: 'clamd', route: 'clamd', outcome: 'unreachable', ms: null });
    if (silence.times === awayAfter) say('away', silence);
  };
  const answers = (): void => {
    if (silence !== null && isAway()) say('back', silence);
    silence = null;
    unseen = 0;
    note({ kind: 'hub', at: now(), source: 'clamd', route: 'clamd', outcome: 'ok', ms: null });
  };
  const look = async (): Promise<void> => {
    const { viruses } = config();
    if (viruses === undefined) {
      silence = null;
      return;
    }
    const why = await ping(viruses.clamd, Math.min(patienceMs, viruses.timeout));
    if (isStopped) return;
    if (why === null) answers();
    else fails(viruses.clamd, why);
  };
  const lookOnAndOn = async (): Promise<void> => {
    await look();
    if (!isStopped) timer = setTimeout(() => void lookOnAndOn(), silence === null ? lookEveryMs : lookAgainMs).unref();
  };
  void lookOnAndOn();
  return {
    look,
    trouble: () => (silence === null || !isAway() ? [] : [troubleText(silence, unseen, config().viruses?.whenAway === 'defer')]),
    take: (journal) => {
      for (const line of journal.split('\n')) {
        if (!line.includes(sign)) continue;
        const event = JSON.parse(line) as Event; // a recorder of ours wrote it
        if (event.type === 'virus-scanned' && event.found === null && !event.why.startsWith(ownReason)) unseen += 1;
      }
    },
    stop: () => {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function troubleText({ clamd, since, why }: Silence, unseen: number, isPutOff: boolean): string {
  const messages = unseen === 1 ? '1 message' : `${unseen} messages`;
  return `the virus scanner ${clamd} does not answer since ${new Date(since).toISOString()} (${why}): ${messages} ${isPutOff ? 'put off' : 'went on unseen'} (docs/viruses.md)`;
}
