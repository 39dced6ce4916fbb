// What a release link shows, and what its button does: the page's side of the desk, without a word of HTML.
import type { Recorder } from '../../model/events.ts';
import type { HeldRecord } from '../../model/quarantine.ts';
import type { DigestLanguage, ReleaseOrder, TokenWorth } from '../../model/release.ts';
import type { FullReleaseDesk, HeldToken } from './release-desk.ts';
import type { OrderFate } from './order-queue.ts';
import { safeText, senderText } from './safe-text.ts';
import { digestWords } from './languages/catalogue.ts';
import { reasonKind, type ReasonKind } from './words.ts';

/** A held message as its recipient sees it before he decides; texts are safe, times in milliseconds since the epoch. No word of its body. */
export interface OfferedMessage {
  readonly recipient: string;
  readonly from: string;
  readonly subject: string;
  readonly arrivedAt: number;
  readonly keptUntil: number;
  readonly reason: ReasonKind;
}

/** What is to be told; `ordered`: it will be delivered when the next hop takes it; `rejected`: the next hop refuses it for good. */
export type ReleaseView = { readonly language: DigestLanguage; readonly postmaster: string } & (
  | { readonly state: 'offered'; readonly message: OfferedMessage }
  | { readonly state: Exclude<TokenWorth, 'valid'> | 'released' | 'ordered' | 'rejected' }
);

/** The release page as the web door knows it. */
export interface ReleaseDoor {
  /** Null: recipients cannot release here. */
  look(token: string): Promise<ReleaseView | null>;
  /** Uses the token up. `asker` is the address of who asks. */
  release(token: string, asker: string): Promise<ReleaseView | null>;
  /** What is said to who has asked too often, in the language of the house. */
  readonly language: DigestLanguage;
}

export interface ReleaseViewParts {
  readonly desk: Pick<FullReleaseDesk, 'look' | 'order'>;
  find(id: string): Promise<HeldRecord | null>;
  /** The From field of a message as it stands; null where it cannot be read. */
  authorOf(id: string): Promise<string | null>;
  print(address: string): string;
  /** Carries an order out; resolves when it was tried. */
  take(order: ReleaseOrder): Promise<OrderFate>;
  readonly language: DigestLanguage;
  readonly postmaster: string;
  readonly record: Recorder;
  /** Resolves after so many ms. */
  wait(ms: number): Promise<void>;
}

/** Longer nobody is kept waiting: the order stands on the disk. */
const patienceMs = 10_000;
const subjectLength = 150;

export function createReleaseDoor(parts: ReleaseViewParts): ReleaseDoor {
  const { desk, postmaster, language, record } = parts;
  const look = async (token: string): Promise<{ readonly view: ReleaseView; readonly held: HeldToken | null }> => {
    const held = await desk.look(token);
    // The token of a whole letter is for answers by mail.
    if (held === null || held.line === 0) return { view: { state: 'forged', language, postmaster }, held: null };
    const said = { language: held.letter.language, postmaster };
    if (held.worth !== 'valid') return { view: { ...said, state: held.worth }, held };
    const message = await offered(parts, held);
    if (message?.reason === 'virus') return { view: { ...said, state: 'not-offered' }, held };
    return { view: message === null ? { ...said, state: 'gone' } : { ...said, state: 'offered', message }, held };
  };
  const refuse = (view: ReleaseView, asker: string): ReleaseView => {
    record({ type: 'release-refused', way: 'link', why: view.state, asker });
    return view;
  };
  return {
    language,
    look: async (token) => (await look(token)).view,
    release: async (token, asker) => {
      const { view } = await look(token);
      if (view.state !== 'offered') return refuse(view, asker);
      const said = { language: view.language, postmaster };
      const asked = await desk.order(token, { way: 'link', asker, lines: null });
      if (asked.kind === 'refused') return refuse({ ...said, state: asked.why === 'which' ? 'forged' : asked.why }, asker);
      const fates = Promise.all(asked.orders.map((order) => parts.take(order)));
      const [fate = 'waits'] = await Promise.race([fates, parts.wait(patienceMs).then(() => ['waits'] as const)]);
      return { ...said, state: fate === 'waits' ? 'ordered' : fate };
    },
  };
}

/** Null where the message or its recipient is gone. */
async function offered({ find, authorOf, print }: ReleaseViewParts, { letter, line }: HeldToken): Promise<OfferedMessage | null> {
  const held = await find(letter.lines[line - 1]?.id ?? '');
  const recipient = held?.to.find((address) => print(address) === letter.recipient);
  if (held !== null && held.unreadable !== null) throw new Error(`${held.id} cannot be opened: ${held.unreadable}`);
  if (held === null || held.state !== 'held' || recipient === undefined) return null;
  return {
    recipient,
    from: senderText(await authorOf(held.id), held.from, digestWords[letter.language].noSender),
    subject: safeText(held.subject ?? '', subjectLength),
    arrivedAt: held.queuedAt,
    keptUntil: held.expiresAt,
    reason: reasonKind(held),
  };
}
