// Asks the hub whether it knows recipients: MAIL, RCPT, RSET, without ever sending a message. Several questions go together.
import type { ProbeOutcome } from '../../model/delivery.ts';
import type { Mailbox } from '../../model/mailbox.ts';
import { oneLine, reply, type Reply } from '../../model/reply.ts';
import { isLost, type HubClient, type Lost } from './client.ts';
import { isSafePath, rcptCommand } from './envelope.ts';
import type { LeaseFailure, LeaseRequest, ReleaseState } from './pool.ts';

export interface ProbeOptions {
  /** Envelope sender of probes; '' for the null sender. */
  readonly sender: string;
  /** For one question, waiting for a connection included. */
  readonly deadlineMs: number;
  /** Workers at most; the pool bounds them as well. */
  readonly workers: number;
  lease(request: LeaseRequest<HubClient>): HubClient | LeaseFailure | Promise<HubClient | LeaseFailure>;
  release(client: HubClient, state: ReleaseState): void;
}

/** Questions in one burst. */
const batchSize = 8;
/** Waiting questions at most; above it the client hears 450 at once. */
const queueLimit = 10_000;

interface Question {
  readonly to: Mailbox;
  readonly smtputf8: boolean;
  readonly answer: (outcome: ProbeOutcome) => void;
  readonly timer: NodeJS.Timeout;
}

