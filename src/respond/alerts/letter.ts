// What an alert says: one letter for all that happened in a moment, short enough for a telephone, with the reference in its subject.
import { alarmKeyText } from '../../model/alarm.ts';
import type { Incident, IncidentStep } from '../../model/incident.ts';
import { plain, plainLetter } from './plain-letter.ts';

export interface AlertItem {
  readonly incident: Incident;
  readonly step: IncidentStep;
  /** What a person should know besides as it stands now: that nothing is carried out, and what helps. */
  readonly remarks?: readonly string[];
}

/** What goes out by one way at one moment: at least one item, the gravest first. */
export interface AlertBatch {
  readonly items: readonly AlertItem[];
  /** Nobody has acknowledged it: whoever is on call is told. */
  readonly escalated: boolean;
  /** Items that there was no room for. */
  readonly left: number;
}

const grave = { severe: 0, alert: 1, watch: 2 } as const;
export const gravestFirst = (a: AlertItem, b: AlertItem): number =>
  grave[a.incident.level] - grave[b.incident.level] || a.incident.openedAt - b.incident.openedAt;

const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const stepWords: Readonly<Partial<Record<IncidentStep, string>>> = { closed: 'over: ', raised: 'worse: ', reopened: 'again: ' };

/** One line: reference, what, who, and how it stands. */
export function subjectOf({ items, escalated }: AlertBatch): string {
  const [first, ...others] = items;
  if (first === undefined) throw new Error('an alert about nothing');
  const { reference, level, detector, key } = first.incident;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const references =
    others.length === 0
      ? ''
      : ` ${others
          .slice(0, 3)
          .map(({ incident }) => `[${incident.reference}]`)
          .join(' ')}`;
  const what = `${stepWords[first.step] ?? ''}${level === 'severe' ? 'SEVERE ' : ''}${detector} ${alarmKeyText(key)}`;
  return plain(`[${reference}] ${escalated ? 'NOBODY HAS ANSWERED: ' : ''}${what}${more}${references}`, 200);
}

/** The text of a letter, lines of at most some 100 characters, ended by line feeds. */
export function textOf(batch: AlertBatch, hostname: string): string {
  const lines = [
    ...(batch.escalated ? ['Nobody has acknowledged this yet. You are told because you stand behind it in alerts.escalate.', ''] : []),
    ...batch.items.flatMap((item) => [...itemLines(item), '']),
    ...(batch.left === 0 ? [] : [`${batch.left} further incidents are not listed here: floodgate incident list`, '']),
    `On ${hostname}:  floodgate incident show <reference>    its evidence and history`,
    '                 floodgate incident ack <reference>     you have seen it; nobody is told again unless it grows worse',
    '                 floodgate measure list                 what is done about it; floodgate measure undo <id> takes it back',
    '',
    'This letter was made by a program. Answers reach nobody.',
  ];
  return `${lines.join('\n')}\n`;
}

function itemLines({ incident, step, remarks = [] }: AlertItem): readonly string[] {
  const { reference, detector, key, level, state, because, onsetAt, lastAt, count, origins, measures, confidence, spoofable, folded } = incident;
  return [
    plain(`${reference}  ${stepWords[step] ?? ''}${detector}  ${alarmKeyText(key)}`, 200),
    plain(`  ${because}`, 300),
    `  ${level}, ${state}; from ${iso(onsetAt)} to ${iso(lastAt)}; ${count} counted; confidence ${confidence}${spoofable ? ', origin could be forged' : ''}`,
    ...(folded === 0 ? [] : [`  ${folded} incidents are folded into it`]),
    ...(origins.length === 0
      ? []
      : [
          plain(
            `  from ${origins
              .slice(0, 3)
              .map(({ origin, est }) => `${origin} (${est})`)
              .join(', ')}${origins.length > 3 ? ', ...' : ''}`,
            300,
          ),
        ]),
    doneLine(state, measures.slice(-5)),
    ...remarks.map((remark) => `  ${plain(remark, 400)}`),
  ];
}

/** A measure that has met nothing has done nothing. */
function doneLine(state: Incident['state'], measures: readonly string[]): string {
  if (measures.length === 0) return '  nothing is done about it by itself';
  return state === 'mitigated' ? `  done about it: ${measures.join(', ')}` : `  in force, with nothing refused or held so far: ${measures.join(', ')}`;
}

export interface LetterAddresses {
  readonly from: string;
  readonly to: readonly string[];
  readonly hostname: string;
}

/** A whole message (RFC 5322). */
export const letterOf = (batch: AlertBatch, { from, to, hostname }: LetterAddresses, stamp: { readonly at: number; readonly id: string }): string =>
  plainLetter({ from, to, hostname, subject: subjectOf(batch), text: textOf(batch, hostname) }, stamp);

/** What a webhook gets; the fields of `incident list --json` and the words of the letter. */
export const hookBody = (batch: AlertBatch, hostname: string): object => ({
  source: 'floodgate',
  hostname,
  escalated: batch.escalated,
  text: subjectOf(batch), // what chat programs show
  incidents: batch.items.map(
    ({ incident: { id, reference, detector, key, level, state, openedAt, closedAt, count, measures, because }, step, remarks = [] }) => ({
      id,
      reference,
      detector,
      key,
      level,
      state,
      step,
      openedAt: new Date(openedAt).toISOString(),
      closedAt: closedAt === null ? null : new Date(closedAt).toISOString(),
      count,
      measures,
      because,
      remarks,
    }),
  ),
  left: batch.left,
});

const severities = { severe: 2, alert: 4, watch: 6 } as const;
const facilityMail = 2;

/** A line of syslog for each item (RFC 5424 6). */
export const syslogLines = ({ items }: AlertBatch, hostname: string, at: number): readonly string[] =>
  items.map(({ incident, step }) => {
    const priority = facilityMail * 8 + (step === 'closed' ? 6 : severities[incident.level]);
    const words = `reference=${incident.reference} step=${step} level=${incident.level} detector=${incident.detector} ${alarmKeyText(incident.key)} count=${incident.count}: ${incident.because}`;
    return `<${priority}>1 ${new Date(at).toISOString()} ${hostname} floodgate - alert - ${plain(words, 800)}`;
  });
