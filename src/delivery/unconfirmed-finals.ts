// Answers that must not be lost between two tries of one client, so that a retry does not deliver twice (engineering 4.2, 4.3):
// finals whose receipt is not proven, and the recipients of a mixed LMTP answer who have the message already.
import { createHash } from 'node:crypto';
import type { DeliveryOutcome, DeliveryRequest } from '../model/delivery.ts';
import { addressOf, type Mailbox, type Sender } from '../model/mailbox.ts';
import type { Reply } from '../model/reply.ts';
import { LruMap } from '../lib/lru-map.ts';
import { openFinalsLog } from './finals-log.ts';

/** What one door tells the others and the log. `answer`: the final for a whole message. `recipient`: one recipient has the message. */
interface AnswerEntry {
  readonly kind: 'answer' | 'recipient';
  readonly key: string;
  /** Null: forgotten again. */
  readonly reply: Reply | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Told to the others only: after a crash nothing is under way. */
interface UnderWayEntry {
  readonly kind: 'under-way';
  readonly key: string;
  readonly ended: boolean;
}

export type FinalEntry = AnswerEntry | UnderWayEntry;

/** The next hop's answer to each recipient. */
type PerRecipient = Extract<DeliveryOutcome, { kind: 'mixed' }>['perRecipient'];

export interface UnconfirmedFinalsOptions {
  /** `finals` in the state directory; made when missing. */
  readonly dir: string;
  /** Of the door: names its file. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of any origin, which nobody sets: what was answered must not be forgotten because somebody sets the clock back. */
  steady(): number;
  /** Called with each new entry of this door, to be given to the others' `learn`. */
  onRemember?(entry: FinalEntry): void;
  /** Entries at most; default 100,000. */
  readonly capacity?: number;
  /** Default five days: as long as Postfix tries again. */
  readonly ttlMs?: number;
}

export interface UnconfirmedFinals {
  /** How many are remembered. */
  readonly size: number;
  find(key: string): Reply | null;
  /** Known to `find` at once; on the disk soon, without waiting for it. */
  remember(key: string, answer: Reply): void;
  /** Its client has heard it: forgotten here, by the others, and on the disk. */
  forget(key: string): void;
  /** Its client has gone while the next hop has the message; known to every door until `endUnderWay`. */
  leaveUnderWay(key: string): void;
  endUnderWay(key: string): void;
  isUnderWay(key: string): boolean;
  /** The client may not have heard which of its recipients were served: those are not served this message again. */
  rememberServed(message: { readonly from: Sender; readonly sha256: string }, perRecipient: PerRecipient): void;
  /** The message for those alone who have not got it; the same where nobody has. */
  forUnserved(request: DeliveryRequest): DeliveryRequest;
  /** All its recipients have it now: what is sent to them again is meant anew. */
  forgetServed(request: DeliveryRequest): void;
  /** Takes over what another door has remembered. */
  learn(entry: FinalEntry): void;
  /**
   * Delivers by `deliver`, but not again to recipients who have this very message from an earlier mixed answer: they are answered as
   * then. After a new mixed answer those who have the message are remembered, on the disk before this resolves, because the client
   * hears 451 and comes again, unless it hears of each recipient. Those refused are not this file's business: the recipient facts refuse them at RCPT.
   */
  deliver(request: DeliveryRequest, deliver: (request: DeliveryRequest) => Promise<DeliveryOutcome>): Promise<DeliveryOutcome>;
  /** Waits for the disk. */
  close(): Promise<void>;
}

const fiveDaysMs = 5 * 86_400_000;
const usualCapacity = 100_000;
/** Longer than any next hop is waited for; ends what a door left that died. */
const underWayMs = 30 * 60_000;
/** Beyond it the one left longest ago goes: its retry may then be a second copy, as without this. */
const underWayCapacity = 10_000;

/** Opens the store with what all doors had written before. Rejects when the directory cannot be used. */
export async function createUnconfirmedFinals(options: UnconfirmedFinalsOptions): Promise<UnconfirmedFinals> {
  const { dir, name, now, steady, onRemember, capacity = usualCapacity, ttlMs = fiveDaysMs } = options;
  const held = new LruMap<string, Reply>({ capacity, now: steady });
  const underWay = new LruMap<string, true>({ capacity: Math.min(capacity, underWayCapacity), now: steady });
  const isAlive = (raw: unknown): raw is AnswerEntry => isEntry(raw) && now() - raw.at < ttlMs;
  const learn = (entry: FinalEntry): void => {
    if (entry.kind === 'under-way') return void (entry.ended ? underWay.delete(entry.key) : underWay.set(entry.key, true, underWayMs));
    const { kind, key, reply, at } = entry;
    if (reply === null) held.delete(`${kind} ${key}`);
    else held.set(`${kind} ${key}`, reply, ttlMs - (now() - at));
  };
  const tell = (entry: FinalEntry): void => {
    learn(entry);
    onRemember?.(entry);
  };

  const { records, log } = await openFinalsLog<AnswerEntry>({ dir, name, isAlive, capacity, keyOf: ({ kind, key }) => `${kind} ${key}` });
  for (const entry of records.toSorted((a, b) => a.at - b.at)) learn(entry);

  const note = (kind: AnswerEntry['kind'], key: string, reply: Reply | null): Promise<boolean> => {
    const entry: AnswerEntry = { kind, key, reply, at: now() };
    tell(entry);
    return log.append(entry);
  };

  const noteServed = (from: Sender, sha256: string, perRecipient: PerRecipient): Promise<unknown> =>
    Promise.all(perRecipient.flatMap(({ to, hubReply }) => (hubReply.code < 300 ? [note('recipient', recipientKey(from, sha256, to), hubReply)] : [])));

  const had = ({ from, content: { sha256 } }: DeliveryRequest, to: Mailbox): Reply | undefined =>
    held.size === 0 ? undefined : held.get(`recipient ${recipientKey(from, sha256, to)}`);

  return {
    get size() {
      return held.size + underWay.size;
    },
    find: (key) => held.get(`answer ${key}`) ?? null,
    remember: (key, answer) => void note('answer', key, answer),
    forget: (key) => void note('answer', key, null),
    leaveUnderWay: (key) => tell({ kind: 'under-way', key, ended: false }),
    endUnderWay: (key) => tell({ kind: 'under-way', key, ended: true }),
    isUnderWay: (key) => underWay.get(key) !== undefined,
    learn,
    rememberServed: ({ from, sha256 }, perRecipient) => void noteServed(from, sha256, perRecipient),
    forgetServed(request) {
      for (const to of request.recipients)
        if (had(request, to) !== undefined) void note('recipient', recipientKey(request.from, request.content.sha256, to), null);
    },
    forUnserved(request) {
      const rest = request.recipients.filter((to) => had(request, to) === undefined);
      return rest.length === request.recipients.length ? request : { ...request, recipients: rest };
    },
    async deliver(request, deliver) {
      const before = held.size === 0 ? [] : request.recipients.flatMap((to) => had(request, to) ?? []);
      const outcome = before.length === 0 ? await deliver(request) : await deliverRest(request, (to) => had(request, to), deliver);
      // A client that is told of each recipient does not come again for those who were served.
      if (outcome.kind === 'mixed' && outcome.at === 'dot' && !request.perRecipientAnswers && !request.mayBeMeantAnew)
        await noteServed(request.from, request.content.sha256, outcome.perRecipient);
      return outcome;
    },
    close: () => log.close(),
  };
}

/** Only to those who have not got it; their answer and the earlier ones together are the outcome. */
async function deliverRest(
  request: DeliveryRequest,
  had: (to: Mailbox) => Reply | undefined,
  deliver: (request: DeliveryRequest) => Promise<DeliveryOutcome>,
): Promise<DeliveryOutcome> {
  const earlier = request.recipients.flatMap((to) => {
    const hubReply = had(to);
    return hubReply === undefined ? [] : [{ to, hubReply }];
  });
  const rest = request.recipients.filter((to) => had(to) === undefined);
  const [first] = earlier;
  if (first !== undefined && rest.length === 0) return { kind: 'delivered', hubReply: first.hubReply, queueId: null };
  const outcome = await deliver({ ...request, recipients: rest });
  switch (outcome.kind) {
    case 'delivered':
    case 'unavailable':
    case 'ambiguous':
      return outcome;
    case 'refused': // 5xx for all would have the sender told that nobody has it
      return { kind: 'mixed', at: 'dot', perRecipient: [...earlier, ...rest.map((to) => ({ to, hubReply: outcome.hubReply }))] };
    case 'mixed':
      return outcome.at === 'rcpt' ? outcome : { ...outcome, perRecipient: [...earlier, ...outcome.perRecipient] };
    default:
      return outcome satisfies never;
  }
}

/** The same content from the same sender to the same recipient; hashed, so that the file holds no addresses. */
function recipientKey(from: Sender, sha256: string, to: Mailbox): string {
  return createHash('sha256')
    .update(`${addressOf(from)}\n${addressOf(to)}\n${sha256}`)
    .digest('base64url');
}

function isEntry(raw: unknown): raw is AnswerEntry {
  if (typeof raw !== 'object' || raw === null || !('kind' in raw && 'key' in raw && 'reply' in raw && 'at' in raw)) return false;
  const { kind, key, reply, at } = raw;
  return (kind === 'answer' || kind === 'recipient') && typeof key === 'string' && typeof at === 'number' && (reply === null || isReply(reply));
}

const isReply = (raw: unknown): boolean =>
  typeof raw === 'object' && raw !== null && 'code' in raw && typeof raw.code === 'number' && 'enhanced' in raw && 'lines' in raw && Array.isArray(raw.lines);
