// A memory of what left us that has been complete for a while, as a gateway has it after its first days.
import { mkdirSync } from 'node:fs';
import { openOutgoingInForce } from '../../src/process/outgoing-in-force.ts';
import { OutgoingMemory } from '../../src/facts/outgoing-memory.ts';
import { DatedFingerprints } from '../../src/lib/dated-fingerprints.ts';
import type { Config } from '../../src/config/options.ts';
import { mailboxOf } from './policy-inputs.ts';

const dayMs = 86_400_000;

export interface OldMemory {
  /** Milliseconds. */
  readonly completeForMs?: number;
  /** Whose mail has left day by day all that time, of six people each. */
  readonly domains?: readonly string[];
  /** Ways out that were there all the time. */
  readonly listeners?: readonly Pick<Config['listeners'][number], 'name' | 'role'>[];
}

/** However a test has people send. */
const usualWays: NonNullable<OldMemory['listeners']> = [
  { name: 'out', role: 'submission' },
  { name: 'out', role: 'smarthost' },
];

/** Writes it into a state directory before the gateway starts. */
export async function writeOldMemory(
  state: string,
  { completeForMs = 7 * dayMs, domains = ['hub.example'], listeners = usualWays }: OldMemory = {},
): Promise<void> {
  mkdirSync(state, { recursive: true });
  const { ground, close } = await openOutgoingInForce({
    dir: state,
    remember: 1_000_000,
    listeners: [],
    trouble: (why) => {
      throw new Error(why);
    },
  });
  const now = Date.now();
  DatedFingerprints.prepare(ground.prints, Buffer.alloc(16, 7), now - completeForMs);
  let at = now - completeForMs;
  const memory = new OutgoingMemory(ground, { now: () => at });
  for (; at <= now; at += dayMs)
    for (const domain of domains) for (let person = 1; person <= 6; person++) memory.noteLeaving(mailboxOf(`person-${person}@${domain}`));
  at = now;
  for (const { role, name } of listeners) memory.own.note(`way out ${role} ${name}`);
  memory.own.note('it is not empty');
  await close();
}
