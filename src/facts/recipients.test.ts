import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryRequest } from '../../test/harness/delivery-request.ts';
import { clientOf, mailboxOf, rcptInput } from '../../test/harness/policy-inputs.ts';
import type { ProbeOutcome, Route } from '../model/delivery.ts';
import { reply, type Reply } from '../model/reply.ts';
import { createRecipientFacts } from './recipients.ts';

const hub: Route = { key: 'hub', address: { kind: 'smtp', host: '192.0.2.25', port: 25 } };
const hour = 3_600_000;
const noSuchUser: ProbeOutcome = { kind: 'refused', hubReply: reply(550, '5.1.1', 'no such user') };
const yes: ProbeOutcome = { kind: 'accepted' };
const away: ProbeOutcome = { kind: 'unreachable', why: 'connection refused' };

interface Coming {
  readonly ip?: string;
  readonly size?: number | null;
}

/** A hub whose answer can be changed; `status` is what a check would see. */
function start(first: ProbeOutcome | Promise<ProbeOutcome> = yes) {
  const hubNow = { answer: first, probes: 0, mayAsk: true };
  const clock = { ms: 0 };
  const facts = createRecipientFacts({
    probe: () => {
      hubNow.probes++;
      return Promise.resolve(hubNow.answer);
    },
    mayAsk: () => hubNow.mayAsk,
    probeRouteOf: ({ to }) => (to.domain === 'world.example' ? null : hub),
    cache: { positive: 24 * hour, negative: hour, entries: 100 },
    now: () => clock.ms,
  });
  const status = async (to = 'user@example.org', from = 'a@sender.example', { ip = '192.0.2.7', size = null }: Coming = {}): Promise<string> => {
    const coming = rcptInput({ from: mailboxOf(from), to: mailboxOf(to), client: clientOf({ ip }) });
    const fact = await facts.status({ ...coming, parameters: { ...coming.parameters, size } });
    if (fact.kind !== 'known') return fact.why;
    return fact.value.kind === 'refused' ? `refused ${fact.value.hubReply.code}` : fact.value.kind;
  };
  return { hubNow, clock, facts, status };
}

const lives: readonly [first: ProbeOutcome, keptMs: number, status: string, why: string][] = [
  [yes, 24 * hour, 'exists', 'a yes is kept for a day'],
  [noSuchUser, hour, 'refused 550', 'a no for an hour: the mailbox may be made soon'],
  [{ kind: 'deferred', hubReply: reply(450, '4.2.0', 'greylisted') }, 10_000, 'the next hop answered 450 greylisted', 'temporary trouble for seconds'],
  [away, 10_000, 'connection refused', 'so is a hub that is away'],
];
for (const [first, keptMs, expected, why] of lives) {
  test(`${first.kind}: ${why}`, async () => {
    const { hubNow, clock, status } = start(first);
    assert.deepEqual([await status(), hubNow.probes], [expected, 1]);
    clock.ms = keptMs - 1;
    assert.deepEqual([await status(), hubNow.probes], [expected, 1]);
    clock.ms = keptMs;
    assert.deepEqual([await status(), hubNow.probes], [expected, 2]);
  });
}

test('a kept answer comes at once', async () => {
  const { facts, status } = start();
  await status();
  assert.ok(!(facts.status(rcptInput()) instanceof Promise));
});

test('a hundred clients asking for one new recipient are one question to the hub', async () => {
  const answer = Promise.withResolvers<ProbeOutcome>();
  const { hubNow, status } = start(answer.promise);
  const waiting = Array.from({ length: 100 }, () => status());
  answer.resolve(yes);
  assert.deepEqual([new Set(await Promise.all(waiting)), hubNow.probes], [new Set(['exists']), 1]);
});

test('an old yes holds while the hub is away, and the hub is asked again soon', async () => {
  const { hubNow, clock, status } = start();
  await status();
  hubNow.answer = away;
  clock.ms = 25 * hour;
  assert.equal(await status(), 'exists');
  hubNow.answer = noSuchUser;
  clock.ms += 9_999;
  assert.equal(await status(), 'exists');
  clock.ms += 1;
  assert.equal(await status(), 'refused 550');
});

test('but not for ever', async () => {
  const { hubNow, clock, status } = start();
  await status();
  hubNow.answer = away;
  for (clock.ms = 25 * hour; clock.ms < 7 * 24 * hour; clock.ms += 5 * hour) assert.equal(await status(), 'exists');
  clock.ms = 7 * 24 * hour;
  assert.equal(await status(), 'connection refused');
});

