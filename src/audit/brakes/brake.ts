// What a brake of a mail hub is: one of its settings that limits work, as a row of a table, and how a row is judged.
import { amountText, readAmount, type Unit } from './amount.ts';

/** The mail servers whose brakes we know. */
export type HubProduct = 'postfix' | 'exim' | 'sendmail';

/** What the proposals are computed from. */
export interface Machine {
  readonly processors: number;
  readonly memoryMiB: number;
  /** `hub.connections` of the gateway: so many sessions it may have open at once, all from one address. */
  readonly gatewayConnections: number;
  /** The address the gateway comes from; null when not told. */
  readonly gatewayAddress: string | null;
  /** The gateway's largest message, in bytes. */
  readonly messageBytes: number;
}

export type BrakeVerdict = 'good' | 'missing' | 'too high' | 'too low' | 'harms the gateway';

/** One setting as its file has it; the last one written wins. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  /** The line it begins at, from 1. */
  readonly line: number;
}

/** Settings by name. */
export type Settings = ReadonlyMap<string, Setting>;

/** What a row may look at. */
export interface View {
  readonly machine: Machine;
  /** The value or the server's default, references resolved; null when neither is known. `raw:name`: as written only. */
  value(setting: string): string | null;
}

export interface Judged {
  readonly verdict: BrakeVerdict;
  readonly why: string;
}

/** One limit of a server, with the span of values that is right for this machine. */
export interface Brake {
  readonly setting: string;
  readonly meaning: string;
  readonly unit: Unit;
  /** What the server takes when nothing is written. */
  readonly fallback: (machine: Machine) => string;
  /** This value means no limit; `instead` says why that is bad, absent: no limit is right. */
  readonly off?: { readonly value: number; readonly bad?: string };
  /** Smaller is `verdict`. */
  readonly least?: { readonly of: (machine: Machine) => number; readonly verdict: 'too low' | 'harms the gateway'; readonly why: string };
  /** Larger is too high. */
  readonly most?: { readonly of: (machine: Machine) => number; readonly why: string };
  readonly propose: (machine: Machine, view: View) => string;
  /** Replaces the judgement by span where a setting needs another look; null: judge by span after all. */
  readonly look?: (value: string, view: View) => Judged | null;
}

/** Judges one value by its row. */
export function judgeValue(brake: Brake, value: string, view: View): Judged {
  const special = brake.look?.(value, view) ?? null;
  if (special !== null) return special;
  const amount = readAmount(value, brake.unit);
  // Expressions of the server's own language are not evaluated; to call them good would be a guess.
  if (amount === null) return { verdict: 'missing', why: `${JSON.stringify(value)} is an expression or no ${brake.unit}: not judged as a limit` };
  if (brake.off !== undefined && amount === brake.off.value) return offJudged(brake.off.bad);
  const { least, most } = brake;
  if (least !== undefined && amount < least.of(view.machine))
    return { verdict: least.verdict, why: `${least.why}; at least ${amountText(least.of(view.machine), brake.unit)}` };
  if (most !== undefined && amount > most.of(view.machine))
    return { verdict: 'too high', why: `${most.why}; at most ${amountText(most.of(view.machine), brake.unit)}` };
  return { verdict: 'good', why: 'fits this machine and the gateway' };
}

const offJudged = (bad: string | undefined): Judged =>
  bad === undefined ? { verdict: 'good', why: 'no limit here is right: the gateway sees each client and limits it' } : { verdict: 'missing', why: bad };
