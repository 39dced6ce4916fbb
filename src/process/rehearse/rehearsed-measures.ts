// Measures that a rehearsal proposes, and what they would have hit while they would have held.
import { scopeText, type Seen } from '../../facts/measure-scope.ts';
import type { NeverBlock } from '../../facts/never-block.ts';
import { domainOf } from '../../detect/sightings/origin.ts';
import { networkOf } from '../../lib/ip.ts';
import type { MeasureScope } from '../../model/measure.ts';
import type { MessageSighting, Sighting } from '../../model/sighting.ts';
import { isGoodMail, touches } from '../../respond/good-mail.ts';
import { keepsMail } from '../../respond/playbook.ts';
import type { AutomaticMeasure } from '../../respond/responder.ts';
import { mailboxOf } from './past-session.ts';

export interface RehearsedMeasure {
  readonly at: number;
  readonly detector: string;
  readonly action: AutomaticMeasure['action'];
  readonly scope: string;
  readonly expiresAt: number;
  /** Only recorded, until an operator says otherwise. */
  readonly dryRun: boolean;
  readonly because: string;
  /** Why it would not have been put in force; null where nothing spoke against it. */
  readonly objection: string | null;
  /** What of the past it would have met. */
  connections: number;
  recipients: number;
  messages: number;
  /** Of the messages, those that were delivered and that nothing speaks against. */
  goodMail: number;
  readonly samples: string[];
}

/** Measures kept, and of each so many samples; what comes beyond is counted. */
const mostKept = 20_000;
const mostSamples = 5;

interface Standing extends RehearsedMeasure {
  readonly id: string;
  readonly draft: AutomaticMeasure;
}

export class RehearsedMeasures {
  readonly #neverBlock: NeverBlock | null;
  readonly #all: RehearsedMeasure[] = [];
  readonly #byId = new Map<string, Standing>();
  /** Those that hold, by whom they are about. */
  readonly #byKey = new Map<string, Set<Standing>>();
  /** Lengths of the client networks in use, by family: few. */
  readonly #prefixes = new Set<number>();
  proposed = 0;

  constructor(neverBlock: NeverBlock | null) {
    this.#neverBlock = neverBlock;
  }

  all(): readonly RehearsedMeasure[] {
    return this.#all;
  }

  isInForce(id: string, at: number): boolean {
    const measure = this.#byId.get(id);
    return measure !== undefined && measure.expiresAt > at;
  }