test('a dictionary attack does not make the cache grow, nor push out what is in use', async () => {
  const { hubNow, status } = start();
  await status('real@example.org');
  for (let guess = 0; guess < 300; guess++) {
    await status(`guess${guess}@example.org`);
    if (guess % 50 === 0) await status('real@example.org');
  }
  const before = hubNow.probes;
  await status('guess0@example.org');
  assert.equal(hubNow.probes, before + 1, 'an old guess was dropped');
  await status('real@example.org');
  assert.equal(hubNow.probes, before + 1, 'what is in use stayed');
});

test('a flood of new recipients meets a limit instead of the hub', async () => {
  const answer = Promise.withResolvers<ProbeOutcome>();
  const { hubNow, status } = start(answer.promise);
  const waiting = Array.from({ length: 1001 }, (_, index) => status(`g${index}@example.org`));
  assert.equal(hubNow.probes, 1000);
  answer.resolve(yes);
  assert.deepEqual((await Promise.all(waiting)).slice(999), ['exists', 'too many recipients are being verified']);
});

test('a probe that throws is a hub that could not be asked', async () => {
  const { status } = start(Promise.reject(new Error('broken')));
  assert.equal(await status(), 'probe failed: Error: broken');
});

test('nobody is asked about the world', async () => {
  const { hubNow, status } = start();
  assert.deepEqual([await status('a@world.example'), hubNow.probes], ['not-verified', 0]);
});

const request = deliveryRequest({ route: hub, from: 'a@sender.example', to: ['one@example.org', 'two@example.org'] });
const { client } = request.handover;
const outcomeAt = (at: 'rcpt' | 'dot', ofTwo: Reply) =>
  ({
    kind: 'mixed',
    at,
    perRecipient: [
      { to: mailboxOf('one@example.org'), hubReply: reply(250, '2.1.5', 'ok') },
      { to: mailboxOf('two@example.org'), hubReply: ofTwo },
    ],
  }) as const;
const full = reply(552, '5.2.2', 'full');
const mixed = outcomeAt('rcpt', full);
const sized = (size: number) => ({ ...request, parameters: { ...request.parameters, size } });

test('after a burst that refused one of two, the retry of that client is refused at RCPT, once, for that recipient', async () => {
  const { facts, status } = start();
  facts.learnFrom(request, mixed);
  const { ip } = client;
  assert.deepEqual(
    [
      await status('one@example.org', undefined, { ip }),
      await status('two@example.org', 'b@sender.example', { ip }),
      await status('two@example.org', undefined, { ip }),
    ],
    ['exists', 'exists', 'refused 552'],
  );
  assert.equal(await status('two@example.org', undefined, { ip }), 'exists', 'the retry has been told: what comes now is another message');
});

test('a stranger who forges the sender does not have the real one refused: he does not know the size, and without one his network is asked', async () => {
  const { facts, status } = start();
  const spam = outcomeAt('dot', reply(554, '5.7.1', 'Spam'));
  facts.learnFrom(sized(500), spam);
  assert.equal(await status('two@example.org', undefined, { ip: '198.51.100.7', size: 4711 }), 'exists');
  facts.learnFrom(request, spam);
  assert.equal(await status('two@example.org', undefined, { ip: '198.51.100.7' }), 'exists');
});

test('a large sender comes again from another network: who was refused or put off is so there too, and the others get the mail', async () => {
  const { facts, status } = start();
  const elsewhere = { ip: '198.51.100.7', size: 500 };
  facts.learnFrom(sized(500), mixed);
  assert.deepEqual([await status('two@example.org', undefined, elsewhere), await status('one@example.org', undefined, elsewhere)], ['refused 552', 'exists']);
  facts.learnFrom(request, outcomeAt('rcpt', reply(452, '4.2.2', 'mailbox full')));
  assert.equal(await status('two@example.org', undefined, { ip: '198.51.100.7' }), 'refused 452');
});

test('what the next hop said of one content is held against no other: a message of another size is welcome, one without size only waits', async () => {
  const { facts, status } = start();
  const spam = outcomeAt('dot', reply(554, '5.7.1', 'Spam'));
  facts.learnFrom(sized(500), spam);
  assert.equal(await status('two@example.org', undefined, { ip: client.ip, size: 501 }), 'exists');
  facts.learnFrom(request, spam);
  assert.equal(await status('two@example.org', undefined, client), 'refused 450');
  assert.equal(await status('two@example.org', undefined, client), 'exists', 'and alone it hears its own answer');
});

test('a refusal that no retry has asked for is over after four hours', async () => {
  const { clock, facts, status } = start();
  facts.learnFrom(request, mixed);
  clock.ms = 4 * hour;
  assert.equal(await status('two@example.org', undefined, { ip: client.ip }), 'exists');
});

