// `node tools/measure-quotas.ts DATA`: how much good mail the default quota of a user would hold. DATA holds arrival-email-graph/eu_core.tsv (real
// arrival times inside an institution: sender, recipient, second), which is not part of this repository. Every recipient counts as one elsewhere.
// Leaves with 1 when more than one good message in a thousand would be held.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quotas } from '../src/config/quota-options.ts';
import { meterOf, meterSize } from '../src/facts/quota-limits.ts';
import { SharedMeters } from '../src/lib/shared-meters.ts';

const [data] = process.argv.slice(2);
if (data === undefined) {
  process.stderr.write('usage: node tools/measure-quotas.ts DATA\n');
  process.exit(2);
}

const limits = quotas.parse({}).user;
const clocks = ['externalRecipientsPerHour', 'recipientsPerDay'] as const;
const start = Date.UTC(2026, 0, 5);
/** Share of good mail that an action may touch before it is carried out by itself. */
const mostShare = 0.001;

interface Sent {
  readonly user: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const sent: readonly Sent[] = readFileSync(join(data, 'arrival-email-graph/eu_core.tsv'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [sender = '', recipient = '', second = ''] = line.split('\t');
    return recipient === '' || !/^\d+$/.test(second) ? [] : [{ user: sender, at: start + Number(second) * 1000 }];
  })
  .toSorted((a, b) => a.at - b.at);

const meters = new SharedMeters(SharedMeters.allocate(32_768, { k0: 1, k1: 2 }));
let held = 0;
let fullest = 0;
for (const { user, at } of sent) {
  const levels = clocks.map((clock) => {
    const size = meterSize(clock, limits);
    return size === null ? 0 : meters.take(user, meterOf(clock), size, at);
  });
  if (levels.includes(null)) held += 1;
  fullest = Math.max(fullest, levels[0] ?? 0);
}
const users = new Set(sent.map(({ user }) => user)).size;
const days = Math.round(((sent.at(-1)?.at ?? start) - start) / 86_400_000);
process.stdout.write(
  `${sent.length} recipients of ${users} users in ${days} days: ${held} held; the fullest meter of an hour held ${fullest} of ${limits.externalRecipientsPerHour}\n`,
);
if (held > sent.length * mostShare) process.exitCode = 1;
