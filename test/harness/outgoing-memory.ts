// A memory of what left us that has been complete for a while, as a gateway has it after its first days.
import { mkdirSync } from 'node:fs';
import { openOutgoingInForce } from '../../src/process/outgoing-in-force.ts';
import { OutgoingMemory } from '../../src/facts/outgoing-memory.ts';
import { DatedFingerprints } from '../../src/lib/dated-fingerprints.ts';

/** Writes it into a state directory before the gateway starts. */
export async function writeOldMemory(state: string, completeForMs = 6 * 86_400_000): Promise<void> {
  mkdirSync(state, { recursive: true });
  const { ground, close } = await openOutgoingInForce({
    dir: state,
    remember: 1_000_000,
    trouble: (why) => {
      throw new Error(why);
    },
  });
  DatedFingerprints.prepare(ground.prints, Buffer.alloc(16, 7), Date.now() - completeForMs);
  new OutgoingMemory(ground, { now: Date.now }).note('it is not empty');
  await close();
}
