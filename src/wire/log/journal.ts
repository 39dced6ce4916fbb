// Records of the systemd journal: JSON (`journalctl -o json`) and the export format (`-o export`: FIELD=value lines, an empty line after each).
import type { LogLine } from './line.ts';

/** Fields of a record by name; what is no text is left out. */
export type JournalFields = Readonly<Record<string, string>>;

/** Fields kept of one record: a journal has about thirty, and a stranger may add some through native messages. */
const maxFields = 100;

/** A line of JSON as fields; null when it is none. Bytes that are no UTF-8 come as an array of numbers. */
export function readJournalJson(raw: string): JournalFields | null {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, each] of Object.entries(value).slice(0, maxFields)) {
    const text = textOf(each);
    if (text !== null) fields[name] = text;
  }
  return fields;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value) && value.every((each) => typeof each === 'number')) return new TextDecoder().decode(Uint8Array.from(value));
  return null;
}

/** A record as a line of its program. */
export function journalLine(fields: JournalFields, raw: string): LogLine {
  const microseconds = Number(fields['_SOURCE_REALTIME_TIMESTAMP'] ?? fields['__REALTIME_TIMESTAMP'] ?? NaN);
  return {
    at: Number.isFinite(microseconds) ? Math.floor(microseconds / 1000) : null,
    host: fields['_HOSTNAME'] ?? '',
    program: fields['SYSLOG_IDENTIFIER'] ?? fields['_COMM'] ?? '',
    pid: fields['SYSLOG_PID'] ?? fields['_PID'] ?? '',
    text: fields['MESSAGE'] ?? '',
    raw,
  };
}

/** Collects the lines of one record of an export. */
export class JournalExport {
  #fields: Record<string, string> | null = null;
  #count = 0;
  /** A field with bytes in it: its name alone in a line, then eight bytes of length, then the value. */
  #binary: string | null = null;

  get isOpen(): boolean {
    return this.#fields !== null;
  }

  /** Whether this line begins a record: every one has its cursor or its time first. */
  begins(raw: string): boolean {
    if (this.#fields !== null) return false;
    if (!raw.startsWith('__CURSOR=') && !raw.startsWith('__REALTIME_TIMESTAMP=')) return false;
    this.#fields = Object.create(null) as Record<string, string>;
    this.#count = 0;
    this.#binary = null;
    this.add(raw);
    return true;
  }

  /** Takes a further line of the record; it is complete at the empty line, so this gives null. */
  add(raw: string): null {
    const fields = this.#fields;
    if (fields === null) return null;
    if (this.#binary !== null) {
      this.#keep(this.#binary, raw.slice(8));
      this.#binary = null;
      return null;
    }
    const equals = raw.indexOf('=');
    if (equals > 0) this.#keep(raw.slice(0, equals), raw.slice(equals + 1));
    else if (/^[A-Z_][A-Z0-9_]{0,63}$/.test(raw)) this.#binary = raw;
    return null;
  }

  #keep(name: string, value: string): void {
    if (this.#fields === null || this.#count >= maxFields || name in this.#fields) return;
    this.#fields[name] = value;
    this.#count++;
  }

  /** The record until here; null when there is none. */
  flush(): LogLine | null {
    if (this.#fields === null) return null;
    const fields = this.#fields;
    this.#fields = null;
    return fields['MESSAGE'] === undefined ? null : journalLine(fields, fields['MESSAGE']);
  }
}
