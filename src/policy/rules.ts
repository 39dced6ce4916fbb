// The operator's own rules, declared in the configuration, turned into checks: all conditions of a rule must hold. Pure; patterns run in
// linear time.
import type { Config } from '../config/options.ts';
import { compilePattern, type LinearPattern } from '../lib/linear-pattern.ts';
import { PrefixSet } from '../lib/prefix-set.ts';
import { addressOf } from '../model/mailbox.ts';
import type { StageInput } from '../model/stage-input.ts';
import type { Stage } from '../model/verdict.ts';
import { clean, finding, type Check } from './check.ts';

export type RuleConfig = Config['rules'][number];
type Conditions = RuleConfig['when'];

/** What a rule can look at, whatever the stage; null: not known there. */
export interface RuleView {
  readonly ip: string;
  readonly inside: boolean;
  readonly helo: string | null;
  readonly user: string | null;
  /** '' is the null sender. */
  readonly from: string | null;
  readonly to: string | null;
  readonly recipients: number | null;
  readonly subject: string | null;
  /** The subject as people read it, where that is not what stands there: a pattern may fit either. */
  readonly subjectText?: string | undefined;
  readonly messageId: string | null;
  readonly bytes: number | null;
}

/** The stage at which all that a rule looks at is known: it judges there, and nowhere else. */
export function stageOf(when: Conditions): Stage {
  if (when.subject !== undefined || when.messageId !== undefined || when.sizeOver !== undefined || when.recipientsOver !== undefined) return 'message';
  if (when.to !== undefined) return 'rcpt';
  if (when.from !== undefined || when.user !== undefined || when.authenticated !== undefined) return 'mail';
  return when.helo === undefined ? 'connect' : 'helo';
}

/** A rule as a check; its id in findings is the rule's own. The configuration has been loaded, so the patterns are right. */
export function checkOfRule(rule: RuleConfig): Check {
  const matches = matcherOf(rule.when);
  const stage = stageOf(rule.when);
  return {
    id: rule.id,
    stages: [stage],
    kind: 'abuse',
    facts: [],
    defaults: { action: rule.action, onUnsure: 'pass' },
    options: () => undefined,
    run: (input) => {
      const view = viewOf(input);
      return matches(view) ? finding(rule.because ?? `rule ${rule.id}`, { rule: rule.id, ...subjectRead(rule.when, view) }) : clean;
    },
  };
}

/** Characters of a decoded subject that are recorded. */
const longestSubject = 200;

/** What the pattern was held against where the header has it in code: without it nobody could tell why the rule hit. */
const subjectRead = ({ subject }: Conditions, { subjectText }: RuleView): { readonly subject?: string } =>
  subject === undefined || subjectText === undefined ? {} : { subject: subjectText.slice(0, longestSubject) };

/** Whether all conditions hold for a view; a condition on what is not known there does not hold. */
export function matcherOf(when: Conditions): (view: RuleView) => boolean {
  const conditions: ((view: RuleView) => boolean)[] = [];
  for (const field of ['helo', 'user', 'from', 'to', 'subject', 'messageId'] as const) {
    const source = when[field];
    if (source === undefined) continue;
    const pattern = patternOf(source);
    const occurs = (text: string | null | undefined): boolean => typeof text === 'string' && pattern.occursIn(text);
    // An encoded subject must not be a way past the rule.
    conditions.push((view) => occurs(view[field]) || (field === 'subject' && occurs(view.subjectText)));
  }
  const { client, inside, authenticated, sizeOver, recipientsOver } = when;
  if (client !== undefined) {
    const networks = PrefixSet.build(client);
    conditions.push((view) => networks.has(view.ip));
  }
  if (inside !== undefined) conditions.push((view) => view.inside === inside);
  if (authenticated !== undefined) conditions.push((view) => (view.user !== null) === authenticated);
  if (sizeOver !== undefined) conditions.push((view) => (view.bytes ?? 0) > sizeOver);
  if (recipientsOver !== undefined) conditions.push((view) => (view.recipients ?? 0) > recipientsOver);
  return (view) => conditions.every((holds) => holds(view));
}

function patternOf(source: string): LinearPattern {
  const pattern = compilePattern(source);
  if ('wrong' in pattern) throw new Error(`pattern "${source}" ${pattern.wrong}`);
  return pattern;
}

/** What a rule sees of a stage's input. */
export function viewOf(input: StageInput[Stage]): RuleView {
  const content = 'content' in input ? input.content : null;
  return {
    ip: input.client.ip,
    inside: input.client.inside,
    helo: 'helo' in input ? input.helo : null,
    user: 'user' in input ? input.user : null,
    from: 'from' in input ? addressOf(input.from) : null,
    to: 'to' in input ? addressOf(input.to) : null,
    recipients: 'recipients' in input ? input.recipients.length : null,
    subject: content?.subject ?? null,
    subjectText: content?.subjectText,
    messageId: content?.messageId ?? null,
    bytes: content?.bytes ?? null,
  };
}
