import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  clientOf,
  configOf,
  connectInput,
  contentOf,
  factsOf,
  heloInput,
  mailInput,
  mailboxOf,
  messageInput,
  rcptInput,
} from '../../test/harness/policy-inputs.ts';
import { processorMs } from '../../test/harness/processor-time.ts';
import type { Stage } from '../model/verdict.ts';
import { checkOfRule, stageOf, type RuleConfig } from './rules.ts';

/** A rule as it comes out of the configuration. */
const ruleOf = (when: Readonly<Record<string, unknown>>): RuleConfig => {
  const [rule] = configOf({ rules: [{ id: 'mine', when, action: 'reject' }] }).rules;
  if (rule === undefined) throw new Error('no rule');
  return rule;
};

const stages: readonly [when: Readonly<Record<string, unknown>>, stage: Stage][] = [
  [{ client: ['192.0.2.0/24'] }, 'connect'],
  [{ inside: false }, 'connect'],
  [{ inside: false, helo: 'x' }, 'helo'],
  [{ helo: 'x', from: 'y' }, 'mail'],
  [{ authenticated: true }, 'mail'],
  [{ from: 'y', to: 'z' }, 'rcpt'],
  [{ to: 'z', subject: 's' }, 'message'],
  [{ sizeOver: '1 MiB' }, 'message'],
];
for (const [when, stage] of stages)
  test(`${JSON.stringify(when)} judges at ${stage}: all it looks at is known there, and not before`, () => assert.equal(stageOf(ruleOf(when).when), stage));

const message = messageInput({
  from: mailboxOf('a@freemail.example'),
  recipients: [mailboxOf('u@example.org')],
  content: contentOf({ subject: 'Your INVOICE 12345', bytes: 2_000_000 }),
});
const encoded = contentOf({ subject: '=?utf-8?Q?Inv=6Fice_9?=', subjectText: 'Invoice 9' });
const cases: readonly [why: string, when: Readonly<Record<string, unknown>>, input: Parameters<ReturnType<typeof checkOfRule>['run']>[0], hit: boolean][] = [
  ['a pattern matches anywhere', { subject: '(?i)invoice \\d+' }, message, true],
  ['case counts unless told otherwise', { subject: 'invoice \\d+' }, message, false],
  ['all conditions must hold', { subject: '(?i)invoice', from: '@other\\.example$' }, message, false],
  ['sizes are in bytes', { sizeOver: '1 MB' }, message, true],
  ['a size at the limit is not over it', { sizeOver: 2_000_000 }, message, false],
  ['recipients are counted', { recipientsOver: 1 }, message, false],
  ['a network', { client: ['203.0.113.0/24'] }, connectInput(), true],
  ['another network', { client: ['192.0.2.0/24'] }, connectInput(), false],
  ['outside', { inside: false }, connectInput({ client: clientOf({ inside: true }) }), false],
  ['the HELO name', { helo: '^\\[?\\d' }, heloInput({ helo: '192.0.2.7' }), true],
  ['the null sender is the empty text', { from: '^$' }, mailInput({ from: null }), true],
  ['no user is no name to match', { user: '.*' }, mailInput({ user: null }), false],
  ['without AUTH', { authenticated: false }, mailInput({ user: null }), true],
  ['a recipient', { to: '^user@' }, rcptInput(), true],
  ['a subject in encoded words is read', { subject: '(?i)invoice' }, messageInput({ content: encoded }), true],
  ['and a pattern may still say how it stands there', { subject: '^=\\?utf-8' }, messageInput({ content: encoded }), true],
  ['a subject that is not there is not matched', { subject: '.*' }, messageInput({ content: contentOf({ subject: null }) }), false],
];
for (const [why, when, input, hit] of cases) {
  test(`${hit ? 'hit' : 'no hit'}: ${why}`, () => {
    const check = checkOfRule(ruleOf(when));
    assert.equal(check.run(input, factsOf(), undefined, check.stages[0] ?? 'connect').kind, hit ? 'finding' : 'clean');
  });
}

test('a hit on a subject in encoded words records what was read, for explain', () => {
  const outcome = (when: Readonly<Record<string, unknown>>) => {
    const found = checkOfRule(ruleOf(when)).run(messageInput({ content: encoded }), factsOf(), undefined, 'message');
    return found.kind === 'finding' ? found.evidence : null;
  };
  assert.deepEqual(outcome({ subject: 'Invoice' }), { rule: 'mine', subject: 'Invoice 9' });
  assert.deepEqual(outcome({ sizeOver: 1 }), { rule: 'mine' }, 'what the rule does not look at is not recorded');
});

test('a pattern that would backtrack for hours answers at once', () => {
  const check = checkOfRule(ruleOf({ subject: '^(a+)+$' }));
  const started = processorMs();
  check.run(messageInput({ content: contentOf({ subject: `${'a'.repeat(900)}!` }) }), factsOf(), undefined, 'message');
  assert.ok(processorMs() - started < 2000);
});

const wrong: readonly [why: string, rule: Readonly<Record<string, unknown>>][] = [
  ['a pattern that is none', { id: 'x', when: { subject: '(' } }],
  ['a rule without conditions would hold for all mail', { id: 'x', when: {} }],
  ['a network that is none', { id: 'x', when: { client: ['all'] } }],
];
for (const [why, rule] of wrong) test(`refused by the configuration: ${why}`, () => assert.throws(() => configOf({ rules: [rule] })));
