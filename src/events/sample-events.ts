// One event of every type, as a door would say it: for contract tests and for the examples of the reference page.
import type { EventBody, EventType } from '../model/events.ts';
import type { Finding } from '../model/verdict.ts';
import { events } from './catalogue.ts';

const session = { session: '1M7YNPXHV1000', ip: '192.0.2.7' } as const;

const unknownRecipient: Finding = {
  check: 'unknown-recipient',
  kind: 'permission',
  action: 'reject',
  outcome: { kind: 'finding', because: 'the hub does not know the recipient', evidence: { hubReply: '550 5.1.1 no such user' } },
};

/** By type, so that a type without a sample does not compile. */
export const sampleEvents: Readonly<Record<EventType, EventBody>> = {
  'session-opened': events.sessionOpened({ ...session, port: 40_112, listener: 'mx', role: 'mx', inside: false, localIp: '198.51.100.1', localPort: 25 }),
  'connection-refused': events.connectionRefused({
    ...session,
    session: '1M7YNPXHV1001',
    port: 40_113,
    listener: 'mx',
    ref: '1M7YNPXHV1001-1',
    reply: '421 4.7.0 Too many sessions (ref 1M7YNPXHV1001-1)',
    reason: 'sessionsPerAddress',
    findings: [],
  }),
  'stage-judged': events.stageJudged({
    ...session,
    stage: 'rcpt',
    input: { helo: 'mail.sender.example', from: 'x@sender.example', to: 'nobody@hub.example' },
    facts: {
      recipient: { value: { kind: 'refused', hubReply: { code: 550, enhanced: '5.1.1', lines: ['no such user'] } } },
      reverseName: { unknown: 'DNS did not answer in time' },
    },
    action: 'reject',
    findings: [unknownRecipient],
    ref: '1M7YNPXHV1000-1',
    reply: '550 5.1.1 no such user (ref 1M7YNPXHV1000-1)',
  }),
  'command-refused': events.commandRefused({
    ...session,
    command: 'VRFY',
    reason: 'too-many-errors',
    ref: '1M7YNPXHV1000-2',
    reply: '421 4.7.0 Too many errors (ref 1M7YNPXHV1000-2)',
    evidence: { errors: 20 },
  }),
  'auth-tried': events.authTried({ ...session, mechanism: 'PLAIN', user: 'ann', ok: false, why: 'wrong' }),
  'tls-started': events.tlsStarted({ ...session, protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' }),
  'tls-failed': events.tlsFailed({ ...session, why: 'no shared cipher' }),
  'message-finished': events.messageFinished({
    ...session,
    ref: '1M7YNPXHV1000-3',
    outcome: 'delivered',
    reply: '250 2.0.0 Ok: queued as 4XyZ',
    reason: '',
    from: 'x@sender.example',
    recipients: ['ann@hub.example'],
    route: 'hub',
    bytes: 2048,
    messageId: '<m1@sender.example>',
    subject: 'Hello',
    sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    hubReply: '250 2.0.0 Ok: queued as 4XyZ',
    hubQueueId: '4XyZ',
    hubMs: 12,
    tags: [],
  }),
  'transaction-aborted': events.transactionAborted({
    ...session,
    ref: '1M7YNPXHV1000-4',
    why: 'the client closed in the middle of the content',
    from: 'x@sender.example',
    recipients: ['ann@hub.example'],
    bytes: 512,
  }),
  'session-closed': events.sessionClosed({ ...session, why: 'quit', ms: 820, bytesIn: 2600, bytesOut: 410, messages: 1, errors: 1 }),
  'session-failed': events.sessionFailed({ ...session, error: 'TypeError: x is undefined', transcript: ['C: EHLO a', 'S: 250'] }),
  'hub-failed': events.hubFailed({ route: 'hub', why: 'connect ECONNREFUSED' }),
  'hub-circuit': events.hubCircuit({ route: 'hub', state: 'open', why: '5 failures in a row' }),
  'door-started': events.doorStarted({ listeners: ['mx 0.0.0.0:25'] }),
  'door-died': events.doorDied({ died: 'smtp-2', why: 'out of memory' }),
  'config-loaded': events.configLoaded({ file: '/etc/floodgate/floodgate.yaml', sha256: '9f86d081', warnings: [] }),
  'config-refused': events.configRefused({ file: '/etc/floodgate/floodgate.yaml', errors: ['hub.address is missing'] }),
  'list-changed': events.listChanged({ list: 'blocked', entries: 12, by: 'root', what: 'added 192.0.2.0/24' }),
  'list-broken': events.listBroken({ list: 'blocked', why: 'line 3 is not a network' }),
  'journal-dropped': events.journalDropped({ dropped: { 'session-opened': 40 }, why: 'the keeper did not take events fast enough' }),
  started: events.started({ version: '0.1.0', listeners: ['mx 0.0.0.0:25'] }),
  stopped: events.stopped({ why: 'SIGTERM' }),
};
