import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { scratchDirectory, type Owner } from '../../test/harness/scratch.ts';
import { until } from '../../test/harness/until.ts';
import type { Config } from '../config/options.ts';
import { JournalLines } from '../events/journal-lines.ts';
import { SharedMeters } from '../lib/shared-meters.ts';
import { liveContacts, openQuotasInForce, treatmentOf, type QuotasInForce, type QuotasParts } from './quotas-in-force.ts';

const bob = { kind: 'user', name: 'bob' } as const;

interface House {
  readonly quotas: QuotasInForce;
  readonly letters: string[];
  readonly trouble: string[];
  say(journal: string): void;
}

async function open(state: string, sections: Readonly<Record<string, unknown>> = {}): Promise<House> {
  const config: Config = configOf({ state, ...sections });
  const letters: string[] = [];
  const trouble: string[] = [];
  let look: Parameters<QuotasParts['watch']>[1] = () => assert.fail('nobody looks at the record');
  const quotas = await openQuotasInForce({
    config: () => config,
    record: () => undefined,
    post: { send: (to) => Promise.resolve(void letters.push(to.join())), newId: () => 'REF' },
    watch: (_, one) => (look = one),
    changed: () => undefined,
    trouble: (why) => trouble.push(why),
  });
  return { quotas, letters, trouble, say: (journal) => look(JournalLines.of(journal.trimEnd().split('\n'))) };
}

const stateOf = (t: Owner): string => scratchDirectory(t, 'quotas');
function take({ quotas }: House, many: number): void {
  quotas.met(bob);
  const meters = new SharedMeters(quotas.meters);
  for (let n = 0; n < many; n++) meters.take('user bob', 0, { most: 500, windowMs: 3_600_000 }, Date.now());
}

test('a crash forgets ten seconds of counting at most', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const state = stateOf(t);
  const before = await open(state);
  take(before, 40);
  t.mock.timers.tick(10_000);
  await until('the file', () => existsSync(join(state, 'quotas.json')) && readFileSync(join(state, 'quotas.json'), 'utf8').includes('bob'));
  const after = await open(state);
  assert.equal(after.quotas.desk.find(bob).externalRecipientsPerHour.used, 40);
  await Promise.all([before.quotas.close(), after.quotas.close()]);
});

test('a file that is damaged is told, and counting begins anew', async (t) => {
  const state = stateOf(t);
  writeFileSync(join(state, 'quotas.json'), '{"acc');
  const { quotas, trouble } = await open(state);
  assert.match(trouble.join(), /not understood/);
  assert.deepEqual(quotas.desk.show(), []);
  await quotas.close();
});

test('what the doors record reaches owner and postmaster; a contacts file that is gone is told', async (t) => {
  const state = stateOf(t);
  const contacts = join(state, 'contacts.txt');
  writeFileSync(contacts, 'bob: bob@elsewhere.example\n');
  const event = { type: 'quota-reached', ...bob, clock: 'recipientsPerDay', used: 800, limit: 1000, state: 'nearly' };
  const house = await open(state, { auth: { users: 'users.txt', contacts } });
  house.say(`${JSON.stringify(event)}\n`);
  assert.deepEqual(house.letters, ['bob@elsewhere.example', 'postmaster@example.org']);
  await house.quotas.close();
  const without = await open(state, { auth: { users: 'users.txt', contacts: join(state, 'gone') } });
  without.say(`${JSON.stringify(event)}\n`);
  assert.deepEqual(without.letters, ['postmaster@example.org']);
  assert.match(without.trouble.join(), /the owner of an account is not told/);
  await without.quotas.close();
});

test('a contacts file that goes bad leaves the last good one in force, also where nobody was told since the start', async (t) => {
  const state = stateOf(t);
  const file = join(state, 'contacts.txt');
  const contacts = liveContacts((why) => assert.fail(why));
  const bobs = (): readonly string[] | undefined => contacts(file)?.values.get('bob');
  writeFileSync(file, 'bob: bob@elsewhere.example\n');
  assert.deepEqual(bobs(), ['bob@elsewhere.example']);
  writeFileSync(file, 'bob: other@elsewhere.example\nann\n');
  assert.deepEqual(bobs(), ['bob@elsewhere.example'], 'a file with a wrong line may be half of one');
  rmSync(file);
  assert.deepEqual(bobs(), ['bob@elsewhere.example']);
  writeFileSync(file, 'bob: new@elsewhere.example\n');
  assert.deepEqual(bobs(), ['new@elsewhere.example']);

  const house = await open(state, { auth: { users: 'users.txt', contacts: file } });
  rmSync(file);
  house.say(`${JSON.stringify({ type: 'quota-reached', ...bob, clock: 'recipientsPerDay', used: 800, limit: 1000, state: 'nearly' })}\n`);
  assert.deepEqual(house.letters, ['new@elsewhere.example', 'postmaster@example.org']);
  await house.quotas.close();
});

for (const [sections, kind, expected] of [
  [{}, 'user', 'held'],
  [{}, 'host', 'deferred'],
  [{ mode: 'observe' }, 'user', 'recorded'],
  [{ checks: { 'over-quota': { action: 'reject' } } }, 'user', 'refused'],
  [{ checks: { 'over-quota': { action: 'tag' } } }, 'host', 'recorded'],
] as const)
  test(`a letter tells the truth: ${JSON.stringify(sections)} means ${expected} for a ${kind}`, () =>
    assert.equal(treatmentOf(configOf(sections), kind), expected));
