// Session ids and references: Crockford base32 with the time in front, so that `explain` knows where in the journal to look.
// A session id is 13 characters: 9 of milliseconds since the epoch, 1 of door number, 3 of counter. A reference is the
// session id, a hyphen and a number within the session.

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const timeDigits = 9;
const counterDigits = 3;
/** Ids one door can make in one millisecond before it borrows from the next. */
const idsPerMs = 32 ** counterDigits;
/** Doors that can be told apart in an id. */
export const maxDoors = 32;

function toBase32(value: number, digits: number): string {
  let text = '';
  let rest = value;
  for (let i = 0; i < digits; i++) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * Makes session ids that never repeat while the process lives: when the clock steps back, or more than 32,768 are asked for
 * in one millisecond, the time in the id runs on from the last one given. `now` is in milliseconds since the epoch.
 */
export function newSessionIds(options: { readonly doorNumber: number; now(): number }): () => string {
  const { doorNumber, now } = options;
  if (!Number.isInteger(doorNumber) || doorNumber < 0 || doorNumber >= maxDoors)
    throw new RangeError(`door number ${doorNumber} is not within 0..${maxDoors - 1}`);
  const door = alphabet.charAt(doorNumber);
  let ms = 0;
  let counter = 0;
  let prefix = '';
  return () => {
    const time = now();
    counter++;
    if (time > ms || counter === idsPerMs) {
      ms = Math.max(time, ms + 1);
      counter = 0;
      prefix = toBase32(ms, timeDigits) + door;
    }
    return prefix + toBase32(counter, counterDigits);
  };
}

/** The `number`th reference of a session, e.g. `1M7YNPXHV0000-1`. */
export function referenceOf(session: string, number: number): string {
  let digits = 1;
  while (32 ** digits <= number) digits++;
  return `${session}-${toBase32(number, digits)}`;
}

const pattern = /^([0-9A-HJKMNP-TV-Z]{13})(?:-([0-9A-HJKMNP-TV-Z]{1,8}))?$/;

/** What a person typed, as we write it: upper case, and the letters Crockford lets stand for digits (I, L, O). Null when it is no reference. */
export function parseReference(raw: string): { readonly session: string; readonly reference: string | null } | null {
  const text = raw.trim().toUpperCase().replace(/[IL]/g, '1').replace(/O/g, '0');
  const match = pattern.exec(text);
  return match ? { session: match[1] ?? '', reference: match[2] === undefined ? null : text } : null;
}

/** Ids of sessions that begin at a moment (ms since the epoch) or later sort behind this text, all others before it. */
export const sessionIdsFrom = (ms: number): string => toBase32(ms, timeDigits);

/** When the session of a reference or session id began, in milliseconds since the epoch; null when it is neither. */
export function timeOfReference(ref: string): number | null {
  const parsed = parseReference(ref);
  if (!parsed) return null;
  let ms = 0;
  for (const digit of parsed.session.slice(0, timeDigits)) ms = ms * 32 + alphabet.indexOf(digit);
  return ms;
}