test('a recipient put off beside others is put off at RCPT for a while, so that the others get the mail', async () => {
  const { clock, facts, status } = start();
  const { ip } = client;
  facts.learnFrom(request, outcomeAt('rcpt', reply(451, '4.3.0', 'later')));
  for (const _ of ['once', 'and again'])
    assert.deepEqual([await status('two@example.org', undefined, { ip }), await status('one@example.org', undefined, { ip })], ['refused 451', 'exists']);
  clock.ms = hour / 4;
  assert.equal(await status('two@example.org', undefined, { ip }), 'exists');
});

test('strangers cannot fill that memory, and what falls out is delivered together again', async () => {
  const { facts, status } = start();
  const { ip } = client;
  for (let size = 0; size < 10_001; size += 1) facts.learnFrom(sized(size), mixed);
  assert.equal(await status('two@example.org', undefined, { ip, size: 0 }), 'exists');
  assert.equal(await status('two@example.org', undefined, { ip, size: 10_000 }), 'refused 552');
});

test('spam that is refused behind its content does not make a recipient unknown: the yes holds, for the spool too', async () => {
  const { hubNow, facts, status } = start();
  await status('two@example.org');
  facts.learnFrom(sized(500), outcomeAt('dot', reply(554, '5.7.1', 'Spam')));
  assert.ok(facts.isVerified(hub, mailboxOf('two@example.org')));
  facts.learnFrom(sized(500), outcomeAt('dot', reply(550, '5.1.1', 'gone')));
  assert.ok(!facts.isVerified(hub, mailboxOf('two@example.org')), 'but what is said of the address is believed');
  assert.equal(hubNow.probes, 1);
});

test('a yes that proved wrong is asked again', async () => {
  const { hubNow, facts, status } = start();
  await status('one@example.org');
  hubNow.answer = noSuchUser;
  facts.learnFrom({ ...request, recipients: [mailboxOf('one@example.org')] }, { kind: 'refused', at: 'rcpt', hubReply: reply(550, '5.1.1', 'gone') });
  assert.equal(await status('one@example.org'), 'refused 550');
});

test('a reload forgets answers and refusals', async () => {
  const { hubNow, facts, status } = start(noSuchUser);
  await status('two@example.org');
  facts.learnFrom(request, mixed);
  hubNow.answer = yes;
  facts.forget();
  assert.equal(await status('two@example.org'), 'exists');
});

test('under load nobody new is asked about; what is known still holds, a stale yes as well', async () => {
  const { hubNow, clock, status } = start();
  assert.equal(await status('known@example.org'), 'exists');
  hubNow.mayAsk = false;
  assert.equal(await status('known@example.org'), 'exists');
  assert.equal(await status('new@example.org'), 'not asked under load');
  clock.ms += 25 * hour;
  assert.equal(await status('known@example.org'), 'exists', 'its time is over, and it is better than a deferral');
  assert.equal(hubNow.probes, 1);
  hubNow.mayAsk = true;
  assert.equal(await status('new@example.org'), 'exists', 'and nothing of it is kept');
});

test('a yes of before a restart: the hub is asked all the same, and the yes holds only where it cannot answer; a no ends it', async () => {
  const noted = new Map([['hub 192.0.2.25:25 user@example.org', 1e9]]);
  const lasting = {
    until: (key: string) => noted.get(key) ?? null,
    note: (key: string, until: number) => void noted.set(key, until),
    drop: (key: string) => void noted.delete(key),
  };
  const hubNow: { answer: ProbeOutcome; probes: number; host: string } = { answer: away, probes: 0, host: '192.0.2.25' };
  const facts = () =>
    createRecipientFacts({
      probe: () => {
        hubNow.probes++;
        return Promise.resolve(hubNow.answer);
      },
      mayAsk: () => true,
      probeRouteOf: () => ({ key: 'hub', address: { kind: 'smtp', host: hubNow.host, port: 25 } }),
      cache: { positive: 24 * hour, negative: hour, entries: 100 },
      now: () => 0,
      lasting,
    });
  const ask = async (): Promise<string> => {
    const fact = await facts().status(rcptInput({ to: mailboxOf('user@example.org') }));
    return fact.kind === 'known' ? fact.value.kind : fact.why;
  };
  assert.deepEqual([await ask(), hubNow.probes], ['exists', 1]);
  hubNow.host = '192.0.2.26';
  assert.equal(await ask(), 'connection refused', 'what one server has taken says nothing of another');
  hubNow.host = '192.0.2.25';
  hubNow.answer = noSuchUser;
  assert.deepEqual([await ask(), noted.size], ['refused', 0]);
  hubNow.answer = yes;
  assert.deepEqual([await ask(), noted.get('hub 192.0.2.25:25 user@example.org')], ['exists', 7 * 24 * hour]);
});
