// Every metric by name: kind, labels and what it means. `metrics.ts` registers them, the doors count by these names, and the
// reference page is made from this table. No label ever holds a sender, an address or a stranger's domain: strangers are without number.

export interface MetricEntry {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

export const metricCatalogue = {
  floodgate_sessions: { kind: 'gauge', labels: ['listener', 'class'], help: 'SMTP sessions open now, by listener and class (inside, outside).' },
  floodgate_sessions_total: { kind: 'counter', labels: ['listener'], help: 'SMTP sessions begun.' },
  floodgate_connections_refused_total: {
    kind: 'counter',
    labels: ['reason'],
    help: 'Connections refused before a session existed, by the cap or check that refused.',
  },
  floodgate_connections_left_total: { kind: 'counter', labels: [], help: 'Clients that went while they waited for their banner.' },
  floodgate_proxy_headers_refused_total: {
    kind: 'counter',
    labels: ['listener'],
    help: 'Connections of believed load balancers closed for a PROXY header that was missing or wrong.',
  },
  floodgate_verdicts_total: {
    kind: 'counter',
    labels: ['stage', 'action', 'check'],
    help: 'Stages judged. A pass has an empty check; otherwise one count for each finding, with its own action, so that observed findings show too.',
  },
  floodgate_commands_refused_total: { kind: 'counter', labels: ['reason'], help: 'Commands the door refused by itself: syntax, order, limits, deadlines.' },
  floodgate_messages_total: {
    kind: 'counter',
    labels: ['outcome'],
    help: 'Messages whose content was collected: delivered, spooled, held, discarded, refused, deferred, or aborted by the client.',
  },
  floodgate_quarantine_messages: {
    kind: 'gauge',
    labels: ['state'],
    help: 'Messages kept now: held, refused (copies of what was refused), or in the trash (discarded, can be had back).',
  },
  floodgate_quarantine_bytes: { kind: 'gauge', labels: ['state'], help: 'Bytes of the messages kept now.' },
  floodgate_quarantine_changes_total: {
    kind: 'counter',
    labels: ['what'],
    help: 'Kept messages released, release-failed, discarded, restored, expired, or trash-emptied; copies of refused mail refused-kept or refused-not-kept.',
  },
  floodgate_digests_total: {
    kind: 'counter',
    labels: ['result'],
    help: 'Letters that tell recipients of their held mail: sent, failed, or uncertain (it may have arrived).',
  },
  floodgate_release_requests_total: {
    kind: 'counter',
    labels: ['way', 'result'],
    help: 'Recipients who asked for held mail by link or reply: ordered, or refused as forged, used, expired, gone, not-offered, which, automatic.',
  },
  floodgate_spool_messages: { kind: 'gauge', labels: ['route'], help: 'Messages that wait for a next hop which was away.' },
  floodgate_spool_changes_total: {
    kind: 'counter',
    labels: ['what'],
    help: 'Messages spooled, delivered from the spool, or held: given to the quarantine because they could not be delivered; and stopped, released, discarded or restored by a person.',
  },
  floodgate_spool_reports_total: {
    kind: 'counter',
    labels: ['author'],
    help: 'Spooled messages that could not be delivered, by what their author was proven when told (user, inside, spf, dmarc), or why nobody was told (never, null-sender, unproven, automatic, not-asked, too-many, failed).',
  },
  floodgate_viruses_total: {
    kind: 'counter',
    labels: ['result'],
    help: 'Messages in which the scanner found something, and those it could not look at (unsure).',
  },
  floodgate_message_bytes_total: { kind: 'counter', labels: [], help: 'Bytes of messages whose content was collected.' },
  floodgate_smtp_replies_total: { kind: 'counter', labels: ['code'], help: 'Refusals of every kind and final answers to messages, by reply code.' },
  floodgate_auth_total: { kind: 'counter', labels: ['mechanism', 'result'], help: 'AUTH attempts that came to an end: ok or failed.' },
  floodgate_tls_total: { kind: 'counter', labels: ['result'], help: 'TLS handshakes with clients: started or failed.' },
  floodgate_reports_total: { kind: 'counter', labels: ['kind', 'returned'], help: 'Reports about mail (bounces, delays, answers): ours, forged, or unproven.' },
  floodgate_backscatter_made_total: { kind: 'counter', labels: [], help: 'Mail made to an unauthenticated third party. No code path makes any: stays 0.' },
  floodgate_hub_latency_seconds: {
    kind: 'histogram',
    labels: ['route'],
    help: 'Time a next hop took for one message, from the hand-over to its final answer.',
  },
  floodgate_hub_failures_total: { kind: 'counter', labels: ['route'], help: 'Times a next hop could not be used.' },
  floodgate_hub_connections: { kind: 'gauge', labels: ['route', 'state'], help: 'Connections to next hops (busy, idle).' },
  floodgate_load_level: { kind: 'gauge', labels: [], help: 'Load level: 0 normal, higher when the gateway sheds work.' },
  floodgate_connections_waiting: { kind: 'gauge', labels: [], help: 'Connections that wait for their banner: beyond a rate, or in line under load.' },
  floodgate_correspondents: { kind: 'gauge', labels: [], help: 'Hosts of which something is remembered.' },
  floodgate_clients_penalised_total: {
    kind: 'counter',
    labels: [],
    help: 'Clients pushed down to the lowest class because they came back too fast after 421.',
  },
  floodgate_event_loop_lag_seconds: { kind: 'gauge', labels: ['door'], help: 'Longest delay of the event loop of a thread in its last interval.' },
  floodgate_doors: { kind: 'gauge', labels: ['state'], help: 'Door threads by state.' },
  floodgate_door_restarts_total: { kind: 'counter', labels: [], help: 'Door threads that died and were replaced.' },
  floodgate_session_failures_total: { kind: 'counter', labels: [], help: 'Sessions ended by a fault of our own; each is an event with its transcript.' },
  floodgate_content_unread_total: { kind: 'counter', labels: [], help: 'Messages whose content could not be looked at, by a fault of our own; they went on.' },
  floodgate_measures: { kind: 'gauge', labels: ['actor'], help: 'Measures in force, by who wrote them (person, auto); suspended ones are not.' },
  floodgate_alarms_total: { kind: 'counter', labels: ['detector', 'level'], help: 'Alarms raised, by detector and level (watch, alert, severe).' },
  floodgate_incidents: { kind: 'gauge', labels: ['state'], help: 'Incidents that are open, by state (watch, alert, mitigated, cooling).' },
  floodgate_journal_bytes: { kind: 'gauge', labels: [], help: 'Size of the journal on disk, compressed segments included.' },
  floodgate_journal_segments: { kind: 'gauge', labels: [], help: 'Segments of the journal on disk.' },
  floodgate_events_total: { kind: 'counter', labels: [], help: 'Events recorded, those dropped included.' },
  floodgate_events_dropped_total: { kind: 'counter', labels: ['type'], help: 'Events missing in the journal because its queue or the disk was full.' },
  floodgate_log_lines_suppressed_total: {
    kind: 'counter',
    labels: [],
    help: 'Log lines left out because a door wrote more than its share in a second; the journal has them.',
  },
  floodgate_build_info: { kind: 'gauge', labels: ['version', 'node'], help: 'Always 1; the labels tell what runs.' },
} as const satisfies Readonly<Record<string, MetricEntry>>;

export type MetricName = keyof typeof metricCatalogue;
/** Counters only: what a door may add to. */
export type CounterName = { [N in MetricName]: (typeof metricCatalogue)[N]['kind'] extends 'counter' ? N : never }[MetricName];
export type HistogramName = { [N in MetricName]: (typeof metricCatalogue)[N]['kind'] extends 'histogram' ? N : never }[MetricName];

/** So much to add to a counter; label values in the order of the catalogue. */
export type Count = readonly [name: CounterName, labels: readonly string[], by: number];
/** One observation of a histogram, in its unit (seconds). */
export type Observation = readonly [name: HistogramName, labels: readonly string[], value: number];
