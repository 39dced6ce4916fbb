// Incidents as the keeper holds them, and the alerts that tell people of them.
import type { Config } from '../config/options.ts';
import { createIncidentDesk, type IncidentDesk } from '../incidents/desk.ts';
import type { Recorder } from '../model/events.ts';
import type { Incident } from '../model/incident.ts';
import { createIncidents } from '../store/incidents.ts';
import type { Store } from '../store/open.ts';
import { openAlerts, type AlertsInForce } from './alerts-in-force.ts';

export interface IncidentsInForce {
  readonly incidents: IncidentDesk;
  readonly alerts: AlertsInForce;
}

export interface IncidentsParts {
  readonly config: Config;
  readonly store: Store;
  readonly record: Recorder;
  /** A number no door has, for references of our own letters. */
  readonly doorNumber: number;
  remarksOn(incident: Incident): readonly string[];
}

/** How often is looked for what has become quiet and what nobody has answered, in ms. */
const lookEveryMs = 15_000;

/** Takes up what was open before; somebody is told of whatever asks for it from now on. */
export async function openIncidentsInForce({ config, store, record, doorNumber, remarksOn }: IncidentsParts): Promise<IncidentsInForce> {
  const incidents: IncidentDesk = createIncidentDesk({
    repository: createIncidents(store.queries),
    record,
    tell: ({ incident, step, first }) => alerts.tell({ incident, step: first ? 'opened' : step }),
    now: Date.now,
  });
  const alerts = openAlerts({
    config,
    record,
    doorNumber,
    remarksOn,
    told: ({ items, escalated }, way) => {
      for (const { incident } of items) incidents.tellHistory(incident.id, 'told', `${escalated ? 'escalated' : 'told'} by ${way}`);
    },
    latest: incidents.openOne,
    now: Date.now,
  });
  await incidents.start();
  const looking = setInterval(() => {
    incidents.settle(Date.now());
    alerts.escalate(incidents.open(), Date.now());
  }, lookEveryMs).unref();
  return {
    incidents: {
      ...incidents,
      stop: async () => {
        clearInterval(looking);
        await incidents.stop();
      },
    },
    alerts,
  };
}
