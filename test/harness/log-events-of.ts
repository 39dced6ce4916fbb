// Log lines in, events out, for tests of readers: frame, reader and join as `watch` has them.
import type { LogEvent } from '../../src/model/log-event.ts';
import { LogEvents } from '../../src/wire/log/log-events.ts';

/** The events of a log of these lines. */
export function logEventsOf(lines: readonly string[]): readonly LogEvent[] {
  const events: LogEvent[] = [];
  const log = new LogEvents({ file: 'mail.log', format: 'auto', now: () => Date.UTC(2026, 5, 1), onEvent: (event) => events.push(event) });
  for (const line of lines) log.take(line);
  log.end();
  return events;
}

/** What the last line says, in words: `auth failed hostile 192.0.2.7 joe`; a part that is not there is left out. */
export function saidBy(...lines: readonly string[]): string {
  const last = logEventsOf(lines).filter(({ line }) => line === lines.length);
  return last
    .map(({ type, outcome, hostile, client, user, to }) =>
      [type, outcome, hostile ? 'hostile' : null, client?.ip, user, to].filter((part) => part !== null && part !== undefined).join(' '),
    )
    .join('; ');
}
