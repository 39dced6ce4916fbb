// Reads main.cf, the output of postconf, and master.cf, as far as the brakes need it. postconf(5), master(5).
import type { Setting, Settings } from './brake.ts';

/** The lines that belong together: a line that begins with white space continues the one before; comments and empty lines end nothing. */
function logicalLines(text: string): { readonly text: string; readonly line: number }[] {
  const lines: { text: string; line: number }[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(raw)) continue;
    const last = lines.at(-1);
    if (/^\s/.test(raw) && last !== undefined) last.text += ` ${raw.trim()}`;
    else lines.push({ text: raw.trim(), line: index + 1 });
  }
  return lines;
}

const service = /^\S+\s+(?:inet|unix|unix-dgram|fifo|pass)\s+[-yn]\s+[-yn]\s+[-yn]\s+\S+\s+(\S+)\s+(\S+)(.*)$/;

/**
 * Settings of the text. Of master.cf: `smtpd/maxproc` with the process limit of the SMTP service from the network, `postscreen`,
 * and what its `-o` options set over main.cf.
 */
export function parsePostfix(text: string): Settings {
  const settings = new Map<string, Setting>();
  for (const { text: whole, line } of logicalLines(text)) {
    const found = /^([A-Za-z]\w*)\s*=\s*(.*)$/.exec(whole);
    if (found !== null) settings.set(found[1] ?? '', { name: found[1] ?? '', value: (found[2] ?? '').trim(), line });
    else if (service.test(whole)) readService(whole, line, settings);
  }
  return settings;
}

function readService(whole: string, line: number, settings: Map<string, Setting>): void {
  const [, processes = '', program = '', options = ''] = service.exec(whole) ?? [];
  const put = (name: string, value: string): unknown => settings.set(name, { name, value, line });
  if (program === 'postscreen') put('postscreen', 'yes');
  // Submission and the like have limits of their own; the gateway speaks to the service on port 25, or behind postscreen.
  if (program !== 'smtpd' || !/^(?:smtp|smtpd|\S*:?25|\S+:smtp)\s/.test(whole)) return;
  if (processes !== '-') put('smtpd/maxproc', processes);
  for (const [, name = '', value = ''] of options.matchAll(/-o\s+(?:\{\s*)?(\w+)\s*=\s*([^\s}]*)/g)) put(name, value);
}

/** Resolves `$name`, `${name}`, and the `stress` conditions as they are without stress. */
export function resolvePostfix(value: string, valueOf: (name: string) => string | null, depth = 0): string {
  if (depth > 8) return value; // a reference that leads back to itself
  const calm = value
    .replace(/\$\{stress\?\{[^{}]*\}:\{([^{}]*)\}\}/g, '$1')
    .replace(/\$\{stress\?[^{}]*\}/g, '')
    .replace(/\$\{stress:\{?([^{}]*)\}?\}/g, '$1');
  return calm.replace(/\$(?:\{(\w+)\}|\((\w+)\)|(\w+))/g, (whole, braced?: string, round?: string, plain?: string) => {
    const known = valueOf(braced ?? round ?? plain ?? '');
    return known === null ? whole : resolvePostfix(known, valueOf, depth + 1);
  });
}
