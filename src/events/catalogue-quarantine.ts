// The events of held mail: how it came to be held, and what became of it.
import { at, someOf, type EventEntry } from './catalogue-row.ts';

type QuarantineType =
  | 'message-quarantined'
  | 'refused-copy'
  | 'message-discarded'
  | 'quarantine-released'
  | 'quarantine-discarded'
  | 'quarantine-restored'
  | 'quarantine-expired'
  | 'quarantine-full'
  | 'quarantine-broken'
  | 'digest-sent'
  | 'digest-failed'
  | 'release-asked'
  | 'release-refused';

/** Rows of the events of held mail. */
export const quarantineRows: { readonly [T in QuarantineType]: EventEntry<T> } = {
  'message-quarantined': {
    doc: 'The whole message is kept and on the disk; the client heard 250. Released by a person, or it expires.',
    level: at('info'),
    line: (e) => [
      ['check', e.check],
      ['because', e.because],
      ['measure', e.measure],
      ['incident', e.incident],
      ['from', e.from],
      ['to', someOf(e.recipients)],
      ['bytes', e.bytes],
      ['expiresAt', new Date(e.expiresAt).toISOString()],
      ['virus', e.virus],
    ],
  },
  'refused-copy': {
    doc: 'A copy of a refused message was kept (`quarantine.keepRefused`), or there was no room for it; the client heard the refusal all the same.',
    level: (e) => (e.outcome === 'failed' ? 'warn' : 'info'),
    line: (e) => [
      ['check', e.check],
      ['because', e.because],
      ['outcome', e.outcome],
      ['why', e.why],
      ['from', e.from],
      ['to', someOf(e.recipients)],
      ['bytes', e.bytes],
      ['expiresAt', e.expiresAt === null ? null : new Date(e.expiresAt).toISOString()],
    ],
  },
  'message-discarded': {
    doc: 'The message was taken and thrown away, as a person has ordered by a rule, a list or a measure; the client heard 250.',
    level: at('info'),
    line: (e) => [
      ['check', e.check],
      ['because', e.because],
      ['measure', e.measure],
      ['incident', e.incident],
      ['from', e.from],
      ['to', someOf(e.recipients)],
      ['bytes', e.bytes],
      ['sha256', e.sha256],
    ],
  },
  'quarantine-released': {
    doc: 'Somebody let a kept message go on its way; failed and partly: it is still kept for those who have not got it.',
    level: (e) => (e.outcome === 'delivered' ? 'info' : 'warn'),
    line: (e) => [
      ['by', e.by],
      ['to', e.to],
      ['outcome', e.outcome],
      ['why', e.why],
    ],
  },
  'quarantine-discarded': {
    doc: 'Somebody threw a kept message away; it can be had back for `quarantine.undoFor`.',
    level: at('info'),
    line: (e) => [['by', e.by]],
  },
  'quarantine-restored': { doc: 'A discarded message is back in the quarantine.', level: at('info'), line: (e) => [['by', e.by]] },
  'quarantine-expired': {
    doc: 'Nobody released a kept message in time, or the time of a discarded one is over: it is gone.',
    level: at('info'),
    line: (e) => [
      ['state', e.state],
      ['from', e.from],
      ['to', someOf(e.recipients)],
      ['bytes', e.bytes],
    ],
  },
  'quarantine-full': {
    doc: 'A limit of the quarantine is reached: what should be kept is put off with 452, nothing kept is dropped. At most once a minute and door.',
    level: at('error'),
    line: (e) => [
      ['why', e.why],
      ['messages', e.messages],
      ['bytes', e.bytes],
    ],
  },
  'quarantine-broken': { doc: 'A file of the quarantine could not be read, written or removed.', level: at('error'), line: (e) => [['why', e.why]] },
  'digest-sent': {
    doc: 'A recipient was told by letter of mail that is held for him (docs/digest.md).',
    level: at('info'),
    line: (e) => [
      ['to', e.to],
      ['lines', e.lines],
      ['more', e.more],
      ['letter', e.letter],
    ],
  },
  'digest-failed': {
    doc: 'A letter about held mail could not be handed over to its recipient; a later round tries again, unless it was refused for good. `uncertain`: it may have arrived, and what it names is listed again in the next round.',
    level: at('warn'),
    line: (e) => [
      ['to', e.to],
      ['uncertain', e.uncertain],
      ['why', e.why],
    ],
  },
  'release-asked': {
    doc: 'A recipient asked for a held message by link or by reply, with a token that holds; what came of it is `quarantine-released`.',
    level: at('info'),
    line: (e) => [
      ['to', e.to],
      ['way', e.way],
      ['asker', e.asker],
    ],
  },
  'release-refused': {
    doc: 'Somebody came with a release token that is forged, expired or used, or whose message is not held any more; nothing was released.',
    level: at('info'),
    line: (e) => [
      ['way', e.way],
      ['why', e.why],
      ['asker', e.asker],
    ],
  },
};
