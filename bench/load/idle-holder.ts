// Opens many connections, says EHLO and then nothing: what a server pays for clients that only sit there.
import { assertLoopback, assertWithin, sourceAddress, type Target } from './bounds.ts';
import { openConversation, type Conversation } from './conversation.ts';

export interface IdleOptions {
  readonly target: Target;
  readonly connections: number;
  readonly networks: number;
}

/** Connections held until `release`. */
export interface Held {
  readonly held: number;
  readonly refused: number;
  /** How many are still open. */
  stillOpen(): number;
  release(): void;
}

const AT_ONCE = 100; // opening faster would measure the accept queue, not the holding

/** Holds `connections` greeted sessions. */
export async function holdIdle(options: IdleOptions): Promise<Held> {
  assertLoopback(options.target);
  assertWithin({ openAtOnce: options.connections, networks: options.networks });
  const sessions: Conversation[] = [];
  let begun = 0;
  let refused = 0;
  const opener = async (): Promise<void> => {
    while (begun < options.connections) {
      const session = openConversation({ target: options.target, from: sourceAddress(begun++, options.networks) });
      const isGreeted = (await session.reply()) === 220 && (await session.say('EHLO idle.example')) === 250;
      if (isGreeted) sessions.push(session);
      else refused++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, opener));
  return {
    held: sessions.length,
    refused,
    stillOpen: () => sessions.filter(({ socket }) => !socket.destroyed && socket.readable).length,
    release: () => sessions.forEach(({ socket }) => socket.destroy()),
  };
}
