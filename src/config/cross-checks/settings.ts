// Settings that contradict each other, name something that does not exist, or ask for what this version does not have.
import { nearest } from '../../lib/nearest.ts';
import { type CrossCheck, error, repeated, warning } from '../cross-check.ts';
import { isObserving } from '../observing.ts';
import type { Config } from '../options.ts';
import type { OptionPath } from '../problem.ts';

const knownChecks: CrossCheck = {
  reads: [],
  *find({ checks }, { checkIds }) {
    for (const id of Object.keys(checks)) {
      if (checkIds.includes(id)) continue;
      const near = nearest(id, checkIds);
      yield error(['checks', id], 'is not a check', near === null ? 'docs/checks/ has a page for each check there is' : `did you mean ${near}?`);
    }
  },
};

/** A name that nothing refuses by keeps nothing, and nobody would notice. Checks of one's own are known when they are loaded. */
const keptRefusals: CrossCheck = {
  reads: ['quarantine.keepRefused', 'rules', 'ownChecks'],
  *find({ quarantine, rules, ownChecks }, { checkIds }) {
    const known = [...checkIds, ...rules.map(({ id }) => id)];
    for (const [index, name] of quarantine.keepRefused.entries()) {
      if (known.includes(name)) continue;
      const near = nearest(name, known);
      const hint = near === null ? 'name checks (docs/checks/) or rules of yours' : `did you mean ${near}?`;
      yield (ownChecks === undefined ? error : warning)(['quarantine', 'keepRefused', index], `${name} is no check and no rule`, hint);
    }
  },
};

const listNamesOnce: CrossCheck = {
  reads: ['lists.*.name'],
  *find({ lists }) {
    for (const { entry, index, first } of repeated(lists.map(({ name }) => name)))
      yield error(['lists', index, 'name'], `${entry} is the name of list ${first + 1} too`, 'give each list a name of its own');
  },
};

/** A smaller cap that can never be reached; told only where both are written: lowering one alone is no mistake. */
const capsInOrder: readonly (readonly [small: keyof Config['limits'], large: keyof Config['limits']])[] = [
  ['sessionsPerAddress', 'sessions'],
  ['sessionsPerNetwork', 'sessions'],
  ['sessionsPerAddress', 'sessionsPerNetwork'],
  ['outsideRecipientsPerMessage', 'outsideRecipientsPerSession'],
  ['recipientsPerMessage', 'recipientsPerSession'],
  ['errorsBeforeDelay', 'errors'],
  ['header', 'message'],
];

const reachableCaps: CrossCheck = {
  reads: ['limits'],
  *find({ limits }, { isWritten }) {
    for (const [small, large] of capsInOrder) {
      if (limits[small] <= limits[large] || !isWritten(['limits', small]) || !isWritten(['limits', large])) continue;
      yield warning(['limits', small], `is above limits.${large} and can never be reached`, `lower it, or raise limits.${large}`);
    }
  },
};

const signals = ['eventLoopLag', 'bannerQueue', 'sessions', 'hubQueue', 'systemLoad', 'memory'] as const;

const levelsInOrder: CrossCheck = {
  reads: ['load'],
  *find({ load }) {
    for (const signal of signals) {
      const { level1, level2, level3 } = load[signal];
      if (level1 > level2) yield error(['load', signal, 'level1'], 'is above level2', 'a higher level begins at a higher value');
      if (level2 > level3) yield error(['load', signal, 'level2'], 'is above level3', 'a higher level begins at a higher value');
    }
  },
};

const reservedPlaces: CrossCheck = {
  reads: ['limits'],
  *find({ limits: { reservedShare, reservedForKnown } }) {
    if (reservedShare + reservedForKnown >= 1)
      yield error(['limits', 'reservedForKnown'], 'leaves no place for strangers', 'keep it and limits.reservedShare below 1 together');
  },
};

const observation: CrossCheck = {
  reads: ['mode', 'observeUntil'],
  *find({ mode, observeUntil }, { nowMs }) {
    if (observeUntil === undefined) return;
    if (mode !== 'observe') yield warning(['observeUntil'], 'does nothing, because mode is enforce', 'remove it, or set mode: observe');
    else if (observeUntil <= nowMs)
      yield warning(['observeUntil'], 'is past: mode is enforce now', 'set mode: enforce and remove observeUntil, or give a later day');
  },
};

/** Lists and measures of persons hold while all else is observed: whoever writes a rule expects the same of it. */
const observedRules: CrossCheck = {
  reads: ['mode', 'observeUntil', 'rules'],
  *find({ mode, observeUntil, rules }, { nowMs }) {
    const idle = rules.filter(({ action }) => action !== 'observe').map(({ id }) => id);
    if (idle.length === 0 || !isObserving({ mode, observeUntil }, nowMs)) return;
    yield warning(
      ['rules'],
      onlyRecorded(idle, observeUntil),
      'lists and your own measures (`floodgate measure add`) hold in that mode; mode: enforce carries rules out',
    );
  },
};

/** Whoever writes down what a check does expects it to be done. */
const observedChecks: CrossCheck = {
  reads: ['mode', 'observeUntil', 'checks'],
  *find({ mode, observeUntil, checks }, { nowMs, abuseChecks }) {
    const idle = abuseChecks.filter((id) => !['observe', undefined].includes(checks[id]?.action));
    if (idle.length === 0 || !isObserving({ mode, observeUntil }, nowMs)) return;
    yield warning(['checks'], onlyRecorded(idle, observeUntil), 'mode: enforce carries it out; until then a measure of yours does (`floodgate measure add`)');
  },
};

function onlyRecorded(ids: readonly string[], observeUntil: number | undefined): string {
  const which = ids.length > 3 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more` : ids.join(', ');
  const until = observeUntil === undefined ? '' : ` until ${new Date(observeUntil).toISOString().slice(0, 16)}Z`;
  return `mode is observe: what ${which} would do is only recorded${until}`;
}

/** What a server of ours may bring above limits.message (src/policy/content-room.ts); bytes. */
const roomOfOurServers = 1024 ** 2;

/** A virus in front of enough padding is not looked at. */
const everythingScanned: CrossCheck = {
  reads: ['viruses', 'limits.message'],
  *find({ viruses, limits }) {
    if (viruses === undefined || viruses.maxSize >= limits.message + roomOfOurServers) return;
    const [what, hint] =
      viruses.whenTooLarge === 'pass'
        ? ['and whenTooLarge is pass: a virus with padding behind it passes unseen', 'raise it, with StreamMaxLength of clamd, or set whenTooLarge: quarantine']
        : ['and what is larger is kept or refused unseen', 'raise it, with StreamMaxLength of clamd'];
    yield warning(['viruses', 'maxSize'], `is below limits.message and the 1 MiB that our own servers have more, ${what}`, hint);
  },
};

/** Keys with a fixed name and meaning whose part of the program is not there yet. A line goes when its part comes. */
export const notYet: readonly (readonly [path: OptionPath, what: string])[] = [
  [['milter'], 'the milter door is still to come'],
  [['policyService'], 'the policy service door is still to come'],
];

const futureKeys: CrossCheck = {
  reads: [],
  *find(_config, { isWritten }) {
    for (const [path, what] of notYet) {
      if (isWritten(path)) yield warning(path, `does nothing in this version: ${what}`, 'remove it, or keep it for a later version');
    }
  },
};

export const settingChecks: readonly CrossCheck[] = [
  knownChecks,
  keptRefusals,
  listNamesOnce,
  reachableCaps,
  levelsInOrder,
  reservedPlaces,
  observation,
  observedRules,
  observedChecks,
  everythingScanned,
  futureKeys,
];
