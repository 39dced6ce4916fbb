import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { configOf, connectInput, factsOf, mailboxOf, messageInput, rcptInput } from '../../test/harness/policy-inputs.ts';
import { reply } from '../model/reply.ts';
import { isRefusal, passed, type CheckKind, type Outcome } from '../model/verdict.ts';
import { catalogue } from './catalogue.ts';
import { clean, defineCheck, finding, unsure, type Check } from './check.ts';
import { known, unknown, type FactName, type Facts, type FactSource } from './facts.ts';
import { createJudge, type Judgement } from './judge.ts';

/** A source that answers from a table and notes what it was asked. */
function sourceOf(facts: Partial<Facts> = {}, late = false): FactSource & { readonly asked: FactName[] } {
  const asked: FactName[] = [];
  const all = factsOf(facts);
  return {
    asked,
    get: (fact) => {
      asked.push(fact);
      return late && fact !== 'lists' ? Promise.resolve(all[fact]) : all[fact];
    },
  };
}

const checkOf = (id: string, kind: CheckKind, facts: readonly FactName[], run: () => Outcome): Check =>
  defineCheck<'rcpt' | 'message', FactName>({
    id,
    stages: ['rcpt', 'message'],
    kind,
    facts,
    defaults: { action: 'reject', onUnsure: 'pass' },
    options: () => undefined,
    run,
  });

interface Setup {
  readonly checks?: readonly Check[];
  readonly source?: FactSource;
  readonly sections?: Readonly<Record<string, unknown>>;
  readonly now?: number;
}
const judgeOf = ({ checks = catalogue, source = sourceOf(), sections = {}, now = 0 }: Setup) =>
  createJudge({ config: configOf(sections), checks, facts: source, now: () => now });

const accepted: Facts['lists'] = known([{ list: 'friends', entry: '203.0.113.7/32', action: 'accept', reason: null }]);
const badName = known([{ list: 'bad', entry: '203.0.113.7/32', action: 'reject', reason: null }] as const);

test('a stage without findings answers at once, with the one shared verdict', () => {
  const judgement = judgeOf({})('connect', connectInput());
  assert.deepEqual(judgement, { verdict: passed, facts: {} });
  assert.equal(judgeOf({})('connect', connectInput()), judgement, 'the hot path allocates no judgement');
});

test('a fact from the network makes the stage wait, and is recorded', async () => {
  const judgement = judgeOf({ source: sourceOf({}, true) })('rcpt', rcptInput());
  assert.ok(judgement instanceof Promise);
  assert.deepEqual(await judgement, { verdict: passed, facts: { recipient: { value: 'exists' } } });
});

test('the quota is asked last, for its answer counts the recipient: not about a client that is refused before', () => {
  const over = { kind: 'user', name: 'bob', clock: 'recipientsPerDay', used: 9, limit: 9 } as const;
  const held = judgeOf({ source: sourceOf({ quota: known(over) }) })('rcpt', rcptInput({ user: 'bob' })) as Judgement; // all facts answer at once
  assert.deepEqual([held.verdict.action, held.facts['quota']], ['quarantine', { value: over }]);
  const source = sourceOf();
  void judgeOf({ source })('rcpt', rcptInput());
  assert.equal(source.asked.at(-1), 'quota');
  const refused = sourceOf({ lists: badName });
  void judgeOf({ source: refused })('rcpt', rcptInput());
  assert.equal(refused.asked.includes('quota'), false);
});

test('facts that were used stand in the record, known or unknown', () => {
  const source = sourceOf({ lists: badName });
  const { facts } = judgeOf({ source })('rcpt', rcptInput()) as Judgement; // all facts answer at once
  assert.deepEqual(facts, { lists: { value: ['bad: 203.0.113.7/32 reject'] } });
  const refused = judgeOf({ source: sourceOf({ recipient: known({ kind: 'refused', hubReply: reply(550, '5.1.1', 'no') }) }) })(
    'rcpt',
    rcptInput(),
  ) as Judgement; // as above
  assert.deepEqual(refused.facts, { recipient: { value: 'refused 550 5.1.1' } });
  const away = judgeOf({ source: sourceOf({ recipient: unknown('hub away') }) })('rcpt', rcptInput()) as Judgement; // as above
  assert.deepEqual(away.facts, { recipient: { unknown: 'hub away' } });
});

test('the hub is not asked about the recipient of a client that is refused anyway', () => {
  const source = sourceOf({ lists: badName });
  const { verdict } = judgeOf({ source })('rcpt', rcptInput()) as Judgement; // all facts answer at once
  assert.equal(verdict.decisive?.check, 'listed');
  assert.ok(!source.asked.includes('recipient'));
});

test('relaying is refused before any list has the word', () => {
  const { verdict } = judgeOf({ source: sourceOf({ lists: badName }) })('rcpt', rcptInput({ to: mailboxOf('a@world.example') })) as Judgement; // as above
  assert.deepEqual(
    verdict.findings.map(({ check }) => check),
    ['relay-not-allowed'],
  );
});

