// Policy as the doors see it: one question a stage. Checks run in tiers by the cost of their facts (none, memory, network), permission
// first in each; a refusing tier ends the stage, so that neither DNS nor the hub is asked about a client that is refused anyway.
import type { Config } from '../config/options.ts';
import type { FactRecord } from '../model/events.ts';
import type { StageInput } from '../model/stage-input.ts';
import { passed, type Finding, type Stage, type Verdict } from '../model/verdict.ts';
import type { Check } from './check.ts';
import { enableChecks } from './check-settings.ts';
import { notAsked, recordOf } from './fact-record.ts';
import { factTier, unknown, type FactName, type Facts, type FactSource } from './facts.ts';
import { isPostmasterOf } from './relay.ts';
import { refuses, runChecks, verdictOf, type EnabledCheck, type TierRun } from './run-stage.ts';
import { withOneTreatment } from './treatment.ts';

/** A stage's verdict with the facts it rests on (for the record). */
export interface Judgement {
  readonly verdict: Verdict;
  readonly facts: FactRecord;
}

export type Judge = <S extends Stage>(stage: S, input: StageInput[S]) => Judgement | Promise<Judgement>;

export interface JudgeParts {
  readonly config: Config;
  readonly checks: readonly Check[];
  readonly facts: FactSource;
  /** Milliseconds since the epoch; `observeUntil` is held against it. */
  readonly now: () => number;
}

/** Nothing found, nothing looked up: by far the most common, one shared value. */
const clear: Judgement = { verdict: passed, facts: {} };

interface Tier {
  readonly permission: readonly EnabledCheck[];
  readonly others: readonly EnabledCheck[];
  /** `others` without the abuse checks: for clients the operator accepts, and for mail to postmaster. */
  readonly protocol: readonly EnabledCheck[];
}

interface Plan {
  /** Without facts, and with facts in memory. */
  readonly cheap: readonly [Tier, Tier];
  readonly network: Tier;
  /** Facts that the network tier asks for, and those it asks for when abuse checks are spared. */
  readonly asks: readonly FactName[];
  readonly asksSpared: readonly FactName[];
}

/** Builds the judge of one configuration. It answers at once when every fact does, and never rejects. */
export function createJudge({ config, checks, facts, now }: JudgeParts): Judge {
  const enabled = enableChecks(config, checks);
  const plans: Readonly<Record<Stage, Plan>> = {
    connect: planOf(enabled, 'connect'),
    helo: planOf(enabled, 'helo'),
    mail: planOf(enabled, 'mail'),
    rcpt: planOf(enabled, 'rcpt'),
    message: planOf(enabled, 'message'),
  };
  const isSuspended = (): boolean => config.mode === 'observe' && (config.observeUntil === undefined || now() < config.observeUntil);
  const ourDomains: ReadonlySet<string> = new Set([...config.site.domains, ...config.site.customerDomains]);

  return (stage, input) => {
    const lists = ask(facts, 'lists', stage, input);
    const measures = ask(facts, 'measures', stage, input);
    const forPostmaster = stage === 'rcpt' && isPostmasterOf(ourDomains, (input as StageInput['rcpt']).to); // the stage says which input it is
    const go = (asked: InMemory): Judgement | Promise<Judgement> =>
      judgeStage({ stage, input, plan: plans[stage], source: facts, suspended: isSuspended(), spared: forPostmaster || isAccepted(asked.lists) }, asked);
    if (!(lists instanceof Promise) && !(measures instanceof Promise)) return go({ lists, measures });
    return Promise.all([lists, measures]).then(([ofLists, ofMeasures]) => go({ lists: ofLists, measures: ofMeasures }));
  };
}

interface StageRun<S extends Stage> {
  readonly stage: S;
  readonly input: StageInput[S];
  readonly plan: Plan;
  readonly source: FactSource;
  readonly suspended: boolean;
  /** No abuse check runs: the operator accepts the client, or the mail is for postmaster (RFC 5321 4.5.1). */
  readonly spared: boolean;
}

/** The facts of the cheap tiers. Both wait for DNS where an operator has written host names into them. */
type InMemory = Pick<Facts, 'lists' | 'measures'>;

