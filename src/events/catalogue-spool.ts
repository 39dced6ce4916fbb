// The events of spooled mail and of looking for viruses.
import { at, someOf, type EventEntry } from './catalogue-row.ts';

type SpoolType =
  | 'message-spooled'
  | 'spool-delivered'
  | 'spool-held'
  | 'spool-changed'
  | 'spool-full'
  | 'spool-broken'
  | 'virus-scanned'
  | 'scanner-state'
  | 'network-told';

/** Rows of the events of spooled mail. */
export const spoolRows: { readonly [T in SpoolType]: EventEntry<T> } = {
  'message-spooled': {
    doc: 'The next hop was away, or the load asked for it: the message is on the disk and waits; the client heard 250.',
    level: at('info'),
    line: (e) => [
      ['route', e.route],
      ['why', e.why],
      ['from', e.from],
      ['to', someOf(e.recipients)],
      ['bytes', e.bytes],
      ['expiresAt', new Date(e.expiresAt).toISOString()],
    ],
  },
  'spool-delivered': {
    doc: 'A spooled message has reached its next hop.',
    level: at('info'),
    line: (e) => [
      ['from', e.from],
      ['to', someOf(e.recipients)],
      ['bytes', e.bytes],
      ['tries', e.tries],
      ['waitedMs', e.waitedMs],
      ['hub', e.hubReply],
      ['queueId', e.hubQueueId],
    ],
  },
  'spool-held': {
    doc: 'A spooled message was refused by its next hop or not taken in time: it is in the quarantine, for a person. Its author was told only if proven; a stranger never is.',
    level: at('warn'),
    line: (e) => [
      ['from', e.from],
      ['to', someOf(e.recipients)],
      ['bytes', e.bytes],
      ['why', e.why],
      ['author', e.author],
      ['report', e.report],
    ],
  },
  'spool-changed': {
    doc: 'A person stopped a waiting message, let it go again, discarded it, or brought it back.',
    level: at('info'),
    line: (e) => [
      ['what', e.what],
      ['by', e.by],
      ['from', e.from],
      ['to', someOf(e.recipients)],
      ['bytes', e.bytes],
    ],
  },
  'spool-full': {
    doc: 'A limit of the spool is reached: mail whose next hop is away is put off, nothing spooled is dropped. At most once a minute and door.',
    level: at('error'),
    line: (e) => [
      ['why', e.why],
      ['messages', e.messages],
      ['bytes', e.bytes],
    ],
  },
  'spool-broken': { doc: 'A file of the spool could not be read, written or removed.', level: at('error'), line: (e) => [['why', e.why]] },
  'virus-scanned': {
    doc: 'The virus scanner found something in a message, or could not be asked.',
    level: at('warn'),
    line: (e) => [
      ['found', e.found],
      ['why', e.why],
    ],
  },
  'scanner-state': {
    doc: 'The virus scanner does not answer, or does so again; `unseen` messages were not looked at meanwhile.',
    level: (e) => (e.state === 'away' ? 'error' : 'warn'),
    line: (e) => [
      ['clamd', e.clamd],
      ['state', e.state],
      ['why', e.why],
      ['unseen', e.unseen],
    ],
  },
  'network-told': {
    doc: 'The abuse contact of a network was told of the viruses that came from it, or nobody could be told, and why.',
    level: (e) => (e.to.length > 0 ? 'info' : 'warn'),
    line: (e) => [
      ['network', e.network],
      ['to', someOf(e.to)],
      ['found', e.found],
      ['source', e.source],
      ['why', e.why],
    ],
  },
};
