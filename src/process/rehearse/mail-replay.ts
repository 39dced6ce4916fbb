// Saved messages held against a configuration, as if they came in from the first host outside the site that their Received lines name. They
// lie in a mailbox, so they were delivered; whether a recipient exists is supposed.
import { messagesOf } from '../../cli/parse.ts';
import type { ReplayCounts, ReplayHearer } from '../../cli/replay-records.ts';
import { originOf } from '../../detect/sightings/origin.ts';
import type { MessageTraits } from '../../model/message-traits.ts';
import type { MessageSighting } from '../../model/sighting.ts';
import { treatingFinding } from '../../policy/treatment.ts';
import { readContent } from '../../wire/message/content-traits.ts';
import { siteViewOf } from '../detection.ts';
import { mailOf, type MailOfThePast } from './mail-of-the-past.ts';
import { beginSession, learn, type Judged } from './past-session.ts';
import { RehearsedResponse, replayKey } from './rehearsed-response.ts';
import { newStanding, type Rejudged, type Side, type Standing } from './side.ts';
import { isSame, type Decision } from './wording.ts';

const delivered: Decision = { action: 'pass', check: null, because: 'it lies in a mailbox', wouldBe: null };

export class MailReplay {
  readonly #side: Side;
  readonly #hearer: ReplayHearer;
  readonly #site: ReturnType<typeof siteViewOf>;
  readonly #response: RehearsedResponse;
  readonly #counts = {
    messages: 0,
    decisions: 0,
    same: 0,
    different: 0,
    withoutOrigin: 0,
    goodMail: 0,
    goodMailTouched: 0,
    goodMailTouchedByChecks: 0,
    goodMailTouchedByMeasures: 0,
    first: null as number | null,
    last: null as number | null,
  };

  constructor(side: Side, hearer: ReplayHearer) {
    this.#side = side;
    this.#hearer = hearer;
    this.#site = siteViewOf(side.config);
    this.#response = new RehearsedResponse({
      config: side.config,
      site: this.#site,
      onAlarm: (alarm) => hearer.onAlarm(alarm, 'config'),
      onTrouble: hearer.onTrouble,
    });
  }

  async run(paths: readonly string[]): Promise<ReplayCounts> {
    for (const path of paths) {
      try {
        for (const { file, number, raw } of messagesOf(path)) await this.#take(number === null ? file : `${file}:${number}`, raw);
      } catch (error) {
        this.#hearer.onTrouble(`${path}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    for (const measure of this.#response.measures()) this.#hearer.onMeasure(measure, 'config');
    return { ...this.#counts, alarms: this.#response.alarms, measures: this.#response.proposed };
  }

  async #take(name: string, raw: Buffer): Promise<void> {
    const mail = mailOf(raw, this.#site);
    const at = mail.at ?? Date.now();
    const counts = this.#counts;
    counts.messages += 1;
    counts.goodMail += 1;
    counts.first = Math.min(counts.first ?? at, at);
    counts.last = Math.max(counts.last ?? at, at);
    if (mail.ip === '') counts.withoutOrigin += 1; // written inside: nobody outside brought it
    const traits = readContent({ beginning: raw.subarray(0, 64 * 1024), from: mail.from, recipients: mail.to, key: replayKey });
    const byChecks = mail.ip !== '' && (await this.#judge(name, raw.length, mail, at, traits));
    let byMeasures = false;
    for (const sighting of this.#sightingsOf(name, raw.length, mail, at, traits)) if (await this.#response.note(sighting)) byMeasures = true;
    if (byChecks) counts.goodMailTouchedByChecks += 1;
    if (byMeasures) counts.goodMailTouchedByMeasures += 1;
    if (byChecks || byMeasures) counts.goodMailTouched += 1;
  }

  /** All stages that a session with this message would have had; true where it would not have been delivered. */
  async #judge(name: string, bytes: number, mail: MailOfThePast, at: number, traits: MessageTraits): Promise<boolean> {
    const standing = newStanding();
    const stages = stagesOf(name, bytes, mail, at, traits);
    const [first] = stages;
    if (first === undefined) return false;
    const past = { ...beginSession(first), listener: this.#side.config.listeners.find(({ role }) => role === 'mx')?.name ?? '' };
    for (const event of stages) {
      learn(past, event);
      this.#tell(event, mail, await this.#side.judge(past, standing, event));
    }
    return isStopped(standing);
  }

  #tell({ at, session, stage, input }: Judged, mail: MailOfThePast, would: Rejudged | null): void {
    if (would === null) return;
    this.#counts.decisions += 1;
    if (isSame(delivered, would)) {
      this.#counts.same += 1;
      return;
    }
    this.#counts.different += 1;
    const to = input.to ?? mail.to.join(', ');
    this.#hearer.onDifference({
      at,
      session,
      reference: mail.messageId,
      stage,
      was: delivered,
      would,
      from: mail.from,
      to,
      client: { ip: mail.ip },
      assumed: would.assumed,
    });
  }

  *#sightingsOf(name: string, bytes: number, mail: MailOfThePast, at: number, traits: MessageTraits): Generator<MessageSighting> {
    const caller = { ip: mail.ip, name: null, user: null, inside: mail.ip === '' || this.#site.isInside(mail.ip) };
    const from = mail.from.toLowerCase();
    for (const [index, to] of mail.to.entries())
      yield {
        kind: 'message',
        at,
        source: name,
        caller,
        origin: originOf(caller, from, traits, this.#site),
        direction: caller.inside ? 'within' : 'in',
        from,
        to: to.toLowerCase(),
        index,
        recipients: mail.to.length,
        outcome: 'delivered',
        messageId: mail.messageId,
        subject: mail.subject,
        bytes,
        traits,
      };
  }
}

const isStopped = ({ isGone, isRefused, turnedDown, marks, found }: Standing): boolean =>
  isGone || isRefused || turnedDown.size > 0 || treatingFinding([...marks.all, ...found]) !== null;

/** The stages as the journal would have had them. */
function stagesOf(name: string, bytes: number, mail: MailOfThePast, at: number, traits: MessageTraits): readonly Judged[] {
  const { helo, from, to, messageId, subject, hops } = mail;
  const common = { type: 'stage-judged', at, door: 'replay', seq: 0, session: name, ip: mail.ip, facts: {}, action: 'pass', findings: [] } as const;
  return [
    { ...common, stage: 'connect', input: {} },
    { ...common, stage: 'helo', input: { helo } },
    { ...common, stage: 'mail', input: { helo, from, size: bytes } },
    ...to.map((each): Judged => ({ ...common, stage: 'rcpt', input: { helo, from, to: each } })),
    { ...common, stage: 'message', input: { helo, from, recipients: to, size: bytes, messageId, subject, traits: { ...traits, hops } } },
  ];
}
