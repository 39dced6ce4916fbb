// A socket whose client waits for its banner. It is read just so far that its going is noticed: a client that says nothing, as it should, is
// seen to go at once; one that talks is read no further, and what it said goes to its session.
import type { Socket } from 'node:net';

/** What a client may say before its banner: a TLS handshake where that comes first fits well. Beyond it the client is no mail server. */
const MOST_EARLY_BYTES = 4096;

export interface InLineHooks {
  /** The client has gone. */
  gone(): void;
  /** It says far more than anyone may before a banner. */
  talksTooMuch(): void;
}

/** Watches the socket; the function given ends that, leaves the socket paused, and gives what was said. */
export function watchInLine(socket: Socket, { gone, talksTooMuch }: InLineHooks): () => Buffer | null {
  let said: Buffer | null = null;
  const onData = (chunk: Buffer): void => {
    socket.pause();
    said = chunk;
    if (chunk.length > MOST_EARLY_BYTES) talksTooMuch();
  };
  // Half closed without a word: nobody asks for a banner any more.
  socket.on('data', onData).on('end', gone).on('close', gone).resume();
  return () => {
    socket.pause();
    socket.off('data', onData).off('end', gone).off('close', gone);
    return said;
  };
}
