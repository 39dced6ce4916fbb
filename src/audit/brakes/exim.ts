// Reads the main section of an Exim configuration, as far as the brakes need it. Exim specification, chapter 6.
import type { Setting, Settings } from './brake.ts';

interface Line {
  text: string;
  readonly line: number;
}

/** A backslash at the end continues the line; the white space that begins the next one goes away. Comments within do not end it. */
function logicalLines(text: string): Line[] {
  const lines: Line[] = [];
  let open: Line | null = null;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(raw)) continue;
    const continues = /\\\s*$/.test(raw);
    const part = raw.replace(/\\\s*$/, '').trimStart();
    if (open === null) lines.push((open = { text: part, line: index + 1 }));
    else open.text += part;
    if (!continues) open = null;
  }
  return lines;
}

/** Settings before the first `begin`; macros (`NAME = text`, `==` to redefine) are put in as Exim does, in the order of definition. */
export function parseExim(text: string): Settings {
  const settings = new Map<string, Setting>();
  const macros = new Map<string, string>();
  for (const { text: raw, line } of logicalLines(text)) {
    if (/^begin\s/.test(raw)) break;
    const macro = /^([A-Z]\w*)\s*==?\s*(.*)$/.exec(raw);
    const whole = withMacros(macro?.[2] ?? raw, macros);
    if (macro !== null) macros.set(macro[1] ?? '', whole.trim());
    else readOption(whole, line, settings);
  }
  return settings;
}

function readOption(whole: string, line: number, settings: Map<string, Setting>): void {
  const valued = /^(?:hide\s+)?([a-z]\w*)\s*=\s*(.*)$/.exec(whole);
  const flag = /^(no_|not_)?([a-z]\w*)$/.exec(whole.trim());
  const name = valued?.[1] ?? flag?.[2];
  if (name === undefined) return;
  const value = valued === null ? (flag?.[1] === undefined ? 'yes' : 'no') : (valued[2] ?? '').trim().replace(/^"(.*)"$/, '$1');
  settings.set(name, { name, value, line });
}

const withMacros = (text: string, macros: ReadonlyMap<string, string>): string => {
  let whole = text;
  for (const [name, value] of macros) whole = whole.replaceAll(name, () => value);
  return whole;
};
