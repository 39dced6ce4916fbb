import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { contactAnswer, networkAnswer, startFakeRegistry, type FakeRegistry } from '../../test/harness/fake-registry.ts';
import type { AbuseContacts } from '../model/abuse-contact.ts';
import { createAbuseContacts } from './abuse-contact.ts';
import { parseAbuseTable } from './abuse-table.ts';
import { openRdapBootstrap } from './rdap-bootstrap.ts';
import { createRdapClient } from './rdap-client.ts';

interface Bench {
  readonly registry: FakeRegistry;
  readonly contacts: AbuseContacts;
  readonly clock: { at: number };
}

async function bench(t: TestContext, { table = '', perMinute = 1000 }: { readonly table?: string; readonly perMinute?: number } = {}): Promise<Bench> {
  const registry = await startFakeRegistry(t);
  const clock = { at: 1_000_000 };
  const now = (): number => clock.at;
  const client = createRdapClient({ timeoutMs: 2000, perMinute, now });
  const contacts = createAbuseContacts({
    table: () => Promise.resolve(parseAbuseTable(table)),
    rdap: { client, bootstrap: openRdapBootstrap(registry.bootstrap, { client, now }) },
    keepMs: 86_400_000,
    now,
  });
  return { registry, contacts, clock };
}

test("the operator's own table comes first: the registry is not asked", async (t) => {
  const { registry, contacts } = await bench(t, { table: '45.0.0.0/8: x@wide.example\n45.0.2.0/24: abuse@mine.example\n' });
  const found = await contacts.of('45.0.2.9');
  assert.deepEqual(found.kind === 'found' && [found.mailboxes, found.network, found.source], [['abuse@mine.example'], '45.0.2.0/24', 'table']);
  assert.deepEqual(registry.asked, []);
});

test('of a table with a bad line the good ones count; whom they do not name is unknown, not without a contact', async () => {
  const of = (table: string | null) =>
    createAbuseContacts({ table: () => Promise.resolve(table === null ? null : parseAbuseTable(table)), rdap: null, keepMs: 1000, now: () => 0 });
  const holed = of('45.0.2.0/24 abuse@isp.example\n46.0.2.0/24: abuse@other.example\n');
  assert.equal((await holed.of('46.0.2.9')).kind, 'found');
  const missed = await holed.of('45.0.2.9');
  assert.deepEqual([missed.kind, whyOf(missed)], ['unknown', 'it is in no line of the table that can be read (others cannot), and no registry is asked']);
  const unread = await of(null).of('45.0.2.9');
  assert.deepEqual([unread.kind, whyOf(unread)], ['unknown', 'the table of abuse contacts cannot be read, and no registry is asked']);
  assert.equal((await of('46.0.2.0/24: abuse@other.example\n').of('45.0.2.9')).kind, 'none');
});

test('the registry says who reads of abuse; an answer holds for its network, a day, and no more than a /24', async (t) => {
  const { registry, contacts, clock } = await bench(t);
  for (const ip of ['45.0.2.9', '45.0.3.9']) registry.answers[`ip/${ip}`] = networkAnswer('45.0.0.0', '45.0.255.255', 'abuse@isp.example');
  const found = await contacts.of('45.0.2.9');
  assert.deepEqual(found.kind === 'found' && [found.mailboxes, found.network, found.source], [['abuse@isp.example'], '45.0.0.0/16', 'rdap']);
  await contacts.of('45.0.2.77');
  assert.deepEqual(registry.asked, ['ip/45.0.2.9']);
  await contacts.of('45.0.3.9');
  assert.equal(registry.asked.length, 2, 'another /24 may be a customer of theirs');
  clock.at += 86_400_000;
  await contacts.of('45.0.2.9');
  assert.equal(registry.asked.length, 3);
});

test('a contact that is only named is asked for', async (t) => {
  const { registry, contacts } = await bench(t);
  registry.answers['ip/45.0.2.9'] = {
    body: {
      startAddress: '45.0.2.0',
      endAddress: '45.0.2.255',
      entities: [{ handle: 'AB1-TEST', roles: ['abuse'], links: [{ rel: 'self', href: 'http://10.0.0.1/secret' }] }],
    },
  };
  registry.answers['entity/AB1-TEST'] = contactAnswer('AB1-TEST', 'abuse@isp.example');
  const found = await contacts.of('45.0.2.9');
  assert.deepEqual(found.kind === 'found' && found.mailboxes, ['abuse@isp.example']);
  assert.deepEqual(registry.asked, ['ip/45.0.2.9', 'entity/AB1-TEST'], 'and not where the answer says, as the bootstrap does not name it');
});

