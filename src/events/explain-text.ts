// An explanation in plain words for a terminal. Whatever a stranger wrote is escaped.
import { escapeUnsafe, logValue } from './log-line.ts';
import type { Explained } from './explain.ts';
import type { Explanation, StagedFinding, TimelineEntry } from './explanation.ts';

const stageWords = {
  connect: 'before the banner',
  helo: 'at HELO',
  mail: 'at MAIL',
  rcpt: 'at RCPT',
  message: 'after the content',
  command: 'at a command',
} as const;
const outcomeWords = {
  delivered: 'delivered',
  spooled: 'taken; it waits for its next hop',
  held: 'held in the quarantine',
  discarded: 'taken and thrown away',
  refused: 'refused',
  deferred: 'deferred (the client may try again)',
  aborted: 'broken off by the client',
  failed: 'ended by a fault of our own',
  'nothing-decided': 'nothing decided',
} as const satisfies Record<Explanation['outcome'], string>;

/** One sentence: what happened, when in the session, and why. */
export function sentence(explanation: Explanation): string {
  const { outcome, stage, kind, decision } = explanation;
  const where = kind === 'connection' ? ' before a session began' : outcome === 'delivered' || stage === null ? '' : ` ${stageWords[stage]}`;
  const check = decision.check === null ? '' : ` [check ${decision.check}, action ${decision.action}]`;
  return escapeUnsafe(`${outcomeWords[outcome]}${where} because: ${decision.because}${check}`);
}

/** All explanations; the timeline of a session is shown once, and of one message alone its own part of it. */
export function explainedText(explained: Explained): string {
  const told = new Map<string, number>();
  for (const { session } of explained.explanations) told.set(session, (told.get(session) ?? 0) + 1);
  const shown = new Set<string>();
  const blocks = explained.explanations.map((each) => {
    const timeline = shown.has(each.session) ? [] : told.get(each.session) === 1 ? ownPart(each) : each.timeline;
    shown.add(each.session);
    return explanationText(each, timeline);
  });
  if (explained.more) blocks.push('Older sessions match too; give --limit, or a time or reference.\n');
  if (explained.badLines > 0) blocks.push(`${explained.badLines} journal lines could not be read.\n`);
  return blocks.join('\n');
}

/** What ends a message. */
const isEnd = ({ type }: TimelineEntry): boolean => type === 'message-finished' || type === 'transaction-aborted';

/** What belongs to the message: from the end of the one before to its own, and how the session began and ended. */
function ownPart({ kind, at, timeline }: Explanation): readonly TimelineEntry[] {
  const ends = timeline.flatMap((entry, index) => (isEnd(entry) ? [index] : []));
  const own = ends.find((index) => timeline[index]?.at === at);
  if (kind !== 'message' || own === undefined) return timeline;
  const [before, firstEnd, lastEnd] = [ends.findLast((index) => index < own) ?? -1, ends[0] ?? own, ends.at(-1) ?? own];
  const isFrame = (entry: TimelineEntry, index: number): boolean => index > lastEnd || (index < firstEnd && !isOfMessage(entry));
  return timeline.filter((entry, index) => (index > before && index <= own) || isFrame(entry, index));
}

/** What is said of an envelope or its content, and not of the client. */
const isOfMessage = ({ type, text }: TimelineEntry): boolean =>
  type !== 'session-opened' && text.some(([key, value]) => key === 'stage' && (value === 'mail' || value === 'rcpt' || value === 'message'));

function explanationText(explanation: Explanation, timeline: readonly TimelineEntry[]): string {
  const { client, message, findings, facts, today } = explanation;
  const lines = [`${explanation.id}  ${explanation.at}`, `  ${sentence(explanation)}`];
  const add = (label: string, text: string | null): void => {
    if (text !== null && text !== '') lines.push(`  ${label.padEnd(10)}${escapeUnsafe(text)}`);
  };
  if (explanation.since !== null) lines.push(`  since then, ${explanation.since.at}: ${escapeUnsafe(explanation.since.what)}`);
  add('client', clientText(client));
  add('from', explanation.from === null ? null : `<${explanation.from}>`);
  add('to', explanation.to.map((to) => `<${to}>`).join(' '));
  if (message)
    add(
      'message',
      `${message.messageId ?? 'without Message-ID'}, ${message.bytes} bytes${message.subject === null ? '' : `, subject ${JSON.stringify(message.subject)}`}`,
    );
  if (message) add('next hop', [message.route, message.hubReply, queueIdText(message)].filter((part) => part !== null).join(': '));
  add('heard', explanation.reply);
  add('numbers', pairsText(Object.entries(explanation.decision.evidence)));
  add('found', findings.length === 0 ? 'nothing' : null);
  for (const finding of findings) add('found', findingText(finding));
  for (const [name, fact] of Object.entries(facts)) add('fact', `${name}: ${'unknown' in fact ? `unknown (${fact.unknown})` : JSON.stringify(fact.value)}`);
  add('today', today ? `${outcomeWords[today.outcome]}: ${today.because}` : 'what would be decided now is not known here');
  if (timeline.length > 0) {
    const others = explanation.timeline.length - timeline.length;
    lines.push(
      `  session ${explanation.session}${others === 0 ? '' : ` (${others} lines about its other messages: floodgate explain ${explanation.session})`}`,
    );
    for (const entry of timeline) lines.push(`    ${entry.at.slice(11, 23)}  ${entry.type.padEnd(18)}  ${pairsText(entry.text)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The id where the hub's words do not show it already. */
function queueIdText({ hubReply, hubQueueId }: NonNullable<Explanation['message']>): string | null {
  return hubQueueId === null || hubReply?.includes(hubQueueId) === true ? null : `queue id ${hubQueueId}`;
}

function clientText({ ip, port, name, helo, user, listener }: Explanation['client']): string {
  const parts = [`${ip}${port === null ? '' : ` port ${port}`}`, name === null ? 'reverse name not looked up' : `reverse name ${name}`];
  if (helo !== null) parts.push(`HELO ${helo}`);
  if (user !== null) parts.push(`user ${user}`);
  if (listener !== null) parts.push(`at listener ${listener}`);
  return parts.join(', ');
}

function findingText({ stage, check, action, wouldBe, because, evidence }: StagedFinding): string {
  const would = wouldBe === null ? '' : ` (would be ${wouldBe}: mode observe)`;
  const numbers = pairsText(Object.entries(evidence));
  return `${stage} ${check}: ${action}${would}: ${because}${numbers === '' ? '' : ` (${numbers})`}`;
}

const pairsText = (pairs: readonly (readonly [string, string | number | boolean | null])[]): string =>
  pairs.map(([key, value]) => `${key}=${value === null ? 'none' : logValue(value)}`).join(' ');
