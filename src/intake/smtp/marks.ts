// What earlier stages found that says what becomes of the message: marks to be put on it, and whether it goes on, is held or discarded.
// A rule on the sender speaks at MAIL; it is carried out when there is a message.
import type { Finding, Stage, Verdict } from '../../model/verdict.ts';

type EarlierStage = Exclude<Stage, 'message'>;

const none: readonly Finding[] = [];
const counts = ({ action }: Finding): boolean => action === 'tag' || action === 'divert' || action === 'quarantine' || action === 'discard';

const concernsAll = ({ outcome }: Finding): boolean => outcome.kind === 'finding' && outcome.wholeMessage === true;
/** They say the same of the message. */
const isAlike = (one: Finding, other: Finding): boolean => one.check === other.check && one.action === other.action && concernsAll(one) === concernsAll(other);

/** Findings of one stage kept at most: a message has a thousand recipients, and each may be found the same of. */
const maxKept = 20;

export class Marks {
  readonly #kept: Record<EarlierStage, readonly Finding[]> = { connect: none, helo: none, mail: none, rcpt: none };

  /** A stage has passed. What it says takes the place of what it said before, and what came after it is forgotten; recipients add up. */
  keep(stage: EarlierStage, { findings }: Pick<Verdict, 'findings'>): void {
    const found = findings.length === 0 ? none : findings.filter(counts);
    if (stage === 'rcpt') {
      if (found.length > 0) this.#addForRecipient(found);
      return;
    }
    this.#kept[stage] = found;
    this.#kept.rcpt = none;
    if (stage !== 'mail') this.#kept.mail = none;
    if (stage === 'connect') this.#kept.helo = none;
  }

  /** What holds for every recipient. */
  get before(): readonly Finding[] {
    const { connect, helo, mail } = this.#kept;
    return connect === none && helo === none && mail === none ? none : [...connect, ...helo, ...mail];
  }

  get all(): readonly Finding[] {
    return this.#kept.rcpt === none ? this.before : [...this.before, ...this.#kept.rcpt];
  }

  #addForRecipient(found: readonly Finding[]): void {
    const known = this.#kept.rcpt;
    const fresh = found.filter((each) => !known.some((other) => isAlike(each, other)));
    this.#kept.rcpt = [...known, ...fresh].slice(0, maxKept);
  }
}