  add(draft: AutomaticMeasure, at: number): { readonly ok: true; readonly id: string } | { readonly ok: false; readonly error: string } {
    const spared = this.#neverBlock?.ofMeasure(draft) ?? null;
    if (spared !== null) return { ok: false, error: `it would touch ${spared}, which is never blocked` };
    this.proposed += 1;
    const id = `r-${this.proposed}`;
    const { scope, action, expiresAt, dryRun, detector, reason } = draft;
    const measure: Standing = {
      ...blank,
      samples: [],
      id,
      draft,
      at,
      detector,
      action,
      scope: scopeText(scope),
      expiresAt,
      dryRun,
      because: reason,
      objection: null,
    };
    this.#end(at);
    if (this.#byId.size >= mostKept) return { ok: true, id };
    this.#byId.set(id, measure);
    this.#index(measure, scope);
    this.#keep(measure);
    return { ok: true, id };
  }

  /** The guards would not have let it be; the text is the one that the incident's history would have. */
  object(incident: string, text: string, at: number): void {
    const [, action = '', scope = '', objection = ''] = /^(\S+) (.*) was not put in force: (.*)$/s.exec(text) ?? [];
    if (objection === '') return; // a dry run is told there as well, and is kept as such
    this.#keep({
      ...blank,
      samples: [],
      at,
      detector: incident.split(' ', 1)[0] ?? '',
      action: action as RehearsedMeasure['action'], // the responder wrote it
      scope,
      expiresAt: at,
      dryRun: false,
      because: '',
      objection,
    });
  }

  /** Counts what the measures in force would have met; true when one that keeps mail from its recipient, and is no dry run, is among them. */
  hit(sighting: Sighting): boolean {
    if (this.#byKey.size === 0) return false;
    let isTouched = false;
    for (const measure of this.#candidates(sighting)) {
      if (measure.expiresAt <= sighting.at || !this.#isMet(measure, sighting)) continue;
      if (sighting.kind === 'connection') measure.connections += 1;
      else if (sighting.kind === 'recipient') measure.recipients += 1;
      else if (sighting.kind === 'message' && this.#countMessage(measure, sighting)) isTouched = true;
    }
    return isTouched;
  }

  #countMessage(measure: Standing, sighting: MessageSighting): boolean {
    measure.messages += 1;
    if (measure.samples.length < mostSamples) measure.samples.push(sighting.source);
    if (isGoodMail(sighting)) measure.goodMail += 1;
    return !measure.dryRun && (!keepsMail.has(measure.action) || measure.action === 'divert' || measure.action === 'quarantine');
  }

  #isMet({ draft }: Standing, sighting: Sighting): boolean {
    const { scope } = draft;
    if (sighting.kind === 'connection') return scope.client !== undefined && isOfClientAlone(scope) && !this.#isSpared(draft, sighting.caller.ip, null, null);
    if (sighting.kind === 'recipient') {
      if (scope.content !== undefined || scope.user !== undefined) return false;
      const fits =
        (scope.recipient === undefined || addressFits(scope.recipient, sighting.to)) &&
        (scope.sender === undefined || addressFits(scope.sender, sighting.from));
      return fits && !this.#isSpared(draft, sighting.caller.ip, sighting.from, sighting.to);
    }
    return sighting.kind === 'message' && touches(scope, sighting) && !this.#isSpared(draft, sighting.caller.ip, sighting.from, sighting.to);
  }

  #isSpared(draft: AutomaticMeasure, ip: string, from: string | null, to: string | null): boolean {
    if (this.#neverBlock === null) return false;
    const mailbox = to === null ? null : mailboxOf(to);
    const seen: Seen = {
      ip,
      listener: '',
      role: 'mx',
      helo: undefined,
      reverseName: undefined,
      user: undefined,
      direction: undefined,
      traits: undefined,
      from: from === null ? undefined : from === '' ? null : (mailboxOf(from) ?? undefined),
      to: mailbox === null ? undefined : [mailbox],
    };
    return this.#neverBlock.ofTraffic(draft, seen) !== null;
  }

  #keep(measure: RehearsedMeasure): void {
    if (this.#all.length < mostKept) this.#all.push(measure);
  }

  #index(measure: Standing, scope: MeasureScope): void {
    const key = keyOf(scope);
    if (scope.client !== undefined && key === `client ${scope.client}`) this.#prefixes.add(Number(scope.client.slice(scope.client.indexOf('/') + 1)));
    this.#byKey.set(key, (this.#byKey.get(key) ?? new Set()).add(measure));
  }

  #end(at: number): void {
    if (this.#byId.size < mostKept) return;
    for (const [id, measure] of this.#byId) {
      if (measure.expiresAt > at) continue;
      this.#byId.delete(id);
      this.#byKey.get(keyOf(measure.draft.scope))?.delete(measure);
    }
  }

  *#candidates(sighting: Sighting): Generator<Standing> {
    for (const key of this.#keysOf(sighting)) yield* this.#byKey.get(key) ?? [];
  }

  *#keysOf(sighting: Sighting): Generator<string> {
    if (!('caller' in sighting)) return;
    const { ip, user } = sighting.caller;
    for (const bits of this.#prefixes) yield `client ${networkOf(ip, bits, bits)}`;
    if (user !== null) yield `user ${user}`;
    if (sighting.kind !== 'message' && sighting.kind !== 'recipient') return;
    yield `recipient ${sighting.to}`;
    yield `recipient ${domainOf(sighting.to)}`;
    yield `sender ${sighting.from === '' ? '<>' : sighting.from}`;
    yield `sender ${domainOf(sighting.from)}`;
  }
}

const blank = { connections: 0, recipients: 0, messages: 0, goodMail: 0 };

/** What a measure is looked up by: the narrowest that its scope names. */
function keyOf({ recipient, user, sender, client }: MeasureScope): string {
  if (recipient !== undefined) return `recipient ${recipient}`;
  if (user !== undefined) return `user ${user}`;
  return sender === undefined ? `client ${client ?? ''}` : `sender ${sender}`;
}

const isOfClientAlone = ({ recipient, sender, user, content }: MeasureScope): boolean =>
  recipient === undefined && sender === undefined && user === undefined && content === undefined;

const addressFits = (pattern: string, address: string): boolean =>
  pattern === '<>' ? address === '' : pattern.includes('@') ? pattern === address : domainOf(address) === pattern;
