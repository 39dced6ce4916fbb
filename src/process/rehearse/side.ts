// One configuration that is tried on the past: its policy, and where each session of the past stands under it.
import { readFileSync } from 'node:fs';
import type { Config } from '../../config/options.ts';
import { compileLists, type ListsSnapshot } from '../../facts/lists.ts';
import { parseListText } from '../../facts/list-file.ts';
import { Marks } from '../../intake/smtp/marks.ts';
import { PrefixSet } from '../../lib/prefix-set.ts';
import type { Client } from '../../model/client.ts';
import { addressOf, type Mailbox } from '../../model/mailbox.ts';
import type { StageInput } from '../../model/stage-input.ts';
import { isRefusal, type Finding, type Stage, type Verdict } from '../../model/verdict.ts';
import { catalogue } from '../../policy/catalogue.ts';
import type { Check } from '../../policy/check.ts';
import { createJudge, type Judge } from '../../policy/judge.ts';
import { createRouter } from '../../policy/router.ts';
import { treatmentOf, treatmentSoFar } from '../../policy/treatment.ts';
import {
  conductOf,
  connectInput,
  contentOf,
  evidenceOf,
  heloInput,
  mailboxOf,
  mailInput,
  recipientOf,
  scanOf,
  type Judged,
  type PastSession,
} from './past-session.ts';
import { RecordedFacts, type PastKnowledge } from './recorded-facts.ts';
import { decisionOf, type Decision } from './wording.ts';

/** Where a session stands under one configuration. */
export interface Standing {
  readonly marks: Marks;
  /** It would have been turned away before any mail. */
  isGone: boolean;
  /** The transaction would have been refused at MAIL or at its end. */
  isRefused: boolean;
  /** Recipients of the transaction that would have been taken. */
  accepted: readonly Mailbox[];
  /** Recipients of the transaction that would not have been taken; lower case. */
  readonly turnedDown: Set<string>;
  /** Recipients taken in the session so far. */
  recipients: number;
  /** What the message stage found. */
  found: readonly Finding[];
}

export const newStanding = (): Standing => ({
  marks: new Marks(),
  isGone: false,
  isRefused: false,
  accepted: [],
  turnedDown: new Set(),
  recipients: 0,
  found: [],
});

/** What would be decided; null where the session would not have come so far. */
export interface Rejudged extends Decision {
  /** Facts that the journal does not hold and that had to be supposed. */
  readonly assumed: readonly string[];
}

export interface SideParts {
  readonly config: Config;
  readonly past: PastKnowledge;
  readonly own: readonly Check[];
  /** A list whose file cannot be read. */
  onTrouble(what: string): void;
}

export class Side {
  readonly config: Config;
  readonly #facts: RecordedFacts;
  readonly #judge: Judge;
  readonly #inside: PrefixSet;
  readonly #past: PastKnowledge;
  #at = 0;

