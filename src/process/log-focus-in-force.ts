// Logging is raised for what an open incident concerns, and lowered after it (mission X4): in our own log at every door, and in the Postfix
// beside us by its debug_peer_list.
import type { Config } from '../config/options.ts';
import { mostFocusKeys, wordsOf, type LogDetail } from '../events/log-focus.ts';
import type { Recorder } from '../model/events.ts';
import type { Incident } from '../model/incident.ts';
import { createDebugPeers, type DebugPeers } from '../respond/debug-peers.ts';

export interface LogFocusInForce {
  /** What holds now, for a door that begins. */
  detail(): LogDetail;
  /** The disk is short of room, or no longer. */
  mayDebug(may: boolean): void;
  /** Takes our entries back. */
  stop(): Promise<void>;
}

export interface LogFocusParts {
  config(): Pick<Config, 'respond' | 'state'>;
  openIncidents(): readonly Incident[];
  readonly record: Recorder;
  /** To every door, and to the keeper's own recorder. */
  changed(detail: LogDetail): void;
}

/** How often is looked for incidents that began or ended, in ms. */
const lookMs = 2000;
/** Keys named in an event. */
const mostNamed = 20;

export function openLogFocus({ config, openIncidents, record, changed }: LogFocusParts): LogFocusInForce {
  let detail: LogDetail = { keys: [], mayDebug: true };
  let known = '';
  const peers: DebugPeers = createDebugPeers({
    configDir: () => config().respond.postfixDebugPeers?.configDir ?? null,
    stateDir: config().state,
    trouble: (why) => record({ type: 'debug-peers-failed', why }),
  });

  const look = (): void => {
    const incidents = openIncidents().filter(isLoud);
    const keys = incidents.slice(-mostFocusKeys).map(({ key }) => key);
    const words = keys.flatMap(wordsOf);
    const text = words.join('\n');
    peers.want(incidents.map(({ key }) => key));
    if (text === known) return;
    known = text;
    detail = { ...detail, keys };
    changed(detail);
    record({ type: 'log-focus', keys: words.slice(0, mostNamed), total: words.length });
  };
  look();
  const timer = setInterval(look, lookMs).unref();
  return {
    detail: () => detail,
    mayDebug: (may) => {
      if (detail.mayDebug === may) return;
      detail = { ...detail, mayDebug: may };
      changed(detail);
    },
    stop: async () => {
      clearInterval(timer);
      await peers.stop();
    },
  };
}

/** A person was told of it, and it goes on: what has cooled down needs no more eyes. */
const isLoud = ({ level, state }: Incident): boolean => level !== 'watch' && (state === 'alert' || state === 'mitigated');
