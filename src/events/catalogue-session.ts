// What the log says of the events of a session.
import { at, checksOf, decisiveOf, reasonOf, someOf, type EventEntry } from './catalogue-row.ts';

/** Types of events that happen in a session. */
type SessionType =
  | 'session-opened'
  | 'connection-refused'
  | 'connection-left'
  | 'proxy-refused'
  | 'stage-judged'
  | 'command-refused'
  | 'auth-tried'
  | 'tls-started'
  | 'tls-failed'
  | 'message-finished'
  | 'report-judged'
  | 'transaction-aborted'
  | 'session-closed'
  | 'content-unread'
  | 'session-failed';

/** Rows of the events of a session. */
export const sessionRows: { readonly [T in SessionType]: EventEntry<T> } = {
  'session-opened': {
    doc: 'A client was admitted; nothing has been said yet.',
    level: at('debug'),
    line: (e) => [
      ['port', e.port],
      ['listener', e.listener],
      ['role', e.role],
      ['inside', e.inside],
      ['proxied', e.proxied],
    ],
  },
  'connection-refused': {
    doc: 'Refused before a session existed: a cap, a list, a measure.',
    level: at('info'),
    line: (e) => [
      ['listener', e.listener],
      ['reason', e.reason],
      ['checks', checksOf(e.findings)],
      ['reply', e.reply],
    ],
  },
  'connection-left': {
    doc: 'A client went while it waited for its banner; its place in the line is free.',
    level: at('debug'),
    line: (e) => [
      ['port', e.port],
      ['listener', e.listener],
      ['waitedMs', Math.round(e.waitedMs)],
    ],
  },
  'proxy-refused': {
    doc: 'A load balancer whose PROXY header is believed sent none, or a wrong one: the connection was closed without a word.',
    level: at('warn'),
    line: (e) => [
      ['listener', e.listener],
      ['why', e.why],
    ],
  },
  'stage-judged': {
    doc: 'Policy was asked at a stage: its input, its facts, everything found, and what was done.',
    level: (e) => (e.findings.length === 0 ? 'debug' : 'info'),
    line: (e) => {
      const decisive = decisiveOf(e.action, e.findings);
      return [
        ['stage', e.stage],
        ['action', e.action],
        ['check', decisive?.check],
        ['because', decisive && reasonOf(decisive)],
        ['checks', checksOf(e.findings)],
        ['helo', e.input.helo],
        ['user', e.input.user],
        ['from', e.input.from],
        ['to', e.input.to ?? (e.input.recipients && someOf(e.input.recipients))],
        ['reply', e.reply],
      ];
    },
  },
  'command-refused': {
    doc: 'The door refused by itself: syntax, order of commands, a limit or a deadline.',
    level: at('info'),
    line: (e) => [
      ['command', e.command],
      ['reason', e.reason],
      ['reply', e.reply],
    ],
  },
  'auth-tried': {
    doc: 'An AUTH exchange came to its end.',
    level: at('info'),
    line: (e) => [
      ['mechanism', e.mechanism],
      ['user', e.user],
      ['ok', e.ok],
      ['why', e.why],
    ],
  },
  'tls-started': {
    doc: 'TLS is on.',
    level: at('debug'),
    line: (e) => [
      ['protocol', e.protocol],
      ['cipher', e.cipher],
      ['certificate', e.certificate],
    ],
  },
  'tls-failed': { doc: 'The TLS handshake failed.', level: at('info'), line: (e) => [['why', e.why]] },
  'message-finished': {
    doc: "The end of a transaction whose content had been collected, with the next hop's words.",
    level: at('info'),
    line: (e) => [
      ['outcome', e.outcome],
      ['from', e.from],
      ['to', someOf(e.recipients)],
      ['bytes', e.bytes],
      ['messageId', e.messageId],
      ['route', e.route],
      ['hubMs', Math.round(e.hubMs)],
      ['queueId', e.hubQueueId],
      ['tags', e.tags.join(',')],
      ['reason', e.reason],
      ['reply', e.reply],
    ],
  },
  'report-judged': {
    doc: 'A report (bounce, delay, automatic answer, notice) came: about mail of ours, forged, or it cannot be told.',
    level: at('info'),
    line: (e) => [
      ['kind', e.kind],
      ['returned', e.returned],
      ['proof', e.returned === 'ours' ? e.proof : null],
      ['why', e.returned === 'unproven' ? e.why : null],
      ['from', e.from],
      ['to', someOf(e.recipients)],
      ['failed', someOf(e.failed)],
      ['origin', e.original.originIp],
      ['originSpf', e.originSpf ?? null],
      ['language', e.language],
    ],
  },
  'transaction-aborted': {
    doc: 'The client went away in the middle of content, or before it could hear our 250.',
    level: at('info'),
    line: (e) => [
      ['why', e.why],
      ['from', e.from],
      ['to', someOf(e.recipients)],
      ['bytes', e.bytes],
    ],
  },
  'session-closed': {
    doc: 'The session is over.',
    level: at('debug'),
    line: (e) => [
      ['why', e.why],
      ['ms', Math.round(e.ms)],
      ['bytesIn', e.bytesIn],
      ['bytesOut', e.bytesOut],
      ['messages', e.messages],
      ['errors', e.errors],
    ],
  },
  'content-unread': {
    doc: 'The content of a message could not be looked at, by a fault of our own; it went on with nothing known of it.',
    level: at('warn'),
    line: (e) => [['why', e.why]],
  },
  'session-failed': {
    doc: 'A fault of our own ended the session; the client heard 421. The transcript tells what was said before.',
    level: at('error'),
    line: (e) => [
      ['error', e.error],
      ['last', e.transcript.at(-1)],
    ],
  },
};
