// What a token is worth, and using it up: by mail at a door, by the page at the keeper. Each holds for one message and one recipient; the one
// for a letter as a whole needs the numbers of its lines. Whoever has no signature of ours learns nothing, not even which letters there are.
import type { ReleaseAsked, ReleaseAsking, ReleaseDesk, ReleaseOrder, TokenWorth } from '../../model/release.ts';
import type { Mailbox } from '../../model/mailbox.ts';
import type { LetterBook, OfferedLine, ReleaseLetter } from './letter-book.ts';
import { isSigned, parseToken } from './token.ts';

export interface ReleaseDeskParts {
  readonly key: Buffer;
  readonly book: Pick<LetterBook, 'find' | 'isUsed' | 'publish'>;
  /** The address before the token is put into it, like `release@mx.example.org`. */
  readonly address: string;
  /** Whether the message is held now. */
  isHeld(id: string): Promise<boolean>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A token whose signature holds, and what it is worth now. */
export interface HeldToken {
  readonly worth: Exclude<TokenWorth, 'forged'>;
  readonly letter: ReleaseLetter;
  /** 0: the letter as a whole. */
  readonly line: number;
}

/** The desk, with what the page wants to know beside it. */
export interface FullReleaseDesk extends ReleaseDesk {
  /** Null where it carries no signature of ours. */
  look(token: string): Promise<HeldToken | null>;
}

/** `release@mx.example.org` with the token in it. */
export const releaseAddress = (address: string, token: string): string => address.replace('@', `+${token}@`);

export function createReleaseDesk(parts: ReleaseDeskParts): FullReleaseDesk {
  const pattern = addressPattern(parts.address);
  const look = (token: string): Promise<HeldToken | null> => lookAt(parts, token);
  return {
    look,
    tokenIn: (to) => pattern(to),
    worth: async (token) => (await look(token))?.worth ?? 'forged',
    order: async (token, asking) => {
      const held = await look(token);
      if (held === null) return { kind: 'refused', why: 'forged' };
      if (held.worth !== 'valid') return { kind: 'refused', why: held.worth };
      return held.line === 0 ? orderLines(parts, held.letter, asking) : orderOne(parts, held, asking);
    },
  };
}

/** The address with a plus sign and what could be a token: anything shorter is somebody's own subaddress. */
function addressPattern(address: string): (to: Mailbox) => string | null {
  const [localPart = '', domain = ''] = address.toLowerCase().split('@');
  const start = `${localPart}+`;
  return (to) => {
    if (to.domain !== domain) return null;
    const local = to.localPart.toLowerCase();
    const token = local.startsWith(start) ? local.slice(start.length) : '';
    return parseToken(token) === null ? null : token;
  };
}

/** Nothing is ordered so shortly before a message expires, in ms: the keeper could have looked at the orders already. */
const lastOrderMs = 60_000;
const isKept = ({ keptUntil }: OfferedLine, now: number): boolean => keptUntil === undefined || keptUntil - lastOrderMs > now;

async function lookAt({ key, book, isHeld, now }: ReleaseDeskParts, token: string): Promise<HeldToken | null> {
  const parts = parseToken(token);
  const letter = parts === null ? null : await book.find(parts.letter);
  if (parts === null || letter === null) return null;
  const { line, signature } = parts;
  const offer: OfferedLine | undefined = line === 0 ? { id: '', offered: true } : letter.lines[line - 1];
  const { name, recipient, expiresAt } = letter;
  if (offer === undefined || !isSigned(key, signature, { letter: name, line, id: offer.id, recipient, expiresAt })) return null;
  const worth = async (): Promise<HeldToken['worth']> => {
    if (line > 0 && (await book.isUsed(name, line))) return 'used';
    if (expiresAt <= now()) return 'expired';
    if (!offer.offered) return 'not-offered';
    return line === 0 || (isKept(offer, now()) && (await isHeld(offer.id))) ? 'valid' : 'gone';
  };
  return { worth: await worth(), letter, line };
}

async function orderOne({ book, now }: ReleaseDeskParts, { letter, line }: HeldToken, asking: ReleaseAsking): Promise<ReleaseAsked> {
  const order = orderFor(letter, line, asking, now());
  // Two at once: one of them links the name, the other is told.
  return (await book.publish(order)) ? { kind: 'ordered', orders: [order] } : { kind: 'refused', why: 'used' };
}

/** All lines that were named; those that cannot be released are left out. Refused only where nothing was left to do. */
async function orderLines(parts: ReleaseDeskParts, letter: ReleaseLetter, asking: ReleaseAsking): Promise<ReleaseAsked> {
  const named = asking.lines ?? (letter.lines.length === 1 ? [1] : []);
  const orders: ReleaseOrder[] = [];
  let why: Exclude<TokenWorth, 'valid' | 'forged'> | 'which' = 'which';
  for (const line of new Set(named)) {
    const worth = await worthOfLine(parts, letter, line);
    if (worth === null) continue;
    if (worth === 'valid') {
      const asked = await orderOne(parts, { worth, letter, line }, asking);
      if (asked.kind === 'ordered') orders.push(...asked.orders);
    }
    why = worth === 'valid' ? 'used' : worth;
  }
  return orders.length > 0 ? { kind: 'ordered', orders } : { kind: 'refused', why };
}

/** Null where the letter has no such line. Its signature is that of the letter. */
async function worthOfLine({ book, isHeld, now }: ReleaseDeskParts, { name, lines }: ReleaseLetter, line: number) {
  const offer = lines[line - 1];
  if (offer === undefined) return null;
  if (await book.isUsed(name, line)) return 'used' as const;
  if (!offer.offered) return 'not-offered' as const;
  return isKept(offer, now()) && (await isHeld(offer.id)) ? ('valid' as const) : ('gone' as const);
}

const orderFor = ({ name, recipient, lines }: ReleaseLetter, line: number, { way, asker }: ReleaseAsking, at: number): ReleaseOrder => ({
  format: 1,
  letter: name,
  line,
  id: lines[line - 1]?.id ?? '',
  recipient,
  way,
  at,
  asker,
});
