// What the load level changes for sessions: shorter patience, fewer errors (engineering 2.10, after Postfix's stress-adaptive behaviour),
// and slower replies to strangers.
import type { Config } from '../../config/options.ts';
import type { LoadLevel } from '../../lib/load-level.ts';
import type { StageInput } from '../../model/stage-input.ts';
import type { Stage } from '../../model/verdict.ts';
import type { Judge, Judgement } from './services.ts';

/** Milliseconds that a client has for a command at level 2 and 3; Postfix uses 10 s under stress. */
const commandMs = { 2: 60_000, 3: 10_000 } as const;
/** Refused commands before 421; Postfix allows one under stress. */
const errors = { 2: 5, 3: 1 } as const;
/** Content slower than this is not worth its session at level 3. */
const emergencyBytesPerSecond = 2000;

/** The configuration as it is in force at a load level. Never milder than what the operator has written. */
export function configAt(level: LoadLevel, config: Config): Config {
  if (level < 2) return config;
  const stress = level === 2 ? 2 : 3;
  const { limits, timeouts } = config;
  const allowed = Math.min(limits.errors, errors[stress]);
  return {
    ...config,
    // No reply waits for its own sake any more: a sleeping session costs more than it saves.
    limits: {
      ...limits,
      errors: allowed,
      errorsBeforeDelay: Math.max(limits.errorsBeforeDelay, allowed),
      minBytesPerSecond: level === 3 ? Math.max(limits.minBytesPerSecond, emergencyBytesPerSecond) : limits.minBytesPerSecond,
    },
    timeouts: { ...timeouts, command: Math.min(timeouts.command, commandMs[stress]), greetingWait: Math.floor(timeouts.greetingWait / (level === 3 ? 4 : 2)) },
  };
}

export interface Slowness {
  /** Whether replies are delayed now. */
  isOn(): boolean;
  /** Milliseconds. */
  readonly delayMs: number;
}

/** Answers strangers later while the slowness is on; an authenticated user is none, and the question at the connection is never slowed. */
export function slowed(judge: Judge, { isOn, delayMs }: Slowness): Judge {
  return <S extends Stage>(stage: S, input: StageInput[S]): Judgement | Promise<Judgement> => {
    const judgement = judge(stage, input);
    if (stage === 'connect' || !isOn() || ('user' in input && input.user !== null)) return judgement;
    return new Promise((resolve) => void setTimeout(() => resolve(judgement), delayMs));
  };
}