test('a name that is no text can be asked for like any other: half a character in an answer is no trouble of ours', async (t) => {
  const { registry, contacts } = await bench(t);
  registry.answers['ip/45.0.2.9'] = {
    body: { startAddress: '45.0.2.0', endAddress: '45.0.2.255', entities: [{ handle: `${'x'.repeat(99)}\u{1F600}`, roles: ['abuse'] }] },
  };
  assert.notEqual((await contacts.of('45.0.2.9')).kind, 'found');
  assert.equal(registry.asked.length, 2);
});

test('a registry may send us on to another that the bootstrap names, and nowhere else', async (t) => {
  const { registry, contacts } = await bench(t);
  registry.answers['ip/45.0.2.9'] = { status: 302, headers: { location: `${registry.url}ip/there` } };
  registry.answers['ip/there'] = networkAnswer('45.0.2.0', '45.0.2.255', 'abuse@isp.example');
  assert.equal((await contacts.of('45.0.2.9')).kind, 'found');
  const inner = await startFakeRegistry(t);
  registry.answers['ip/46.0.2.9'] = { status: 302, headers: { location: `${inner.url}ip/46.0.2.9` } };
  registry.answers['ip/47.0.2.9'] = { status: 302, headers: { location: `${registry.url}ip/47.0.2.9` } };
  assert.match(whyOf(await contacts.of('46.0.2.9')), /which the bootstrap does not name/);
  assert.deepEqual(inner.asked, []);
  assert.match(whyOf(await contacts.of('47.0.2.9')), /circles|too many/);
});

test('who cannot be asked is unknown, who names nobody is none; only the latter is kept', async (t) => {
  const { registry, contacts } = await bench(t);
  registry.answers['ip/45.0.2.9'] = { status: 500 };
  registry.answers['ip/45.1.2.9'] = networkAnswer('45.1.2.0', '45.1.2.255', null);
  registry.answers['ip/45.2.2.9'] = { body: '{"startAddress": ' };
  registry.answers['ip/45.4.2.9'] = { body: `"${'x'.repeat(1_100_000)}"` };
  assert.equal((await contacts.of('45.0.2.9')).kind, 'unknown');
  assert.equal((await contacts.of('45.0.2.9')).kind, 'unknown');
  assert.equal(registry.asked.filter((path) => path === 'ip/45.0.2.9').length, 2);
  for (let each = 0; each < 2; each += 1) assert.equal((await contacts.of('45.1.2.9')).kind, 'none');
  assert.equal(registry.asked.filter((path) => path === 'ip/45.1.2.9').length, 1);
  assert.equal((await contacts.of('45.2.2.9')).kind, 'unknown');
});

test('an answer without end is given up', async (t) => {
  const { registry, contacts } = await bench(t);
  registry.answers['ip/45.4.2.9'] = { body: `"${'x'.repeat(1_100_000)}"` };
  assert.match(whyOf(await contacts.of('45.4.2.9')), /too long/);
});

test('what the registry does not know is none', async (t) => {
  const { contacts } = await bench(t);
  assert.equal((await contacts.of('45.3.2.9')).kind, 'none');
});

test('a server that has enough of us is left alone as long as it says', async (t) => {
  const { registry, contacts, clock } = await bench(t);
  registry.answers['ip/45.0.2.9'] = { status: 429, headers: { 'retry-after': '600' } };
  assert.equal((await contacts.of('45.0.2.9')).kind, 'unknown');
  clock.at += 599_000;
  assert.match(whyOf(await contacts.of('45.0.2.9')), /left alone/);
  assert.equal(registry.asked.length, 1);
  clock.at += 2000;
  await contacts.of('45.0.2.9');
  assert.equal(registry.asked.length, 2);
});

test('no more questions a minute than allowed', async (t) => {
  const { registry, contacts, clock } = await bench(t, { perMinute: 2 });
  for (const net of [1, 2, 3]) await contacts.of(`45.${net}.2.9`);
  assert.equal(registry.asked.length, 2);
  clock.at += 60_000;
  await contacts.of('45.3.2.9');
  assert.equal(registry.asked.length, 3);
});

test('nobody is asked about addresses that belong to nobody on the Internet', async (t) => {
  const { registry, contacts } = await bench(t);
  for (const ip of ['10.0.0.1', '127.0.0.1', 'fd00::1', '203.0.113.9', 'nonsense']) assert.equal((await contacts.of(ip)).kind, 'none');
  assert.deepEqual(registry.asked, []);
});

const whyOf = (contact: Awaited<ReturnType<AbuseContacts['of']>>): string => (contact.kind === 'found' ? '' : contact.why);
