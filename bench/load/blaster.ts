// Messages as fast as the server takes them, over a number of sessions, a connection each or kept. Used where smtp-source does not serve.
// `node bench/load/blaster.ts '{...}'`.
import { assertLoopback, assertWithin, sourceAddress, type Target } from './bounds.ts';
import { openConversation, sendMessage, type Conversation } from './conversation.ts';
import { honestMail, type HonestMessage } from './honest-mail.ts';
import { runAsProgram } from './program.ts';

export interface BlasterOptions {
  readonly target: Target;
  readonly messages: number;
  readonly sessions: number;
  readonly bytes: number;
  /** Messages a connection carries before it is closed; 1: a connection each. */
  readonly perConnection: number;
  readonly networks: number;
  /** One and the same message to fifty users again and again: a bomb. Otherwise no two messages are alike. */
  readonly same?: boolean;
}

export interface BlasterResult {
  readonly seconds: number;
  readonly delivered: number;
  readonly lost: number;
}

/** A bomb of one message. */
function bombOf(bytes: number): () => HonestMessage {
  const message = honestMail(bytes)();
  let sent = 0;
  return () => ({ ...message, to: `user${sent++ % 50}@bench.example` });
}

async function greet(options: BlasterOptions, index: number): Promise<Conversation | null> {
  const session = openConversation({ target: options.target, from: sourceAddress(index, options.networks) });
  return (await session.reply()) === 220 && (await session.say('EHLO load.example')) === 250 ? session : null;
}

/** Sends all messages and counts what was answered 250. */
export async function blast(options: BlasterOptions): Promise<BlasterResult> {
  assertLoopback(options.target);
  assertWithin({ connections: options.messages, openAtOnce: options.sessions, messageBytes: options.bytes, networks: options.networks });
  const next = (options.same === true ? bombOf : honestMail)(options.bytes);
  let connections = 0;
  let begun = 0;
  let delivered = 0;
  const oneConnection = async (): Promise<void> => {
    const session = await greet(options, connections++);
    if (session === null) {
      begun++; // this client's message is lost; counting it keeps the loop finite
      return;
    }
    for (let i = 0; i < options.perConnection && begun < options.messages; i++) {
      begun++;
      if (!(await sendMessage(session, next()))) break;
      delivered++;
    }
    await session.say('QUIT');
    session.socket.destroy();
  };
  const client = async (): Promise<void> => {
    while (begun < options.messages) await oneConnection();
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: options.sessions }, client));
  return { seconds: (performance.now() - started) / 1000, delivered, lost: options.messages - delivered };
}

await runAsProgram(import.meta.url, (options: BlasterOptions) => blast(options));
