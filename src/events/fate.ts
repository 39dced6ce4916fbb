// What became of a message that was kept, told after its session: released, thrown away, handed on by the spool. Pure.
import type { Event } from '../model/events.ts';

/** The latest that became of it; `at` as ISO 8601 UTC. */
export interface Fate {
  readonly at: string;
  readonly what: string;
}

/** Null while nothing has happened to this message since its session. The events are in the order of time. */
export function fateOf(events: readonly Event[], ref: string): Fate | null {
  const last = events.findLast((event) => 'ref' in event && event.ref === ref && fateWords(event) !== null);
  const what = last === undefined ? null : fateWords(last);
  return last === undefined || what === null ? null : { at: new Date(last.at).toISOString(), what };
}

/** In a few words; null where the event tells no fate. */
export function fateWords(event: Event): string | null {
  switch (event.type) {
    case 'spool-delivered':
      return 'delivered';
    case 'spool-held':
      return `could not be delivered (${event.why}); held in the quarantine`;
    case 'spool-changed':
      return `${spoolWords[event.what]} by ${event.by}`;
    case 'release-asked':
      return `asked for by ${event.to}`;
    case 'quarantine-released': {
      const { by, to, outcome, why } = event;
      return outcome === 'delivered'
        ? `delivered${to === undefined ? '' : ` to ${to}`}, released by ${by}`
        : `released by ${by}, ${outcome === 'partly' ? 'not to all of them' : 'but not delivered'}: ${why}`;
    }
    case 'quarantine-discarded':
      return `thrown away by ${event.by}`;
    case 'quarantine-restored':
      return `back in the quarantine, by ${event.by}`;
    case 'quarantine-expired':
      return event.state === 'trash' ? 'gone: it was thrown away, and its time in the trash is over' : 'gone: nobody released it in its time';
    default:
      return null;
  }
}

const spoolWords = {
  stopped: 'stopped, and not tried until it is released,',
  released: 'let go, and tried again,',
  discarded: 'thrown away',
  restored: 'back in the spool,',
} as const;
