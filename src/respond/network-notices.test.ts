import assert from 'node:assert/strict';
import { mock, test, type TestContext } from 'node:test';
import type { AbuseContact } from '../model/abuse-contact.ts';
import type { Event, EventBody } from '../model/events.ts';
import type { InfectedMessage } from './network-letter.ts';
import { NetworkNotices, type NetworkNoticesSettings } from './network-notices.ts';
import { createToldNetworks } from './told-networks.ts';

const hourMs = 3_600_000;

interface Bench {
  readonly notices: NetworkNotices;
  readonly sent: { readonly to: readonly string[]; readonly raw: string }[];
  readonly recorded: EventBody[];
  /** Asked for, in order. */
  readonly asked: string[];
  /** By address; what is not there has the contact of its /16. */
  readonly contacts: Map<string, AbuseContact>;
  readonly trouble: { send: string | null };
  settings: NetworkNoticesSettings | null;
  /** Time goes on, and what was due is done. */
  pass(ms: number): Promise<void>;
}

function bench(t: TestContext, mayTell: (ip: string) => boolean = () => true): Bench {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  t.after(() => mock.timers.reset());
  const [sent, recorded, asked, contacts, trouble] = [[], [], [], new Map<string, AbuseContact>(), { send: null }] as [
    Bench['sent'],
    Bench['recorded'],
    string[],
    Bench['contacts'],
    Bench['trouble'],
  ];
  const it: Bench = {
    notices: new NetworkNotices({
      settings: () => it.settings,
      mayTell,
      contacts: {
        of: (ip) => {
          asked.push(ip);
          const wide = ip.split('.').slice(0, 2).join('.');
          const usual: AbuseContact = { kind: 'found', mailboxes: [`abuse@${wide}.example`], network: `${wide}.0.0/16`, source: 'rdap', via: [] };
          return Promise.resolve(contacts.get(ip) ?? usual);
        },
      },
      told: createToldNetworks(Date.now),
      send: (to, raw) => {
        if (trouble.send !== null) return Promise.reject(new Error(trouble.send));
        sent.push({ to, raw });
        return Promise.resolve();
      },
      newId: () => '1M7YNPXHV1000-1',
      record: (body) => void recorded.push(body),
      now: Date.now,
    }),
    sent,
    recorded,
    asked,
    contacts,
    trouble,
    settings: { hostname: 'mx.hub.example', postmaster: 'postmaster@hub.example', domains: ['hub.example'], tellAfterMs: 600_000, perHour: 20 },
    async pass(ms) {
      mock.timers.tick(ms);
      await it.notices.settled();
    },
  };
  t.after(() => it.notices.stop());
  return it;
}

const infected = (ip: string, more: Partial<InfectedMessage> = {}): InfectedMessage => ({
  at: Date.now(),
  ip,
  port: 4711,
  helo: 'pc.isp.example',
  messageId: '<1@pc.isp.example>',
  virus: 'Eicar-Test',
  stopped: true,
  ref: '1M7YNPXHV1000-5',
  ...more,
});

test('one letter for all that came within the first ten minutes, then one a day with the count', async (t) => {
  const it = bench(t);
  for (let each = 0; each < 30; each += 1) it.notices.hear(infected('45.0.2.9'));
  it.notices.hear(infected('45.0.7.7'));
  await it.pass(599_000);
  assert.equal(it.sent.length, 0);
  await it.pass(1000);
  assert.deepEqual(
    it.sent.map(({ to }) => to),
    [['abuse@45.0.example']],
  );
  assert.match(it.sent[0]?.raw ?? '', /^Incidents: 31\r$/m);
  for (let hour = 0; hour < 23; hour += 1) {
    for (let each = 0; each < 100; each += 1) it.notices.hear(infected('45.0.2.9'));
    await it.pass(hourMs);
  }
  assert.equal(it.sent.length, 1, 'no second one within the day');
  await it.pass(2 * hourMs);
  assert.match(it.sent[1]?.raw ?? '', /^Incidents: 2300\r$/m);
  assert.equal(it.sent.length, 2);
  await it.pass(48 * hourMs);
  assert.equal(it.sent.length, 2, 'nothing came, nothing is told');
});