function judgeStage<S extends Stage>(run: StageRun<S>, inMemory: InMemory): Judgement | Promise<Judgement> {
  const { stage, input, plan, suspended, spared } = run;
  const tierRun: TierRun<S> = { stage, input, facts: { ...inMemory, reverseName: notAsked, recipient: notAsked, quota: notAsked }, suspended };
  let findings: readonly Finding[] | null = null;
  for (const tier of plan.cheap) {
    findings = runTier(tier, spared, tierRun, findings);
    if (refuses(findings)) return conclude(run, findings, tierRun.facts);
  }
  return (spared ? plan.asksSpared : plan.asks).length === 0 ? conclude(run, findings, tierRun.facts) : networkTier(run, tierRun, findings);
}

function runTier<S extends Stage>(tier: Tier, spared: boolean, run: TierRun<S>, found: readonly Finding[] | null): readonly Finding[] | null {
  const permission = runChecks(tier.permission, run, found);
  // Permission is a verdict of its own: what it refuses needs no other word.
  if (permission !== found && refuses(permission)) return permission;
  return runChecks(spared ? tier.protocol : tier.others, run, permission);
}

function networkTier<S extends Stage>(run: StageRun<S>, cheap: TierRun<S>, findings: readonly Finding[] | null): Judgement | Promise<Judgement> {
  const { plan, spared, source, stage, input } = run;
  const asks = spared ? plan.asksSpared : plan.asks;
  const reverseName = asks.includes('reverseName') ? ask(source, 'reverseName', stage, input) : notAsked;
  const recipient = asks.includes('recipient') ? ask(source, 'recipient', stage, input) : notAsked;
  const judgeWith = (facts: Facts): Judgement => conclude(run, runTier(plan.network, spared, { ...cheap, facts }, findings), facts);
  const finish = (facts: Facts): Judgement | Promise<Judgement> => {
    // The last question, and asked at the last moment: its answer counts the recipient.
    const quota = asks.includes('quota') ? ask(source, 'quota', stage, input) : notAsked;
    return quota instanceof Promise ? quota.then((known) => judgeWith({ ...facts, quota: known })) : judgeWith({ ...facts, quota });
  };
  if (reverseName instanceof Promise || recipient instanceof Promise) {
    return Promise.all([reverseName, recipient]).then(([name, status]) => finish({ ...cheap.facts, reverseName: name, recipient: status }));
  }
  return finish({ ...cheap.facts, reverseName, recipient });
}

function conclude<S extends Stage>({ stage, input }: StageRun<S>, found: readonly Finding[] | null, facts: Facts): Judgement {
  const record = recordOf(facts);
  const findings = stage === 'rcpt' ? withOneTreatment(found, input as StageInput['rcpt']) : found; // the stage says which input it is
  if (findings === null && record === null) return clear;
  return { verdict: verdictOf(findings), facts: record ?? clear.facts };
}

/** Asks one fact. A source that breaks its word (throws, rejects) makes the fact unknown, never the stage hang or pass unseen. */
function ask<S extends Stage, F extends FactName>(source: FactSource, fact: F, stage: S, input: StageInput[S]): Facts[F] | Promise<Facts[F]> {
  try {
    const answer = source.get(fact, stage, input);
    return answer instanceof Promise ? answer.catch(broken<F>) : answer;
  } catch (error) {
    return broken<F>(error);
  }
}

const broken = <F extends FactName>(error: unknown): Facts[F] => unknown(`fact failed: ${String(error)}`);

const isAccepted = (lists: Facts['lists']): boolean => lists.kind === 'known' && lists.value.some(({ action }) => action === 'accept');

function planOf(enabled: readonly EnabledCheck[], stage: Stage): Plan {
  const here = enabled.filter(({ check }) => check.stages.includes(stage));
  const tier = (cost: 0 | 1 | 2): Tier => {
    const ofCost = here.filter(({ check }) => costOf(check) === cost);
    const others = ofCost.filter(({ check }) => check.kind !== 'permission');
    return { permission: ofCost.filter(({ check }) => check.kind === 'permission'), others, protocol: others.filter(({ check }) => check.kind === 'protocol') };
  };
  const network = tier(2);
  const asks = (...checks: readonly (readonly EnabledCheck[])[]): readonly FactName[] =>
    [...new Set(checks.flat().flatMap(({ check }) => check.facts))].filter((fact) => factTier[fact] === 2);
  return { cheap: [tier(0), tier(1)], network, asks: asks(network.permission, network.others), asksSpared: asks(network.permission, network.protocol) };
}

/** The dearest of a check's facts. */
function costOf(check: Check): 0 | 1 | 2 {
  return check.facts.reduce<0 | 1 | 2>((most, fact) => (factTier[fact] > most ? factTier[fact] : most), 0);
}
