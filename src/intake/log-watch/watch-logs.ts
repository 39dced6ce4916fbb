// The log door: follows the logs of the configuration and tells what happens in them. What becomes of it is decided elsewhere.
import type { LogEvent } from '../../model/log-event.ts';
import { type Following, followLog, type FollowOptions } from './follow-log.ts';

export interface WatchLogsOptions extends Pick<FollowOptions, 'stateDir' | 'onUnknown' | 'begin' | 'pollMs' | 'lateMs'> {
  readonly logs: readonly { readonly path: string; readonly format: string }[];
  readonly onEvent: (event: LogEvent) => void;
  /** A trouble that passes, named once: the operator should hear of it. */
  readonly onTrouble: (message: string) => void;
}

export interface LogWatch {
  /** By path: lines read, and of them those that no reader understood. */
  readonly counts: ReadonlyMap<string, { readonly lines: number; readonly unknownLines: number }>;
  /** Reads what is there, remembers the places and closes. */
  stop(): Promise<void>;
}

/** Follows every log of the list until stopped. A log that is missing is waited for. */
export function watchLogs({ logs, ...rest }: WatchLogsOptions): LogWatch {
  const following = new Map<string, Following>(logs.map(({ path, format }) => [path, followLog({ ...rest, path, format })]));
  return {
    get counts() {
      return new Map([...following].map(([path, { lines, unknownLines }]) => [path, { lines, unknownLines }]));
    },
    async stop() {
      await Promise.all([...following.values()].map((each) => each.stop()));
    },
  };
}