test('the envelope sender, the recipients and the virus are in no letter; nothing breaks out of it', async (t) => {
  const it = bench(t);
  it.notices.hear(infected('45.0.2.9', { helo: 'x\r\nBcc: victim@far.example', messageId: '<a\r\nTo: victim@far.example>', virus: 'V\r\n\r\n--x' }));
  await it.pass(600_000);
  const { raw = '' } = it.sent[0] ?? {};
  assert.doesNotMatch(raw, /^(?:Bcc|To: victim)/m);
  assert.match(raw, /^Auto-Submitted: auto-generated\r$/m);
  assert.match(raw, /^Source-IP: 45\.0\.2\.9\r$/m);
  assert.match(raw, /^Source-Port: 4711\r$/m);
  assert.ok(raw.split('\r\n').every((line) => !/[^\x09\x20-\x7e]/.test(line)));
});

test('events say it: what came from outside counts; what our own sent, what passed clean, and other checks do not', async (t) => {
  const it = bench(t);
  const judged = (ip: string, evidence: Record<string, string | boolean | number>, check = 'virus-found'): string => {
    const event = {
      at: Date.now(),
      door: 'smtp-1',
      seq: 1,
      type: 'stage-judged',
      session: 's',
      ip,
      stage: 'message',
      input: { helo: 'pc', from: 'made-up@victim.example', messageId: '<1@x>' },
      facts: {},
      action: 'reject',
      findings: [{ check, kind: 'abuse', action: 'reject', outcome: { kind: 'finding', because: 'a virus was found', evidence } }],
    } as const satisfies Event;
    return `${JSON.stringify(event)}\n`;
  };
  it.notices.take(
    judged('45.1.2.9', { virus: 'Eicar', leaves: true, port: 1 }) +
      judged('45.2.2.9', { why: 'away' }) +
      judged('45.3.2.9', { virus: 'x', leaves: false }, 'listed'),
  );
  assert.equal(it.notices.waiting, 0);
  it.notices.take(judged('45.0.2.9', { virus: 'Eicar', leaves: false, port: 4711 }));
  await it.pass(600_000);
  assert.equal(it.sent.length, 1);
  assert.doesNotMatch(it.sent[0]?.raw ?? '', /made-up/);
  assert.deepEqual(it.recorded, [
    { type: 'network-told', ref: '1M7YNPXHV1000-1', network: '45.0.0.0/16', to: ['abuse@45.0.example'], found: 1, source: 'rdap', why: '' },
  ]);
});

test('that none was passed on is said only where each of them was stopped', async (t) => {
  const it = bench(t);
  const judged = (ip: string, action: string): void => {
    const findings = [{ check: 'virus-found', kind: 'abuse', action, outcome: { kind: 'finding', because: 'x', evidence: { virus: 'V', leaves: false } } }];
    it.notices.take(`${JSON.stringify({ at: Date.now(), type: 'stage-judged', session: 's', ip, input: {}, action, findings })}\n`);
  };
  ['reject', 'quarantine', 'discard', 'observe', 'tag', 'divert'].forEach((action, net) => judged(`45.${net}.2.9`, action));
  judged('45.9.2.9', 'observe');
  for (let each = 0; each < 20; each += 1) judged('45.9.2.9', 'reject'); // more than are named
  await it.pass(600_000);
  const said = it.sent.map(({ raw }) => raw.includes('None was passed on.'));
  assert.deepEqual(said, [true, true, true, false, false, false, false]);
});

test('our own networks are never told, and nobody is where it is switched off', async (t) => {
  const it = bench(t, (ip) => !ip.startsWith('10.'));
  it.notices.hear(infected('10.0.0.1'));
  it.settings = null;
  it.notices.hear(infected('45.0.2.9'));
  assert.equal(it.notices.waiting, 0);
  await it.pass(hourMs);
  assert.deepEqual(it.asked, []);
});

