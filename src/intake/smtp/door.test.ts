import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { EventBody } from '../../model/events.ts';
import type { Finding, Verdict } from '../../model/verdict.ts';
import { SmtpDoor } from './door.ts';
import type { DoorServices, Judgement } from './services.ts';
import type { SmtpSite } from './site.ts';

const finding: Finding = { check: 'listed', kind: 'abuse', action: 'refuse-at-banner', outcome: { kind: 'finding', because: 'on a list', evidence: {} } };
const refused: Verdict = { action: 'refuse-at-banner', findings: [finding], decisive: finding };

/** What a client hears at a door whose policy gives this judgement, what was recorded, and how many places remain taken. */
async function knock(
  judgement: Judgement | Promise<Judgement>,
): Promise<{ readonly heard: string; readonly recorded: readonly EventBody[]; readonly inside: number }> {
  const recorded: EventBody[] = [];
  let inside = 0;
  const services = {
    judge: () => judgement,
    gate: { meet: () => 4, admit: () => ({ kind: 'enter' }), wait: () => assert.fail('nobody waits') },
    admission: { enter: () => (inside++, null), leave: () => void inside-- },
    isInside: () => false,
    isNextHop: () => false,
    newSessionId: () => '1M7YNPXHV1001',
    now: Date.now,
    record: (event: EventBody) => void recorded.push(event),
  } satisfies Partial<DoorServices>;
  const config = { limits: { commandLine: 2048 }, timeouts: { greetingWait: 0, command: 1000, session: 1000 }, site: { hostname: 'mx.test' } };
  const site = { config, services, listener: { name: 'mx', role: 'mx', tls: 'starttls' }, tlsContext: () => null } as unknown as SmtpSite; // the parts a refusal needs
  const door = new SmtpDoor({ site, strangersSite: site, sweep: { add: () => {}, remove: () => {} }, isProxy: null });
  const { port } = await door.listen({ host: '127.0.0.1', port: 0 });
  const client = connect(port, '127.0.0.1');
  let heard = '';
  client.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  await once(client, 'end');
  client.end();
  await once(client, 'close');
  await door.drain(0);
  return { heard, recorded, inside };
}

test('a client refused at once hears why with a reference, and no session is made for it: a flood of refused networks must be cheap', async () => {
  const { heard, recorded, inside } = await knock({ verdict: refused, facts: {} });
  assert.match(heard, /^554 5\.7\.1 .*1M7YNPXHV1001-1/);
  assert.deepEqual(
    recorded.map(({ type }) => type),
    ['connection-refused'],
  );
  assert.equal(inside, 0, 'its place is free again');
});

test('the refusal is recorded with its findings, so that explain can tell the rule', async () => {
  const [event] = (await knock({ verdict: refused, facts: {} })).recorded;
  assert.ok(event?.type === 'connection-refused');
  assert.deepEqual([event.reason, event.findings], ['listed', [finding]]);
});

test('a verdict that comes later is obeyed as well', async () => {
  const { heard, recorded, inside } = await knock(Promise.resolve({ verdict: refused, facts: {} }));
  assert.match(heard, /^554 5\.7\.1 /);
  assert.deepEqual(
    recorded.map(({ type }) => type),
    ['session-opened', 'stage-judged', 'session-closed'],
  );
  assert.equal(inside, 0);
});
