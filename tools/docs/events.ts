// docs/reference/events.md: every type of event with its example as it stands in the journal and in the log.
import { entryOf } from '../../src/events/catalogue.ts';
import { importanceOf } from '../../src/events/importance.ts';
import { logLine, type LogFormat } from '../../src/events/log-line.ts';
import { sampleEvents } from '../../src/events/sample-events.ts';
import type { EventBody } from '../../src/model/events.ts';
import type { Generate } from '../gen-docs.ts';

const at = Date.UTC(2026, 10, 21, 9, 6, 32, 123);
const stamp = { time: new Date(at).toISOString(), door: 'smtp-1' };
const lossOrder = ['chatty: lost first', 'ordinary', 'decision: lost last'] as const;
const formats: readonly LogFormat[] = ['text', 'logfmt', 'json'];

const intro = `# Events

Everything that happens is an event of one of these types. They stand in the journal, \`journal/\` in the state directory: JSON Lines in
segments \`<first-ms>-<number>.jsonl\`, compressed to \`.jsonl.zst\` when closed (\`zstdcat\` reads them). [Explain](../explain.md), the log,
the metrics and the status page are made of them.

Every event has \`at\` (milliseconds since the epoch, UTC), \`door\` (the thread that saw it) and \`seq\` (counts up within one door of one run;
a gap is a loss). Events of a session have \`session\` and \`ip\`. A refusal has \`ref\`, the reference the client was told, and \`reply\`, what it heard.
A finding is \`{check, kind, action, wouldBe?, outcome}\`; a fact is \`{value}\` or \`{unknown}\`.

When a queue or the disk is full, events are lost in the order told below, and a \`journal-dropped\` event says how many of which.

**The log** is one line a decision on standard error, in the format of \`log.format\`: \`text\` (time, level, door, type, then \`key=value\`),
\`logfmt\` or \`json\`. Keys are stable; values with blanks, quotes or control characters are quoted as JSON strings, and whatever could forge a
line or drive a terminal is escaped. \`at\`, \`level\`, \`door\` and \`event\` are the log's own: a level of an alarm, an incident, the disk or the load, which
the journal calls \`level\`, is \`alarmLevel\`, \`incidentLevel\`, \`diskLevel\` or \`loadLevel\` in the line. A door writes at most 1000 lines a second; a line says how many were left out, the journal has them all.

<!-- made by npm run docs from src/events/catalogue.ts -->
`;

function sectionOf(body: EventBody): string {
  const entry = entryOf(body);
  const level = entry.level(body);
  return [
    `## ${body.type}\n`,
    `${entry.doc} Log level of the example: ${level}. In need: ${lossOrder[importanceOf(body)]}.\n`,
    '```json',
    JSON.stringify({ at, door: stamp.door, seq: 17, ...body }),
    '```',
    '```',
    ...(body.type === 'stage-judged' ? formats : formats.slice(0, 1)).map((format) => logLine(format, stamp, level, body)),
    '```',
    '',
  ].join('\n');
}

export const generate: Generate = () => [{ path: 'docs/reference/events.md', text: [intro, ...Object.values(sampleEvents).map(sectionOf)].join('\n') }];
