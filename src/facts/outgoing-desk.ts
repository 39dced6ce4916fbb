// What left us and what comes back, as a door asks about it: the memory together with what the configuration says of it.
import type { Config } from '../config/options.ts';
import { addressOf, type Mailbox, type Sender } from '../model/mailbox.ts';
import type { OutgoingDesk } from '../model/report-judgement.ts';
import type { OutgoingMemory } from './outgoing-memory.ts';
import { judgeReport } from './returned-mail.ts';

export interface OutgoingDeskParts {
  readonly memory: OutgoingMemory;
  readonly config: Pick<Config, 'bounces' | 'site'>;
  /** Load level 1 or more. */
  isBusy(): boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}

const hourMs = 3_600_000;
/** So many hours after the last forged report its victim's automatic answers are held back. */
const attackHours = 6;

/** The desk of one configuration. */
export function createOutgoingDesk({ memory, config: { bounces, site }, isBusy, now }: OutgoingDeskParts): OutgoingDesk {
  const ours: ReadonlySet<string> = new Set([...site.domains, ...site.customerDomains]);
  const isOurs = (sender: Sender): sender is Mailbox => sender !== null && ours.has(sender.domain);
  const hour = (back: number): number => Math.floor(now() / hourMs) - back;
  const isForged = (address: string): boolean => {
    for (let back = 0; back < attackHours; back++) if (memory.hasNoted(forgedNote(address, hour(back)))) return true;
    return false;
  };
  return {
    isOurs,
    remember: (message) => memory.remember(message),
    traceLine: (message) => memory.traceLine(message),
    tagged: (sender) => (bounces.batv ? memory.tagged(sender) : sender),
    // Tags that were given before it was switched off still come back.
    untagged: (recipient) => (isOurs(recipient) ? memory.untagged(recipient) : null),
    judge: (report) => {
      const judgement = judgeReport(report, memory, bounces);
      if (judgement?.returned === 'forged') for (const to of report.recipients.filter(isOurs)) memory.note(forgedNote(addressOf(to), hour(0)));
      return judgement;
    },
    rememberWriter: (from, to) => {
      for (const each of to.filter(isOurs)) memory.note(writerNote(from, each));
    },
    answering: (from, to) => ({
      toProven: from !== null && to.every((each) => memory.hasNoted(writerNote(each, from))),
      underAttack: isBusy() || (from !== null && isForged(addressOf(from))),
    }),
  };
}

const forgedNote = (address: string, hour: number): string => `forged ${address.toLowerCase()} ${hour}`;
const writerNote = (writer: Mailbox, to: Mailbox): string => `writer ${addressOf(writer).toLowerCase()} ${addressOf(to).toLowerCase()}`;