test('a contact that is ours is not told; one that does not exist is recorded once a day', async (t) => {
  const it = bench(t);
  it.contacts.set('45.0.2.9', { kind: 'found', mailboxes: ['abuse@hub.example'], network: '45.0.0.0/16', source: 'rdap', via: [] });
  it.contacts.set('45.1.2.9', { kind: 'none', network: '45.1.0.0/16', why: 'the registry names nobody' });
  for (let hour = 0; hour < 5; hour += 1) {
    it.notices.hear(infected('45.0.2.9'));
    it.notices.hear(infected('45.1.2.9'));
    await it.pass(hourMs);
  }
  assert.equal(it.sent.length, 0);
  assert.deepEqual(
    it.recorded.map((body) => body.type === 'network-told' && [body.network, body.to, body.why]),
    [
      ['45.0.0.0/16', [], 'its abuse contact is ours'],
      ['45.1.0.0/16', [], 'the registry names nobody'],
    ],
  );
});

test('who cannot be asked, or a letter that cannot be sent, is tried again, and given up in the end', async (t) => {
  const it = bench(t);
  it.trouble.send = 'connect ECONNREFUSED';
  it.notices.hear(infected('45.0.2.9'));
  await it.pass(600_000);
  it.trouble.send = null;
  await it.pass(600_000);
  assert.equal(it.sent.length, 1);
  it.contacts.set('46.0.2.9', { kind: 'unknown', why: 'the registry is away' });
  it.notices.hear(infected('46.0.2.9'));
  for (let each = 0; each < 10; each += 1) await it.pass(600_000);
  assert.equal(it.asked.filter((ip) => ip === '46.0.2.9').length, 6);
  assert.equal(it.notices.waiting, 0);
  const last = it.recorded.at(-1);
  assert.equal(last?.type === 'network-told' && last.why, 'the registry is away');
});

test('a fault over one network is tried again and given up like any other trouble, and stops no other', async (t) => {
  const it = bench(t);
  it.contacts.get = (ip) => {
    if (ip === '46.0.2.9') throw new URIError('URI malformed');
    return undefined;
  };
  it.notices.hear(infected('46.0.2.9'));
  it.notices.hear(infected('45.0.2.9'));
  for (let each = 0; each < 10; each += 1) await it.pass(600_000);
  assert.equal(it.sent.length, 1);
  assert.equal(it.notices.waiting, 0);
  assert.ok(it.recorded.some((body) => body.type === 'network-told' && body.why === 'URI malformed'));
});

test('one mailbox gets no more than ten letters a day, and all together no more than allowed an hour', async (t) => {
  const it = bench(t);
  for (let net = 0; net < 40; net += 1) {
    it.contacts.set(`45.${net}.2.9`, { kind: 'found', mailboxes: ['abuse@big.example'], network: `45.${net}.0.0/16`, source: 'rdap', via: [] });
    it.notices.hear(infected(`45.${net}.2.9`));
    it.notices.hear(infected(`46.${net}.2.9`));
  }
  await it.pass(600_000);
  assert.equal(it.sent.length, 20, 'in the first hour');
  for (let hour = 0; hour < 12; hour += 1) await it.pass(hourMs);
  const toBig = it.sent.filter(({ to }) => to.includes('abuse@big.example')).length;
  assert.ok(toBig >= 10 && toBig <= 16, `${toBig}: ten at once, then one in 2.4 hours`);
  assert.equal(it.sent.length - toBig, 40, 'the others are told when it is their turn');
});

test('networks beyond what there is room for are left out, not put in the place of others', (t) => {
  const it = bench(t);
  for (let net = 0; net < 5000; net += 1) it.notices.hear(infected(`45.${net >> 8}.${net & 255}.9`));
  assert.equal(it.notices.waiting, 1000);
});

test('who was told is remembered beyond a restart, for a day', () => {
  const clock = { at: 10 * 24 * hourMs };
  const now = (): number => clock.at;
  const before = createToldNetworks(now);
  before.note('45.0.0.0/16');
  const after = createToldNetworks(now);
  clock.at += hourMs;
  assert.equal(after.add(before.toText()), true);
  assert.equal(after.waitOf('45.0.0.0/16'), 23 * hourMs);
  clock.at += 23 * hourMs;
  assert.equal(after.waitOf('45.0.0.0/16'), 0);
  assert.equal(after.add('{"45'), false);
});
