// Which returned messages are of one campaign? A forger varies what is cheap to vary, the subject first; so each report is compared by all that
// came back: its text, where it leads, how its Message-ID is made, by what program, and the subject. Greedy and in one pass: a report joins the
// group that it is most like, or begins one. Bounded in groups and in what is known of each.
import { HeavyHitters } from '../lib/heavy-hitters.ts';
import type { ReturnedTraits } from '../model/report-judgement.ts';
import type { Counted } from './tally.ts';

export interface ReturnedSample {
  readonly subject: string;
  readonly traits: ReturnedTraits;
  /** Network that it came from; null where no hop tells. */
  readonly network: string | null;
  /** Our reference of the report. */
  readonly ref: string;
}

/** A group, called by the subject of its first report; `sample` is that report's reference. */
export interface ReturnedCluster extends Counted {
  readonly sample: string;
  /** Different subjects, numbers apart; counted up to `mostSubjects`. */
  readonly subjects: number;
  /** What at least half of them have in common, in words: `link pills.example`, `program The Bat!`. */
  readonly alike: readonly string[];
  /** Networks they came from, the largest first. */
  readonly networks: readonly Counted[];
}

/**
 * What two have in common is worth so much, and from `joins` on they are of one campaign. Program and form of the Message-ID together are as much
 * as a link. Different texts speak against all but the strongest, and then a short subject says nothing.
 */
const worth = { text: 4, link: 3, id: 2, program: 1, subject: 5, shortSubject: 3, otherText: -2 } as const;
const joins = 3;
/** Share of the words that two subjects of one group have in common, and words below which a subject says little: "Hello", "Invoice 7". */
const subjectsAlike = 0.6;
const fewestWords = 3;
/** Groups told apart; what fits none then is counted as `others`. */
const mostGroups = 500;
/** Marks and subjects by which one group is found, and groups that one mark leads to: what so many share tells nothing. */
const mostMarks = 200;
const mostSubjects = 200;
const prototypes = 4;
const mostLed = 50;
/** Reports that were placed before, word by word the same. */
const mostKnown = 20_000;
const mostWords = 30;
const mostNamed = 5;
/** Marks counted in one group, and networks. */
const mostAlike = 64;
const mostNetworks = 32;

interface Group {
  readonly name: string;
  readonly sample: string;
  count: number;
  /** Those of which a text came back that can be compared. */
  texts: number;
  marked: number;
  readonly words: number[];
  readonly subjects: Set<string>;
  readonly alike: HeavyHitters;
  readonly networks: HeavyHitters;
}

/** A mark by which groups are found; all but those of texts are told as they are. */
interface Mark {
  readonly key: string;
  readonly sort: 'text' | 'link' | 'id' | 'program';
}

export class ReturnedClusters {
  readonly #groups: Group[] = [];
  readonly #marked = new Map<string, number[]>();
  /** Subjects of groups by each of their words: number of the group and which of its subjects. */
  readonly #worded = new Map<string, { readonly group: number; readonly subject: number }[]>();
  readonly #known = new Map<string, number>();

  add({ subject, traits, network, ref }: ReturnedSample): void {
    const form = formOf(subject);
    const marks = marksOf(traits);
    const print = `${form}\n${marks.map(({ key }) => key).join(' ')}`;
    const at = this.#known.get(print) ?? this.#placeFor({ form, marks, name: subject, ref });
    if (this.#known.size < mostKnown) this.#known.set(print, at);
    const group = this.#groups[at];
    if (group === undefined) return;
    group.count++;
    if (traits.bands !== undefined) group.texts++;
    if (group.subjects.size < mostSubjects) group.subjects.add(form);
    for (const { key } of marks) group.alike.add(key, 0);
    if (network !== null) group.networks.add(network, 0);
  }

  /** The largest groups; the others of all are left out. */
  top(most: number): readonly ReturnedCluster[] {
    return this.#groups
      .toSorted((a, b) => b.count - a.count)
      .slice(0, most)
      .map(({ name, sample, count, subjects, alike, networks }) => ({
        name,
        count,
        sample,
        subjects: subjects.size,
        alike: alikeOf(alike, count),
        networks: networks.top(mostNamed, 0).map(({ key, est, err }) => (err > 0 ? { name: key, count: est, error: err } : { name: key, count: est })),
      }));
  }

  #placeFor(sample: { readonly form: string; readonly marks: readonly Mark[]; readonly name: string; readonly ref: string }): number {
    const words = new Set(sample.form.split(' ').slice(0, mostWords));
    const found = this.#likest(words, sample.marks);
    const at = found ?? this.#begin(sample.name, sample.ref);
    if (at < mostGroups) this.#learn(at, words, sample.marks);
    return at;
  }