  constructor({ config, past, own, onTrouble }: SideParts) {
    this.config = config;
    this.#past = past;
    this.#inside = PrefixSet.build(config.site.networks);
    this.#facts = new RecordedFacts({
      past,
      lists: listsOf(config, onTrouble),
      listNames: new Set(config.lists.map(({ name }) => name)),
      router: createRouter(config),
    });
    this.#judge = createJudge({ config, checks: [...catalogue, ...own], facts: this.#facts, now: () => this.#at });
  }

  /** Judges a stage that passed without a word then: nothing of it was recorded. */
  judgeSilent(past: PastSession, standing: Standing, at: number): Promise<Rejudged | null> {
    const nothingFound = { facts: {}, findings: [] };
    return this.#ask(past, standing, { at, ...nothingFound }, 'connect', connectInput(past, this.#clientOf(past, at), conductOf(past, [], 0)));
  }

  /** Judges a recorded stage again. Null where the session would not have come so far, or the record is damaged. */
  judge(past: PastSession, standing: Standing, event: Judged): Promise<Rejudged | null> {
    const client = this.#clientOf(past, event.at);
    const conduct = conductOf(past, event.findings, standing.recipients);
    switch (event.stage) {
      case 'connect':
        return this.#ask(past, standing, event, 'connect', connectInput(past, client, conduct));
      case 'helo':
        return this.#ask(past, standing, event, 'helo', heloInput(past, client, conduct));
      case 'mail':
        standing.isRefused = false;
        standing.accepted = [];
        standing.turnedDown.clear();
        return this.#ask(past, standing, event, 'mail', mailInput(past, client, conduct));
      case 'rcpt':
        return this.#judgeRecipient(past, standing, event);
      case 'message':
        return this.#judgeMessage(past, standing, event);
      default:
        return event.stage satisfies never;
    }
  }

  async #judgeRecipient(past: PastSession, standing: Standing, event: Judged): Promise<Rejudged | null> {
    const to = recipientOf(event.input.to ?? '', event.findings);
    if (to === null || standing.isRefused) return null;
    const { accepted, marks } = standing;
    const conduct = conductOf(past, event.findings, standing.recipients);
    const rejudged = await this.#ask(past, standing, event, 'rcpt', {
      ...mailInput(past, this.#clientOf(past, event.at), conduct),
      to,
      accepted,
      ...(accepted.length === 0 ? {} : { treatmentSoFar: treatmentSoFar(marks) }),
    });
    if (rejudged === null) return null;
    if (refusing.has(rejudged.action)) {
      standing.turnedDown.add(addressOf(to).toLowerCase());
      return rejudged;
    }
    standing.accepted = [...accepted, to];
    standing.recipients += 1;
    return rejudged;
  }

  async #judgeMessage(past: PastSession, standing: Standing, event: Judged): Promise<Rejudged | null> {
    const recipients = recipientsOf(event, standing);
    if (standing.isRefused || recipients.length === 0) return null;
    const { findings } = event;
    const answer = { ...evidenceOf(findings, 'auto-reply-leaving'), ...evidenceOf(findings, 'own-bounce-leaving') };
    const scan = scanOf(findings);
    return this.#ask(past, standing, event, 'message', {
      ...mailInput(past, this.#clientOf(past, event.at), conductOf(past, findings, standing.recipients)),
      recipients,
      content: contentOf(event),
      treatment: treatmentOf(standing.marks.all),
      ...(past.report === null ? {} : { report: past.report }),
      ...(scan && { scan }),
      ...('kind' in answer ? { leavingAnswer: answer as unknown as NonNullable<StageInput['message']['leavingAnswer']> } : {}), // the check's evidence is the answer itself
    });
  }

  async #ask<S extends Stage>(
    past: PastSession,
    standing: Standing,
    { at, facts, findings }: Pick<Judged, 'at' | 'facts' | 'findings'>,
    stage: S,
    input: StageInput[S],
  ): Promise<Rejudged | null> {
    if (standing.isGone) return null;
    this.#at = at;
    this.#facts.use({ facts, findings, reverseName: past.reverseName });
    const { verdict } = await this.#judge(stage, input);
    take(standing, stage, verdict);
    return { ...decisionOf(verdict.action, verdict.findings), assumed: this.#facts.assumed };
  }

  #clientOf(past: PastSession, at: number): Client {
    const listener = this.config.listeners.find(({ name }) => name === past.listener);
    return {
      ip: past.ip,
      port: past.port,
      localIp: past.localIp ?? listener?.address.host ?? '',
      localPort: past.localPort ?? listener?.address.port ?? 0,
      listener: past.listener,
      role: listener?.role ?? past.role ?? 'mx',
      inside: this.#inside.has(past.ip) && !this.#past.isDistrusted(past.ip, at),
      ...(past.nextHop && { nextHop: true }),
    };
  }
}

/** Whom the message would have been for: those of then that would still have been taken. */
const recipientsOf = ({ input }: Judged, { accepted, turnedDown }: Standing): readonly Mailbox[] =>
  input.recipients === undefined ? accepted : input.recipients.flatMap((address) => (turnedDown.has(address.toLowerCase()) ? [] : (mailboxOf(address) ?? [])));

const refusing: ReadonlySet<string> = new Set(['defer', 'reject', 'refuse-at-banner']);

function take(standing: Standing, stage: Stage, verdict: Verdict): void {
  if (stage === 'message') standing.found = verdict.findings;
  else if (!isRefusal(verdict)) standing.marks.keep(stage, verdict);
  if (!isRefusal(verdict)) return;
  // A client refused at EHLO may say another name; what follows in the journal shows whether it did. One at the banner is gone.
  if (stage === 'connect' || verdict.action === 'refuse-at-banner') standing.isGone = true;
  if (stage === 'mail' || stage === 'message') standing.isRefused = true;
}

/** The lists of the configuration's files as they are now. */
function listsOf({ lists }: Config, onTrouble: (what: string) => void): ListsSnapshot {
  return compileLists(
    lists.flatMap((list) => {
      try {
        return parseListText(readFileSync(list.file, 'utf8'), list).entries;
      } catch (error) {
        onTrouble(`list ${list.name}: ${error instanceof Error ? error.message : String(error)}`);
        return [];
      }
    }),
  );
}