export class HubProbes {
  readonly #options: ProbeOptions;
  /** In the order of asking; a question leaves when a worker takes it or its time is over. */
  readonly #queue = new Set<Question>();
  #working = 0;

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  ask(to: Mailbox, smtputf8: boolean): Promise<ProbeOutcome> {
    if (!isSafePath(to.text, smtputf8)) return Promise.resolve({ kind: 'refused', hubReply: reply(553, '5.1.3', 'Recipient address cannot be sent on') });
    // It comes from the configuration, where a line break in it would be a second command.
    if (this.#options.sender !== '' && !isSafePath(this.#options.sender, false))
      return Promise.resolve(unreachable('the configured sender of probes is no address'));
    if (this.#queue.size >= queueLimit) return Promise.resolve(unreachable('too many wait for a recipient probe'));
    return new Promise((resolve) => {
      const { deadlineMs } = this.#options;
      const timer = setTimeout(() => {
        this.#queue.delete(question);
        resolve(unreachable(`no answer to the recipient probe within ${deadlineMs / 1000} s`));
      }, deadlineMs);
      const answer = (outcome: ProbeOutcome): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      const question: Question = { to, smtputf8, answer, timer };
      this.#queue.add(question);
      if (this.#working < this.#options.workers) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#working += 1;
    while (this.#queue.size > 0) {
      const client = await this.#lease(false);
      const batch = this.#take('failed' in client ? batchSize : Math.min(batchSize, client.refusalsLeft));
      if (batch.length === 0) {
        if (!('failed' in client)) this.#options.release(client, 'keep');
      } else await this.#serve(batch, client);
    }
    this.#working -= 1;
  }

  /** The first questions of the queue that can share a MAIL. */
  #take(most: number): Question[] {
    const batch: Question[] = [];
    for (const question of this.#queue) {
      if (batch.length > 0 && question.smtputf8 !== batch[0]?.smtputf8) break;
      this.#queue.delete(question);
      if (batch.push(question) >= most) break;
    }
    return batch;
  }

  async #serve(batch: readonly Question[], first: HubClient | LeaseFailure): Promise<void> {
    const unanswered = await this.#ask(batch, first);
    if (unanswered.length === 0) return;
    // A pooled connection that was stale says nothing about the recipients: once more on a fresh one.
    const left = await this.#ask(unanswered, await this.#lease(true));
    for (const { answer } of left) answer(unreachable('the next hop broke off the recipient probe'));
  }

  /** Asks on this connection and gives it back; the questions that another connection might answer. */
  async #ask(batch: readonly Question[], client: HubClient | LeaseFailure): Promise<readonly Question[]> {
    if ('failed' in client) {
      for (const { answer } of batch) answer(unreachable(client.failed));
      return [];
    }
    const reused = client.transactions > 1;
    let state: ReleaseState = 'destroy';
    let unanswered: readonly Question[] = [];
    try {
      ({ state, unanswered } = await probeBatch(client, batch, this.#options));
    } finally {
      this.#options.release(client, state);
    }
    if (reused) return unanswered;
    for (const { answer } of unanswered) answer(unreachable('the next hop broke off the recipient probe'));
    return [];
  }

  #lease(fresh: boolean): HubClient | LeaseFailure | Promise<HubClient | LeaseFailure> {
    // On a connection that impersonates a client the probe would be judged as if it came from there.
    const accepts = (client: HubClient): boolean => !client.impersonating;
    return this.#options.lease({ purpose: 'probe', waitMs: this.#options.deadlineMs, fresh, accepts });
  }
}

const unreachable = (why: string): ProbeOutcome => ({ kind: 'unreachable', why });

/** One MAIL, a RCPT for each, RSET. `unanswered`: those to whom the hub said nothing before it went away. */
async function probeBatch(
  client: HubClient,
  batch: readonly Question[],
  options: ProbeOptions,
): Promise<{ state: ReleaseState; unanswered: readonly Question[] }> {
  const { pipelining, smtputf8: spoken } = client.capabilities;
  const smtputf8 = batch[0]?.smtputf8 === true;
  if (smtputf8 && !spoken) {
    for (const { answer } of batch) answer({ kind: 'refused', hubReply: reply(553, '5.6.7', 'Addresses beyond ASCII are not taken here') }); // RFC 6531 3.5
    return { state: 'keep', unanswered: [] };
  }
  const mail = `MAIL FROM:<${options.sender}>${smtputf8 ? ' SMTPUTF8' : ''}`;
  const rcpts = batch.map(({ to }) => rcptCommand(to));
  if (pipelining) client.send(mail, ...rcpts, 'RSET');
  const say = (command: string): Promise<Reply | Lost> => {
    if (!pipelining) client.send(command);
    return client.read(options.deadlineMs);
  };

  const atMail = await say(mail);
  if (isGone(atMail)) return { state: 'destroy', unanswered: batch };
  const senderRefused = atMail.code === 250 ? null : `the next hop refuses the sender of probes: ${oneLine(atMail)}`;
  for (const [i, { answer }] of batch.entries()) {
    const atRcpt = await say(rcpts[i] ?? '');
    if (isGone(atRcpt)) return { state: 'destroy', unanswered: batch.slice(i) };
    answer(senderRefused === null ? outcomeOf(atRcpt) : unreachable(senderRefused));
  }
  const atReset = await say('RSET');
  return { state: !isLost(atReset) && atReset.code === 250 ? 'keep' : 'destroy', unanswered: [] };
}

const isGone = (answer: Reply | Lost): answer is Lost => isLost(answer) || answer.code === 421;

/** What a reply to RCPT says about the recipient. */
function outcomeOf(answer: Reply): ProbeOutcome {
  if (answer.code >= 200 && answer.code < 300) return { kind: 'accepted' };
  // RFC 5321 4.5.3.1.10: 552 at RCPT means too many recipients or a full mailbox, and is to be taken for 452.
  if (answer.code === 552) return { kind: 'deferred', hubReply: { ...answer, code: 452, enhanced: answer.enhanced?.replace(/^5/, '4') ?? null } };
  if (answer.code >= 400 && answer.code < 500) return { kind: 'deferred', hubReply: answer };
  // 500 to 504 speak of the command, not of the recipient. RFC 5321 4.2.2
  if (answer.code >= 500 && !(answer.code <= 504)) return { kind: 'refused', hubReply: answer };
  return unreachable(`the next hop answered RCPT with ${oneLine(answer)}`);
}
