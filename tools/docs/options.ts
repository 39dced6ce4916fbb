// The option table twice: share/floodgate.schema.json for editors, docs/reference/options.md for people.
import { rangeOf, unitOf } from '../../src/config/explain.ts';
import { leaves, type OptionSchema, optionSchema } from '../../src/config/json-schema.ts';
import type { Generate } from '../gen-docs.ts';

const intro = `# Options

Every key of \`floodgate.yaml\`. Only those marked *required* must be written. Unknown keys are errors.
\`floodgate config explain KEY\` prints the value in force and where it comes from.

How values are written: a **duration** is \`500ms\`, \`30s\`, \`5m\`, \`1h\` or \`7d\`; a **size** is \`2048\` (bytes), \`64 KiB\` or \`25 MiB\`;
a **date** is \`2026-09-01\` or \`2026-09-01T06:00:00Z\` (UTC); a **network** is \`10.20.0.0/16\` or \`"2001:db8::/32"\`; an **address** is
\`127.0.0.1:25\` or \`"[::1]:25"\`; a **next hop** is an address, \`lmtp://127.0.0.1:24\` or \`maildir:/path\`; a **path** that is relative
starts at the folder of the configuration file.

<!-- made by npm run docs from src/config/options.ts -->
`;

/** Markdown in a table cell: a bar would end the cell, a \`<\` could begin a tag. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

function defaultOf(schema: OptionSchema, required: boolean): string {
  if (schema.default !== undefined)
    return schema.default === '' ? 'empty' : code(typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default));
  return required ? '*required*' : 'not set';
}

function sectionOf(name: string, schema: OptionSchema, required: boolean): string {
  const rows = [...leaves(schema, name, required)].map(([path, leaf, must]) =>
    [code(path.replace('.*', '.<name>')), cell(leaf.description ?? ''), unitOf(leaf), defaultOf(leaf, must), cell(rangeOf(leaf) ?? '')].join(' | '),
  );
  const meaning = schema.properties || schema.items?.properties || schema.additionalProperties ? `${cell(schema.description ?? '')}\n\n` : '';
  return [`## ${name}\n`, `${meaning}| key | meaning | kind | default | range |`, '|---|---|---|---|---|', ...rows.map((row) => `| ${row} |`), ''].join('\n');
}

export const generate: Generate = () => {
  const schema = optionSchema();
  const sections = Object.entries(schema.properties ?? {}).map(([name, section]) => sectionOf(name, section, schema.required?.includes(name) ?? false));
  return [
    { path: 'share/floodgate.schema.json', text: `${JSON.stringify(schema, null, 2)}\n` },
    { path: 'docs/reference/options.md', text: [intro, ...sections].join('\n') },
  ];
};
