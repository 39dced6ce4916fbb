// A file of keys: a line a key, `name: 32 octets in base64`; empty lines and lines with # are comments. The first key writes, all of them
// read, so that a new one is put in front and an old one stays for as long as something is sealed with it.
import type { SealingKey } from './sealed-stream.ts';

/** At least one key, names unique. Survives a structured clone. */
export type KeyRing = readonly [SealingKey, ...SealingKey[]];

/** `wrong` says what is the matter, line by line, and shows nothing of a key. */
export type ReadKeys = { readonly ring: KeyRing } | { readonly wrong: readonly string[] };

const secretOctets = 32;
const line = /^([a-z0-9][a-z0-9-]{0,47})\s*:\s*([A-Za-z0-9+/_-]{43}=?)$/;

/** Reads the file's text. */
export function readKeys(text: string): ReadKeys {
  const keys: SealingKey[] = [];
  const wrong: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const written = raw.trim();
    if (written === '' || written.startsWith('#')) continue;
    const [, id, encoded] = line.exec(written) ?? [];
    const secret = new Uint8Array(Buffer.from(encoded ?? '', 'base64')); // memory of its own: a piece of the pool would take the rest along into every thread
    if (id === undefined || secret.length !== secretOctets) wrong.push(`line ${index + 1} is no key`);
    else if (keys.some((key) => key.id === id)) wrong.push(`line ${index + 1} has the name of a key before it`);
    else keys.push({ id, secret });
  }
  if (wrong.length > 0) return { wrong };
  const [first, ...others] = keys;
  return first === undefined ? { wrong: ['holds no key'] } : { ring: [first, ...others] };
}

const newFile = `# Keys of held mail. The first writes, all of them read. Whoever has this file can read the mail, and without it nobody can:
# keep a copy away from the machine. floodgate quarantine key new puts a new key in front.
`;

/** The text of the file with a key in front of those that are there. */
export function withKey(text: string, { id, secret }: SealingKey): string {
  const added = `${id}: ${Buffer.from(secret).toString('base64')}\n`;
  if (text.trim() === '') return `${newFile}${added}`;
  const lines = text.split('\n');
  const first = lines.findIndex((each) => each.trim() !== '' && !each.trim().startsWith('#'));
  const at = first < 0 ? lines.length : first;
  const before = lines.slice(0, at).join('\n').trimEnd();
  return `${before}${before === '' ? '' : '\n'}${added}${lines.slice(at).join('\n')}`;
}
