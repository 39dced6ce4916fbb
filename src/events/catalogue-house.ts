// What the log says of the events of the house: hubs, doors, configuration, lists, measures, load, incidents.
import { alarmKeyText } from '../model/alarm.ts';
import type { EventType } from '../model/events.ts';
import { quotaKey } from '../model/quota.ts';
import { at, type EventEntry } from './catalogue-row.ts';
import type { quarantineRows } from './catalogue-quarantine.ts';
import { shortNumber } from '../lib/short-number.ts';
import type { spoolRows } from './catalogue-spool.ts';
import type { sessionRows } from './catalogue-session.ts';

/** Rows of all events that neither a session nor held mail owns. */
export const houseRows: { readonly [T in Exclude<EventType, keyof typeof sessionRows | keyof typeof quarantineRows | keyof typeof spoolRows>]: EventEntry<T> } =
  {
    'hub-failed': {
      doc: 'A next hop could not be used.',
      level: at('warn'),
      line: (e) => [
        ['route', e.route],
        ['why', e.why],
      ],
    },
    'hub-circuit': {
      doc: 'A next hop is no longer asked (open), tried again (half-open) or back (closed).',
      level: at('warn'),
      line: (e) => [
        ['route', e.route],
        ['state', e.state],
        ['why', e.why],
      ],
    },
    'door-started': { doc: 'A door thread listens.', level: at('info'), line: (e) => [['listeners', e.listeners.join(',')]] },
    'door-died': {
      doc: 'A door thread died and is replaced.',
      level: at('error'),
      line: (e) => [
        ['died', e.died],
        ['why', e.why],
      ],
    },
    'config-loaded': {
      doc: 'A configuration is in force.',
      level: at('info'),
      line: (e) => [
        ['file', e.file],
        ['sha256', e.sha256],
        ['warnings', e.warnings.join('; ')],
      ],
    },
    'config-refused': {
      doc: 'A new configuration was wrong; the old one stays.',
      level: at('error'),
      line: (e) => [
        ['file', e.file],
        ['errors', e.errors.join('; ')],
      ],
    },
    'token-changed': {
      doc: 'A token of the API was added or removed.',
      level: at('info'),
      line: (e) => [
        ['name', e.name],
        ['role', e.role],
        ['what', e.what],
        ['by', e.by],
      ],
    },
    'token-refused': {
      doc: 'Somebody came to the API with a token that is not ours; at most two events a minute and address, the first and one that tells of many.',
      level: at('warn'),
      line: (e) => [
        ['address', e.address],
        ['tries', e.tries],
      ],
    },
    'telemetry-failed': {
      doc: 'The module of `telemetry` cannot be loaded or failed; it hears nothing until the next start.',
      level: at('error'),
      line: (e) => [
        ['module', e.module],
        ['why', e.why],
      ],
    },
    'list-changed': {
      doc: 'A list has new content.',
      level: at('info'),
      line: (e) => [
        ['list', e.list],
        ['entries', e.entries],
        ['by', e.by],
        ['what', e.what],
      ],
    },
    'list-broken': {
      doc: 'A list could not be read; its last good content stays.',
      level: at('error'),
      line: (e) => [
        ['list', e.list],
        ['why', e.why],
      ],
    },
    'queue-handled': {
      doc: 'An operator held or discarded mail in the queues of other servers by the API; `floodgate queue undo ACTION` takes it back within a day.',
      level: at('info'),
      line: (e) => [
        ['verb', e.verb],
        ['action', e.action],
        ['by', e.by],
        ['about', e.about],
        ['messages', e.messages],
        ['failed', e.failed],
      ],
    },
    'file-broken': {
      doc: 'A file that the configuration names is bad: it has gone bad while the gateway runs, or was at the start. What was read before stays in force. Shown in the status until it is good.',
      level: at('error'),
      line: (e) => [
        ['option', e.option],
        ['why', e.why],
      ],
    },
    'file-mended': { doc: 'Such a file is good again.', level: at('info'), line: (e) => [['option', e.option]] },
    'quota-reached': {
      doc: 'Most of an outgoing quota is used (nearly), or nothing is left of it (used-up).',
      level: at('warn'),
      line: (e) => [
        ['account', quotaKey(e)],
        ['quota', e.clock],
        ['state', e.state],
        ['used', e.used],
        ['limit', e.limit],
      ],
    },
    'quota-changed': {
      doc: 'A quota was raised for a while, or that is over.',
      level: at('info'),
      line: (e) => [
        ['account', e.account],
        ['what', e.what],
        ['times', e.times ?? 'no limit'],
        ['until', new Date(e.until).toISOString()],
        ['by', e.by],
      ],
    },
    'owner-told': {
      doc: "A letter about an account went to its owner's second contact, or to the postmaster.",
      level: at('info'),
      line: (e) => [
        ['user', e.user],
        ['to', e.to],
        ['about', e.about],
      ],
    },
    'measure-added': {
      doc: 'A measure is in force.',
      level: at('info'),
      line: (e) => [
        ['id', e.id],
        ['by', e.by],
        ['action', e.action],
        ['scope', e.scope],
        ['reason', e.reason],
        ['expiresAt', new Date(e.expiresAt).toISOString()],
        ['maxHits', e.maxHits],
        ['probeShare', e.probeShare === 0 ? null : e.probeShare],
        ['incident', e.incident],
        ['dryRun', e.dryRun ? true : null],
      ],
    },
    'measure-ended': {
      doc: 'A measure is no longer in force: it expired, was undone, or reached its hit cap.',
      level: at('info'),
      line: (e) => [
        ['id', e.id],
        ['how', e.how],
        ['by', e.by],
        ['scope', e.scope],
        ['hits', e.hits],
        ['probes', e.probes],
      ],
    },
    'measures-switched': {
      doc: 'All automatic measures were turned off, or on again.',
      level: at('warn'),
      line: (e) => [
        ['automatic', e.automatic],
        ['by', e.by],
        ['reason', e.reason],
      ],
    },
    'client-address-lost': {
      doc: "The world stands behind an address inside the site: clients' addresses are lost on the way. The address is not trusted until the time given.",
      level: at('error'),
      line: (e) => [
        ['ip', e.ip],
        ['heloNames', e.heloNames],
        ['senderDomains', e.senderDomains],
        ['samples', e.samples.join(',')],
        ['until', new Date(e.until).toISOString()],
        ['mend', 'docs/lost-client-address.md'],
      ],
    },
    'kernel-helper-lost': {
      doc: 'The kernel helper is gone or refuses: measures that drop in the kernel are refused at the banner instead, until it is found again.',
      level: at('error'),
      line: (e) => [
        ['socket', e.socket],
        ['why', e.why],
      ],
    },
    'kernel-helper-found': {
      doc: 'The kernel helper answers, and the kernel drops what the measures say.',
      level: at('info'),
      line: (e) => [
        ['socket', e.socket],
        ['networks', e.networks],
      ],
    },
    'measures-broken': { doc: 'The table of measures could not be written; what is in force stays so.', level: at('error'), line: (e) => [['why', e.why]] },
    'alarm-raised': {
      doc: 'A detector has seen enough: what is wrong, with whom, how sure it is, and the numbers it rests on.',
      level: (e) => (e.alarm.level === 'watch' ? 'info' : 'warn'),
      line: (e) => [
        ['detector', e.alarm.detector],
        ['alarmLevel', e.alarm.level],
        ['key', alarmKeyText(e.alarm.key)],
        ['count', e.alarm.count],
        [e.alarm.statistic.name, `${shortNumber(e.alarm.statistic.value)}/${e.alarm.statistic.threshold}`],
        ['confidence', e.alarm.confidence],
        ['incident', e.incident],
        ['because', e.alarm.because],
      ],
    },
    'incident-changed': {
      doc: 'Something happened to an incident: it opened, grew worse, cooled, closed; a measure, a note, somebody who has seen it.',
      level: (e) => (e.level !== 'watch' && (e.step === 'opened' || e.step === 'raised' || e.step === 'reopened') ? 'warn' : 'info'),
      line: (e) => [
        ['incident', e.incident],
        ['reference', e.reference],
        ['detector', e.detector],
        ['key', alarmKeyText(e.key)],
        ['step', e.step],
        ['incidentLevel', e.level],
        ['state', e.state],
        ['count', e.count],
        ['by', e.by],
        ['because', e.because],
      ],
    },
    'disk-space': {
      doc: 'Room on the disk of the state directory has become short, or less so, and what is given up for it (docs/disk-guard.md).',
      level: (e) => (e.level >= 3 ? 'error' : e.level > e.before ? 'warn' : 'info'),
      line: (e) => [
        ['diskLevel', e.level],
        ['before', e.before],
        ['free', e.free],
        ['share', e.share],
        ['doing', e.doing],
      ],
    },
    'log-focus': {
      doc: 'Whose events are logged in full now, because an incident is about them; nobody when it is over.',
      level: at('info'),
      line: (e) => [
        ['keys', e.keys.join(',')],
        ['total', e.total],
      ],
    },
    'debug-peers-failed': {
      doc: 'The debug_peer_list of the Postfix beside us could not be changed; it is tried again.',
      level: at('warn'),
      line: (e) => [['why', e.why]],
    },
    'keeper-fault': {
      doc: 'Something the keeper did failed where nobody waited for it: a fault of our own, please report it. The gateway goes on; what it was about is not done.',
      level: at('error'),
      line: (e) => [['error', e.error]],
    },
    'log-trouble': { doc: 'A log of `logs` cannot be read, or is not there; it is waited for.', level: at('warn'), line: (e) => [['why', e.why]] },
    'detector-failed': {
      doc: 'A detector threw on a sighting, by a fault of our own; it goes on with the next.',
      level: at('error'),
      line: (e) => [
        ['detector', e.detector],
        ['why', e.why],
      ],
    },
    'alert-failed': {
      doc: 'An alert could not be sent by one of the ways of `alerts`; it is tried again.',
      level: at('error'),
      line: (e) => [
        ['way', e.way],
        ['why', e.why],
        ['waiting', e.waiting],
      ],
    },
    'incidents-broken': {
      doc: 'The table of incidents could not be written; what is open is kept in memory.',
      level: at('error'),
      line: (e) => [['why', e.why]],
    },
    'load-level': {
      doc: 'The load level has changed: higher, and work is shed; 0, and all is taken on again.',
      level: (e) => (e.level > e.before ? 'warn' : 'info'),
      line: (e) => [
        ['loadLevel', e.level],
        ['before', e.before],
        ['causes', e.causes.join(',')],
        [
          'signals',
          Object.entries(e.signals)
            .map(([signal, value]) => `${signal}:${value}`)
            .join(','),
        ],
      ],
    },
    'client-penalised': {
      doc: 'A client that came back too fast after 421 is served last for a while.',
      level: at('info'),
      line: (e) => [
        ['ip', e.ip],
        ['until', new Date(e.untilMs).toISOString()],
        ['why', e.why],
      ],
    },
    'journal-dropped': {
      doc: 'Events are missing: a queue or the disk was full. How many, by type.',
      level: at('warn'),
      line: (e) => [
        ['why', e.why],
        [
          'dropped',
          Object.entries(e.dropped)
            .map(([type, n]) => `${type}:${n}`)
            .join(','),
        ],
      ],
    },
    started: {
      doc: 'Floodgate is ready.',
      level: at('info'),
      line: (e) => [
        ['version', e.version],
        ['listeners', e.listeners.join(',')],
      ],
    },
    stopped: { doc: 'Floodgate has stopped.', level: at('info'), line: (e) => [['why', e.why]] },
  };
