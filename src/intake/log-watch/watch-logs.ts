// The log door: follows the logs of the configuration and tells what happens in them. What becomes of it is decided elsewhere.
import type { LogEvent } from '../../model/log-event.ts';
import { followLog, type FollowOptions } from './follow-log.ts';
import type { LogCounts } from './read-log.ts';

export interface WatchLogsOptions extends Pick<FollowOptions, 'stateDir' | 'begin' | 'pollMs' | 'lateMs'> {
  readonly logs: readonly { readonly path: string; readonly format: string }[];
  readonly onEvent: (event: LogEvent) => void;
  /** A line that no reader understood. */
  readonly onUnknown?: (path: string, line: number, text: string) => void;
  /** A trouble that passes, named once: the operator should hear of it. */
  readonly onTrouble: (message: string) => void;
}

export interface LogWatch {
  /** By path: what was read until now. */
  readonly counts: ReadonlyMap<string, LogCounts>;
  /** Reads what is there, remembers the places and closes. */
  stop(): Promise<void>;
}

/** Follows every log of the list until stopped. A log that is missing is waited for. */
export function watchLogs({ logs, onUnknown, ...rest }: WatchLogsOptions): LogWatch {
  const following = logs.map(({ path, format }) => {
    const unknown = onUnknown === undefined ? {} : { onUnknown: (text: string, line: number) => onUnknown(path, line, text) };
    return { path, log: followLog({ ...rest, ...unknown, path, format }) };
  });
  return {
    get counts() {
      return new Map(following.map(({ path, log }) => [path, log.counts]));
    },
    async stop() {
      await Promise.all(following.map(({ log }) => log.stop()));
    },
  };
}