test('a hub that cannot be asked defers the recipient: permission fails closed', () => {
  const { verdict } = judgeOf({ source: sourceOf({ recipient: unknown('hub away') }) })('rcpt', rcptInput()) as Judgement; // as above
  assert.deepEqual([verdict.action, verdict.decisive?.check], ['defer', 'unknown-recipient']);
});

test('when permission is refused, no other check of the same cost has a word', () => {
  const found: string[] = [];
  const checks = [checkOf('no', 'permission', [], () => finding('x')), ...three(found).slice(1)];
  const { verdict } = judgeOf({ checks })('rcpt', rcptInput()) as Judgement; // all facts answer at once
  assert.deepEqual([verdict.action, found], ['reject', []]);
});

const three = (found: string[]): readonly Check[] =>
  (['permission', 'protocol', 'abuse'] as const).map((kind) =>
    checkOf(kind, kind, [], () => {
      found.push(kind);
      return clean;
    }),
  );

const spared: readonly [who: string, source: FactSource, to: string, expected: readonly string[]][] = [
  ['an ordinary client', sourceOf(), 'user@example.org', ['permission', 'protocol', 'abuse']],
  ['an accepted client', sourceOf({ lists: accepted }), 'user@example.org', ['permission', 'protocol']],
  ['mail to our postmaster', sourceOf(), 'postmaster@example.org', ['permission', 'protocol']],
  ['mail to <postmaster>', sourceOf(), 'Postmaster', ['permission', 'protocol']],
  ["mail to somebody else's postmaster", sourceOf(), 'postmaster@world.example', ['permission', 'protocol', 'abuse']],
];
for (const [who, source, to, expected] of spared) {
  test(`${who} meets the checks of ${expected.join(', ')}`, () => {
    const found: string[] = [];
    void judgeOf({ checks: three(found), source })('rcpt', rcptInput({ to: mailboxOf(to) }));
    assert.deepEqual(found, expected);
  });
}

test('an accepting entry does not spare the limits', () => {
  const input = rcptInput({ accepted: Array.from({ length: 100 }, () => mailboxOf('a@example.org')) });
  const { verdict } = judgeOf({ source: sourceOf({ lists: accepted }) })('rcpt', input) as Judgement; // all facts answer at once
  assert.equal(verdict.decisive?.check, 'too-many-recipients');
});

test('observe mode records what abuse checks would do; it ends at its moment', () => {
  const checks = [checkOf('a', 'abuse', [], () => finding('x'))];
  const sections = { mode: 'observe', observeUntil: '2026-01-08' };
  const until = Date.parse('2026-01-08T00:00:00Z');
  const actionAt = (now: number, config: typeof sections | { mode: string } = sections) =>
    (judgeOf({ checks, sections: config, now })('message', messageInput()) as Judgement).verdict.action; // as above
  assert.deepEqual([actionAt(until - 1), actionAt(until), actionAt(until, { mode: 'observe' })], ['observe', 'reject', 'observe']);
});

const brokenSources: readonly [how: string, get: () => never | Promise<never>][] = [
  [
    'throws',
    () => {
      throw new Error('broken');
    },
  ],
  ['rejects', () => Promise.reject(new Error('broken'))],
];
for (const [how, get] of brokenSources) {
  test(`a fact source that ${how} makes facts unknown: permission defers, nothing passes unseen`, async () => {
    const { verdict, facts } = await judgeOf({ source: { get } })('rcpt', rcptInput());
    assert.equal(verdict.action, 'defer');
    assert.deepEqual(facts['recipient'], { unknown: 'fact failed: Error: broken' });
  });
}

test('whatever breaks or doubts, permission never passes and nothing passes unseen', async () => {
  const outcomes: Readonly<Record<string, () => Outcome>> = {
    clean: () => clean,
    finding: () => finding('x'),
    unsure: () => unsure('x'),
    throws: () => {
      throw new Error('broken');
    },
  };
  const arbitrary = fc.record({
    kind: fc.constantFrom<CheckKind>('permission', 'protocol', 'abuse'),
    does: fc.constantFrom(...Object.keys(outcomes)),
    fact: fc.constantFrom<readonly FactName[]>([], ['lists'], ['recipient']),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitrary, { maxLength: 6 }),
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom('enforce', 'observe'),
      async (kinds, accepts, late, mode) => {
        const checks = kinds.map(({ kind, does, fact }, index) => checkOf(`c${index}`, kind, fact, outcomes[does] ?? (() => clean)));
        const { verdict } = await judgeOf({ checks, source: sourceOf(accepts ? { lists: accepted } : {}, late), sections: { mode } })('rcpt', rcptInput());
        const bad = kinds.filter(({ does }) => does !== 'clean');
        if (bad.some(({ kind }) => kind === 'permission')) assert.ok(isRefusal(verdict), 'permission was in doubt');
        if (bad.some(({ kind }) => kind !== 'abuse' || !accepts)) assert.ok(verdict.findings.length > 0, 'something was wrong and nobody sees it');
      },
    ),
  );
});
