// Alerts as the keeper sends them: the ways the configuration names, and the escalation of what nobody answers.
import type { Config } from '../config/options.ts';
import type { Recorder } from '../model/events.ts';
import type { Incident } from '../model/incident.ts';
import { createAlertDesk, type AlertDesk } from '../respond/alerts/alert-desk.ts';
import { Outlet } from '../respond/alerts/outlet.ts';
import type { AlertBatch } from '../respond/alerts/letter.ts';
import { letterWay, syslogWay, webhookWay, type AlertWay } from './alert-ways.ts';
import { createOwnPost, type OwnPost } from './own-post.ts';

export interface AlertsInForce extends Pick<AlertDesk, 'tell' | 'escalate'> {
  /** For notices to owners of accounts and the like. */
  readonly post: OwnPost;
  /** Alerts that wait because a way is in trouble, by way. */
  trouble(): readonly string[];
  reconfigure(config: Config): void;
  stop(): Promise<void>;
}

export interface AlertsParts {
  readonly config: Config;
  readonly record: Recorder;
  /** Number no door has, for references. */
  readonly doorNumber: number;
  /** How an incident stands now; null where it is closed. */
  latest(id: string): Incident | null;
  /** What a person should know besides; see respond/alerts/letter.ts. */
  remarksOn(incident: Incident): readonly string[];
  /** For the history of the incidents that were told. */
  told(batch: AlertBatch, way: string): void;
  now(): number;
}

export function openAlerts(parts: AlertsParts): AlertsInForce {
  const post = createOwnPost(parts);
  const trouble = new Map<string, string>();
  const outletFor =
    (config: Config, escalated: boolean) =>
    (way: AlertWay): Outlet =>
      new Outlet({
        name: way.name,
        deliver: (batch) => way.tell({ ...batch, items: batch.items.map((item) => ({ ...item, remarks: parts.remarksOn(item.incident) })) }),
        told: (batch) => {
          trouble.delete(way.name);
          parts.told(batch, way.name);
        },
        failed: (why, waiting) => {
          trouble.set(way.name, `alerts cannot go out by ${way.name}: ${why} (${waiting} wait)`);
          parts.record({ type: 'alert-failed', way: way.name, why, waiting });
        },
        gatherMs: config.alerts.gather,
        perHour: config.alerts.perHour,
        escalated,
        latest: parts.latest,
        now: parts.now,
      });
  const deskOf = (config: Config): AlertDesk => {
    const { mail, webhooks, syslog, escalate } = config.alerts;
    const { hostname, postmaster } = config.site;
    const context = { config, post, now: parts.now };
    const usual = [
      letterWay(mail ?? [postmaster], context),
      ...webhooks.map((hook) => webhookWay(hook, hostname)),
      syslog === undefined ? null : syslogWay(syslog, hostname, parts.now),
    ];
    const woken = [letterWay(escalate.mail, context), ...escalate.webhooks.map((hook) => webhookWay(hook, hostname))];
    const isWay = (way: AlertWay | null): way is AlertWay => way !== null;
    return createAlertDesk({
      outlets: usual.filter(isWay).map(outletFor(config, false)),
      escalation: woken.filter(isWay).map(outletFor(config, true)),
      escalateAfterMs: escalate.after,
    });
  };
  let desk = deskOf(parts.config);
  return {
    post,
    tell: (item) => desk.tell(item),
    escalate: (open, at) => desk.escalate(open, at),
    trouble: () => [...trouble.values()],
    reconfigure: (config) => {
      const before = desk;
      post.reconfigure(config);
      trouble.clear();
      desk = deskOf(config);
      void before.stop();
    },
    stop: async () => {
      await desk.stop();
      await post.close();
    },
  };
}
