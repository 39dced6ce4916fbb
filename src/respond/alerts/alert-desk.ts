// Who is told when something goes wrong, by which ways; and who is woken when nobody answers.
import type { Incident } from '../../model/incident.ts';
import type { AlertItem } from './letter.ts';
import type { Outlet } from './outlet.ts';

export interface AlertDesk {
  /** Something that somebody should be told. */
  tell(item: AlertItem): void;
  /** Looks for what nobody has acknowledged; to be called about once a minute. `at` in ms since the epoch. */
  escalate(open: readonly Incident[], at: number): void;
  stop(): Promise<void>;
}

export interface AlertDeskParts {
  readonly outlets: readonly Pick<Outlet, 'take' | 'stop'>[];
  readonly escalation: readonly Pick<Outlet, 'take' | 'stop'>[];
  /** Milliseconds after which an alert that nobody has acknowledged is escalated, and doubled after which again. */
  readonly escalateAfterMs: number;
}

const asksForSomebody = ({ level, state, campaign, acknowledgedBy }: Incident): boolean =>
  level !== 'watch' && state !== 'cooling' && campaign === null && acknowledgedBy === null;

export function createAlertDesk({ outlets, escalation, escalateAfterMs }: AlertDeskParts): AlertDesk {
  /** When each unanswered incident is escalated next, and after how long again; only of those that are open. */
  let next = new Map<string, { readonly at: number; readonly everyMs: number }>();
  return {
    tell: (item) => {
      for (const outlet of outlets) outlet.take(item);
    },
    escalate: (open, at) => {
      const due = new Map<string, { readonly at: number; readonly everyMs: number }>();
      for (const incident of open.filter(asksForSomebody)) {
        const known = next.get(incident.id) ?? { at: incident.openedAt + escalateAfterMs, everyMs: escalateAfterMs };
        const isDue = known.at <= at;
        if (isDue) for (const outlet of escalation) outlet.take({ incident, step: 'opened' });
        due.set(incident.id, isDue ? { at: at + known.everyMs * 2, everyMs: known.everyMs * 2 } : known);
      }
      next = due;
    },
    stop: async () => {
      await Promise.all([...outlets, ...escalation].map((outlet) => outlet.stop()));
    },
  };
}
