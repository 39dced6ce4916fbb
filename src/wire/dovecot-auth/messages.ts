// Dovecot's authentication protocol, version 1, the client's side: lines of fields with TAB between them. Bytes to messages and back.
import type { AuthPeer } from '../../model/auth.ts';

export type DovecotMessage =
  | { readonly kind: 'version'; readonly major: number }
  | { readonly kind: 'mechanism'; readonly name: string; readonly flags: readonly string[] }
  /** The greeting is complete. */
  | { readonly kind: 'done' }
  | { readonly kind: 'ok'; readonly id: number; readonly fields: Fields }
  | { readonly kind: 'challenge'; readonly id: number; readonly text: Buffer }
  | { readonly kind: 'fail'; readonly id: number; readonly fields: Fields }
  /** SPID, CUID, COOKIE and what later versions add. */
  | { readonly kind: 'other' }
  | { readonly kind: 'broken'; readonly why: string };

/** `name=value`, and a name alone with ''. */
export type Fields = ReadonlyMap<string, string>;

/** Dovecot's own limit for what it reads is 8192; what it writes is short. */
const MAX_LINE_BYTES = 65_536;
/** AUTH_CLIENT_MAX_LINE_LENGTH of Dovecot, and room for everything but the response. */
const MAX_RESPONSE_CHARACTERS = 8192 - 512;

export class DovecotReader {
  #pending = '';

  /** Takes bytes and gives the messages that are complete. */
  push(chunk: Buffer): DovecotMessage[] {
    // latin1 keeps every byte apart; values are decoded one by one.
    const lines = (this.#pending + chunk.toString('latin1')).split('\n');
    this.#pending = lines.pop() ?? '';
    const messages = lines.map(parseLine);
    if (this.#pending.length > MAX_LINE_BYTES) messages.push({ kind: 'broken', why: 'a line without end' });
    return messages;
  }
}

function parseLine(line: string): DovecotMessage {
  const [verb = '', first = '', ...rest] = line.split('\t');
  switch (verb) {
    case 'VERSION':
      return { kind: 'version', major: Number(first) };
    case 'MECH':
      return { kind: 'mechanism', name: first.toUpperCase(), flags: rest };
    case 'DONE':
      return { kind: 'done' };
    case 'OK':
      return withId(first, (id) => ({ kind: 'ok', id, fields: fieldsOf(rest) }));
    case 'FAIL':
      return withId(first, (id) => ({ kind: 'fail', id, fields: fieldsOf(rest) }));
    case 'CONT':
      return withId(first, (id) => ({ kind: 'challenge', id, text: Buffer.from(rest[0] ?? '', 'base64') }));
    default:
      return { kind: 'other' };
  }
}

const withId = (text: string, make: (id: number) => DovecotMessage): DovecotMessage =>
  /^\d{1,10}$/.test(text) ? make(Number(text)) : { kind: 'broken', why: 'an answer to nothing' };

function fieldsOf(raw: readonly string[]): Fields {
  return new Map(
    raw.map((field) => {
      const equals = field.indexOf('=');
      return equals < 0 ? [field, ''] : [field.slice(0, equals), unescaped(field.slice(equals + 1))];
    }),
  );
}

const escapes: Readonly<Record<string, string>> = { '0': '\0', '1': '\x01', t: '\t', r: '\r', n: '\n' };

/** Dovecot's str_tabescape undone; the bytes are UTF-8. */
const unescaped = (raw: string): string =>
  Buffer.from(
    raw.replaceAll(/\x01(.)/gs, (_whole, letter: string) => escapes[letter] ?? letter),
    'latin1',
  ).toString('utf8');

/** What the client says first; `connection` must be another number for each connection of this host. */
export const greetingLines = (connection: number): string => `VERSION\t1\t2\nCPID\t${connection}\n`;

/** A new request; null when the response is longer than Dovecot reads. */
export function authLine(id: number, mechanism: string, peer: AuthPeer, response: Buffer): string | null {
  const encoded = response.toString('base64');
  if (encoded.length > MAX_RESPONSE_CHARACTERS) return null;
  const addresses = [...address('lip', peer.localIp), ...address('rip', peer.ip), ...port('lport', peer.localPort), ...port('rport', peer.port)];
  // nologin: nobody will ask for this user's mailbox. `resp` is last, as the protocol says.
  return ['AUTH', id, word(mechanism), 'service=smtp', 'nologin', ...addresses, ...(peer.secured ? ['secured'] : []), `resp=${encoded}`]
    .join('\t')
    .concat('\n');
}

/** The next response of a request; null when it is longer than Dovecot reads. */
export function continueLine(id: number, response: Buffer): string | null {
  const encoded = response.toString('base64');
  return encoded.length > MAX_RESPONSE_CHARACTERS ? null : `CONT\t${id}\t${encoded}\n`;
}

export const cancelLine = (id: number): string => `CANCEL\t${id}\n`;

// A TAB or line feed in a value would be a field or a request of its own: what is not of this form is left out.
const address = (name: string, ip: string): string[] => (/^[0-9A-Fa-f:.]{2,45}$/.test(ip) ? [`${name}=${ip}`] : []);
const port = (name: string, number: number): string[] => (Number.isInteger(number) && number > 0 && number < 65_536 ? [`${name}=${number}`] : []);

function word(mechanism: string): string {
  if (!/^[A-Z0-9_-]{1,20}$/.test(mechanism)) throw new Error(`not a mechanism: ${JSON.stringify(mechanism)}`);
  return mechanism;
}
