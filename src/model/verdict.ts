// Findings and verdicts: what is wrong, and what is done about it.
import type { Reply } from './reply.ts';

/** What is done on a finding; the table in ARCHITECTURE.md, "Actions", is normative. Mildest first. */
export type Action = 'observe' | 'tag' | 'delay' | 'divert' | 'quarantine' | 'discard' | 'defer' | 'reject' | 'refuse-at-banner';

/** What becomes of mail that is not refused: it goes on, is kept until a person releases it, or is thrown away. Mildest first. */
export type Treatment = 'pass' | 'quarantine' | 'discard';

/** The moments of a session at which policy is asked. */
export type Stage = 'connect' | 'helo' | 'mail' | 'rcpt' | 'message';

/** Evidence: small, flat, safe to log. */
export type Evidence = Readonly<Record<string, string | number | boolean | null>>;

export type Outcome =
  | { readonly kind: 'clean' }
  | {
      readonly kind: 'finding';
      readonly because: string;
      readonly evidence: Evidence;
      /** The operator's own word for this very thing (an entry of a list): stands in place of the configured action, also in observe mode. */
      readonly action?: Action;
      /** With `action`, where it is nobody's own word (an automatic measure): what is done instead in observe mode. */
      readonly inObserveMode?: Action;
      /** With `inObserveMode`, where that is another's word: whose it is then, and how far it reaches. */
      readonly insteadInObserveMode?: { readonly evidence: Evidence; readonly wholeMessage?: true };
      /** With `action`: what a dry run or a probe held back. */
      readonly wouldBe?: Action;
      /** The next hop's own refusal: the client hears it, cleaned. */
      readonly hubReply?: Reply;
      /** It concerns who sends, not this recipient: where mail is held or discarded for it, the whole message is. */
      readonly wholeMessage?: true;
    }
  | { readonly kind: 'unsure'; readonly why: string };

/**
 * permission: whose mail we handle; decided first, fails closed, nothing overrides it.
 * protocol: the client breaks the rules of SMTP or a limit; never suspended by observe mode.
 * abuse: anything else; fails open, suspended by `mode: observe`.
 */
export type CheckKind = 'permission' | 'protocol' | 'abuse';

export interface Finding {
  readonly check: string;
  readonly kind: CheckKind;
  /** What is done; under `mode: observe` an abuse check's action becomes 'observe' and `wouldBe` keeps the configured one. */
  readonly action: Action | 'pass';
  readonly wouldBe?: Action;
  readonly outcome: Exclude<Outcome, { kind: 'clean' }>;
}

export interface Verdict {
  /** The strictest action among the findings. */
  readonly action: Action | 'pass';
  /** Everything that was found, not only what decided. */
  readonly findings: readonly Finding[];
  /** The finding that decided; null when nothing more than observed was found. */
  readonly decisive: Finding | null;
}

/** The verdict of a stage at which nothing was found: one shared value, because it is by far the most common. */
export const passed: Verdict = { action: 'pass', findings: [], decisive: null };

export const isRefusal = (verdict: Verdict): boolean => verdict.action === 'defer' || verdict.action === 'reject' || verdict.action === 'refuse-at-banner';
