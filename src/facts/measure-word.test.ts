// When a measure has its word, and that what is only recorded is recorded once a session.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectInput, heloInput, mailInput, messageInput, rcptInput } from '../../test/harness/policy-inputs.ts';
import { newSessionIds } from '../lib/reference.ts';
import type { Measure, MeasureScope } from '../model/measure.ts';
import { compileMeasures, openMeasures } from './measures.ts';
import type { Given } from './measure-word.ts';

const beganAt = Date.UTC(2026, 10, 21);
const session = newSessionIds({ doorNumber: 0, now: () => beganAt })();
const measure = (changes: Partial<Measure> = {}): Measure => ({
  id: 'm-1',
  scope: { client: '203.0.113.0/24' },
  action: 'refuse-at-banner',
  actor: { kind: 'auto', name: 'connection-flood' },
  reason: 'flood',
  createdAt: beganAt - 1,
  expiresAt: beganAt + 60_000,
  maxHits: null,
  probeShare: 0,
  incident: null,
  dryRun: false,
  ...changes,
});
const inputs = {
  connect: connectInput({ session }),
  helo: heloInput({ session }),
  mail: mailInput({ session }),
  rcpt: rcptInput({ session }),
  message: messageInput({ session }),
};
const nobody: Given['neverBlock'] = { ofTraffic: () => null };

/** The stages of a session at which a measure is among the hits. */
function stagesOf(changes: Partial<Measure>, given: Partial<Given> = {}): string {
  const open = openMeasures(compileMeasures([measure(changes)]));
  const at = { neverBlock: nobody, atMs: beganAt, reverseName: { kind: 'confirmed', name: 'a.isp.example' } as const, ...given };
  const stages = ['connect', 'helo', 'mail', 'rcpt', 'message'] as const;
  return stages.filter((stage) => open.match(stage, inputs[stage] as never, at).length > 0).join(' '); // the stage's own input
}

const everywhere = 'connect helo mail rcpt message';
const scoped = (scope: MeasureScope): Partial<Measure> => ({ scope, dryRun: true });
const cases: readonly [stages: string, why: string, changes: Partial<Measure>, given?: Partial<Given>][] = [
  [everywhere, 'what is carried out must hold at each: it may have come in the middle of a session', {}],
  ['connect', 'observe mode records an automatic measure once a session', {}, { suspended: true }],
  [everywhere, 'observe mode does not suspend what a person has ordered', { actor: { kind: 'person', name: 'anna' } }, { suspended: true }],
  ['connect', 'a dry run is recorded once', { dryRun: true }],
  ['connect', 'who passes as a probe is counted once', { probeShare: 1 }],
  ['connect', 'who is never blocked is recorded once', {}, { neverBlock: { ofTraffic: () => '203.0.113.0/24' } }],
  ['helo', 'where the name said is part of it, once that is known', scoped({ client: '203.0.113.0/24', helo: 'mail.sender.example' })],
  ['mail', 'the sender', scoped({ sender: 'sender.example' })],
  ['rcpt', 'the recipient', scoped({ recipient: 'user@example.org' })],
  [everywhere, 'a reverse name may be known late: who is recorded too often is not forgotten', scoped({ hostname: '.isp.example' })],
  [everywhere, 'a session that was open when the measure came has not been recorded by it', { dryRun: true, createdAt: beganAt + 1 }],
  ['rcpt message', 'what refuses a recipient is not looked at before there is one', { action: 'reject' }],
  ['rcpt message', 'nor in a dry run, and it is told of each recipient', { action: 'defer', dryRun: true }],
  ['connect', 'a drop is a refusal at the banner', { action: 'drop', dryRun: true }],
];
for (const [stages, why, changes, given] of cases) test(`${stages}: ${why}`, () => assert.equal(stagesOf(changes, given), stages));
