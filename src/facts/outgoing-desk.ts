// What left us and what comes back, as a door asks about it: the memory together with what the configuration says of it.
import type { Config } from '../config/options.ts';
import type { HashKey } from '../lib/half-sip-hash.ts';
import { addressOf, type Mailbox, type Sender } from '../model/mailbox.ts';
import type { OriginHint, OutgoingDesk, ReportInHand, ReportJudgement } from '../model/report-judgement.ts';
import { returnedOctets } from '../wire/message/returned-octets.ts';
import { returnedTraits } from '../wire/message/returned-traits.ts';
import type { OutgoingMemory } from './outgoing-memory.ts';
import type { ReturnEvidence } from './return-evidence.ts';
import { mayChange, weighed } from './report-weights.ts';
import { judgeReport } from './returned-mail.ts';

export interface OutgoingDeskParts {
  readonly memory: OutgoingMemory;
  /** What DNS adds; null: it is not asked. */
  readonly evidence: ReturnEvidence | null;
  /** Secret of the installation, by which returned texts are compared. */
  readonly printKey: HashKey;
  readonly config: Pick<Config, 'bounces' | 'site'>;
  /** Load level 1 or more. */
  isBusy(): boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}

const hourMs = 3_600_000;
/** So many hours after the last forged report its victim's automatic answers are held back. */
const attackHours = 6;
/** Reports an hour to one address about which only a hint speaks: with more it is under attack as well. */
const mostHinted = 10;

/** The desk of one configuration. */
export function createOutgoingDesk({ memory, evidence, printKey, config: { bounces, site }, isBusy, now }: OutgoingDeskParts): OutgoingDesk {
  const ours: ReadonlySet<string> = new Set([...site.domains, ...site.customerDomains]);
  const isOurs = (sender: Sender): sender is Mailbox => sender !== null && ours.has(sender.domain);
  const attacks = attackNotes(memory, () => Math.floor(now() / hourMs));
  const settled = (judgement: ReportJudgement, report: ReportInHand, to: readonly string[]): ReportJudgement => {
    if (judgement.returned === 'forged') for (const each of to) attacks.noteForged(each);
    const returned = returnedOctets(Buffer.from(report.text, 'latin1'));
    return returned === null ? judgement : { ...judgement, original: { ...judgement.original, traits: returnedTraits(returned, printKey) } };
  };
  /** With proofs and hints that need DNS. */
  const lookFurther = async (report: ReportInHand, first: ReportJudgement, to: readonly string[], further: ReturnEvidence): Promise<ReportJudgement> => {
    const { kind, language, failed, original } = first;
    const told = { kind, language, failed, original };
    const proof = await further.signature(report);
    if (proof !== null && proof !== 'unsure') return { ...told, returned: 'ours', proof };
    const attack = to.some((each) => attacks.isUnderWay(each));
    const origin = mayChange(first, attack) ? await further.origin(report, original.originIp) : null;
    if (origin !== null && speaksAlone(first, origin)) for (const each of to) attacks.noteHinted(each);
    const spf = origin === null ? {} : { originSpf: origin };
    const verdict = proof === 'unsure' ? ({ returned: 'unproven', why: 'key-not-answered' } as const) : weighed(first, { origin, attack });
    return settled({ ...told, ...spf, ...verdict }, report, to);
  };
  return {
    isOurs,
    remember: (message) => {
      memory.remember(message);
      if (!message.recipients.every(isOurs)) memory.noteLeaving(message.sender);
    },
    traceLine: (message) => memory.traceLine(message),
    tagged: (sender) => (bounces.batv ? memory.tagged(sender) : sender),
    // Tags that were given before it was switched off still come back.
    // One that proves nothing is no other address either: real bounces would hear that it does not exist. Without `batv` it may be the hub's own.
    untagged: (recipient) => (isOurs(recipient) ? (memory.untagged(recipient) ?? (bounces.batv ? memory.behindUnknownTag(recipient) : null)) : null),
    judge: (report) => {
      const to = report.recipients.filter(isOurs).map(addressOf);
      const first = judgeReport(report, memory, { othersSendForUs: bounces.othersSendForUs, isUnderAttack: () => to.some(attacks.isUnderWay) });
      if (first === null || first.returned === 'ours') return first;
      if (evidence === null || !evidence.mayAdd(report, first.original.originIp)) return settled(first, report, to);
      return lookFurther(report, first, to, evidence);
    },
    rememberWriter: (from, to) => {
      for (const each of to.filter(isOurs)) memory.note(writerNote(from, each));
    },
    answering: (from, to) => ({
      toProven: from !== null && to.every((each) => memory.hasNoted(writerNote(each, from))),
      underAttack: isBusy() || (from !== null && attacks.isForged(addressOf(from))),
    }),
  };
}

/** The hint is all there is for what the memory does not know, or against what it cannot tell. */
const speaksAlone = ({ returned }: ReportJudgement, origin: OriginHint): boolean => origin === (returned === 'forged' ? 'permitted' : 'forbidden');

/** Whether the addresses of ours are being forged just now, in the memory that all doors share. */
function attackNotes(memory: OutgoingMemory, hour: () => number) {
  const isForged = (address: string): boolean => {
    for (let back = 0; back < attackHours; back++) if (memory.hasNoted(forgedNote(address, hour() - back))) return true;
    return false;
  };
  const isFull = (address: string, back: number): boolean => memory.hasNoted(hintedNote(address, hour() - back, mostHinted));
  return {
    isForged,
    isUnderWay: (address: string): boolean => isForged(address) || isFull(address, 0) || isFull(address, 1),
    noteForged: (address: string): void => memory.note(forgedNote(address, hour())),
    noteHinted: (address: string): void => {
      for (let place = 1; place <= mostHinted; place++) {
        const note = hintedNote(address, hour(), place);
        if (memory.hasNoted(note)) continue;
        memory.note(note);
        return;
      }
    },
  };
}

const forgedNote = (address: string, hour: number): string => `forged ${address.toLowerCase()} ${hour}`;
const hintedNote = (address: string, hour: number, place: number): string => `hinted ${address.toLowerCase()} ${hour} ${place}`;
const writerNote = (writer: Mailbox, to: Mailbox): string => `writer ${addressOf(writer).toLowerCase()} ${addressOf(to).toLowerCase()}`;