  #begin(name: string, sample: string): number {
    if (this.#groups.length > mostGroups) return mostGroups;
    const isLast = this.#groups.length === mostGroups;
    return this.#groups.push({ ...emptyGroup(), name: isLast ? 'others' : name, sample }) - 1;
  }

  /** The group with which these have most in common; null where that is not enough. */
  #likest(words: ReadonlySet<string>, marks: readonly Mark[]): number | null {
    const bySubject = this.#bySubject(words);
    const sums = new Map(bySubject);
    const withText = new Set<number>();
    for (const sort of ['text', 'link', 'id', 'program'] as const) {
      const led = new Set(marks.flatMap((mark) => (mark.sort === sort ? (this.#marked.get(mark.key) ?? []) : [])));
      for (const group of led) sums.set(group, (sums.get(group) ?? 0) + worth[sort]);
      if (sort === 'text') for (const group of led) withText.add(group);
    }
    const comparable = marks.some(({ key }) => key.startsWith('band'));
    let [best, most] = [-1, 0];
    for (const [group, sum] of sums) {
      const isOther = comparable && (this.#groups[group]?.texts ?? 0) > 0 && !withText.has(group);
      const hollow = bySubject.get(group) === worth.shortSubject ? worth.shortSubject : 0;
      const total = isOther ? sum + worth.otherText - hollow : sum;
      if (total > most || (total === most && group < best)) [best, most] = [group, total];
    }
    return most >= joins ? best : null;
  }

  #bySubject(words: ReadonlySet<string>): Map<number, number> {
    const shared = new Map<number, number>();
    for (const word of words)
      for (const { group, subject } of this.#worded.get(word) ?? []) {
        const place = group * prototypes + subject;
        shared.set(place, (shared.get(place) ?? 0) + 1);
      }
    const sums = new Map<number, number>();
    for (const [place, count] of shared) {
      const group = Math.floor(place / prototypes);
      const other = this.#groups[group]?.words[place % prototypes] ?? 0;
      if (count / (words.size + other - count) < subjectsAlike) continue;
      sums.set(group, Math.max(sums.get(group) ?? 0, count < fewestWords ? worth.shortSubject : worth.subject));
    }
    return sums;
  }

  /** The group is found by these from now on. */
  #learn(at: number, words: ReadonlySet<string>, marks: readonly Mark[]): void {
    const group = this.#groups[at];
    if (group === undefined) return;
    for (const { key } of marks) {
      const led = this.#marked.get(key) ?? [];
      if (led.includes(at) || led.length >= mostLed || group.marked >= mostMarks) continue;
      group.marked++;
      this.#marked.set(key, [...led, at]);
    }
    if (group.words.length >= prototypes) return;
    const subject = group.words.push(words.size) - 1;
    for (const word of words) {
      const led = this.#worded.get(word) ?? [];
      if (led.length < mostLed * prototypes) this.#worded.set(word, [...led, { group: at, subject }]);
    }
  }
}

/** What at least half have in common; near-duplicates share bands, which say nothing to people. */
function alikeOf(alike: HeavyHitters, count: number): readonly string[] {
  const shared = alike.top(mostAlike, 0).filter(({ est, err }) => (est - err) * 2 >= count);
  const told = shared.map(({ key }) => (/^(?:band|text)/.test(key) ? 'text' : key));
  return [...new Set(told)].slice(0, mostNamed);
}

const emptyGroup = () => ({
  count: 0,
  texts: 0,
  marked: 0,
  words: [],
  subjects: new Set<string>(),
  alike: new HeavyHitters({ capacity: mostAlike, halfLifeMs: Infinity }),
  networks: new HeavyHitters({ capacity: mostNetworks, halfLifeMs: Infinity }),
});

/** A number made for each copy makes no other subject. */
const formOf = (subject: string): string =>
  subject
    .toLowerCase()
    .replaceAll(/\p{N}+/gu, '0')
    .replaceAll(/[^\p{L}0]+/gu, ' ')
    .trim();

function marksOf({ bands = [], text, urlHosts = [], idShape, mailer }: ReturnedTraits): readonly Mark[] {
  return [
    ...bands.map((band, at): Mark => ({ key: `band${at} ${band}`, sort: 'text' })),
    ...(text === undefined ? [] : [{ key: `text ${text}`, sort: 'text' } as const]),
    ...urlHosts.map((host): Mark => ({ key: `link ${host}`, sort: 'link' })),
    ...(idShape === undefined ? [] : [{ key: `Message-ID ${idShape}`, sort: 'id' } as const]),
    ...(mailer === undefined ? [] : [{ key: `program ${mailer}`, sort: 'program' } as const]),
  ];
}
