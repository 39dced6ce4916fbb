// Events of the running gateway as they happen: server-sent events over control.sock.
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { socketPath } from '../lib/socket-path.ts';
import type { Event } from '../model/events.ts';
import { CliError } from './command-line.ts';
import { callDaemon, controlSocket } from './daemon.ts';

export type LiveNews =
  /** From now on nothing passes unseen. */
  | { readonly kind: 'listening' }
  | { readonly kind: 'event'; readonly event: Event }
  /** So many events did not reach us: we were too slow. */
  | { readonly kind: 'missed'; readonly missed: number };

export interface WatchOptions {
  /** Every event, not only decisions. */
  readonly all: boolean;
  /** Ends the watching. */
  readonly signal: AbortSignal;
}

/** Watches until the signal or the end of the daemon. Throws one clear sentence when there is no daemon, or it lets nobody in. */
export async function* watchDaemon(stateDir: string, { all, signal }: WatchOptions): AsyncGenerator<LiveNews, void> {
  const answer = await opened(stateDir, all, signal);
  if (answer === null) return;
  // readline reads on while we are busy; the stream stops when its buffer is full, and the daemon counts what we miss.
  try {
    for await (const line of createInterface({ input: answer, crlfDelay: Infinity })) {
      const news = newsOf(line);
      if (news !== null) yield news;
      if (signal.aborted) return;
    }
  } catch (error) {
    if (!signal.aborted && !isEnd(error)) throw error;
  } finally {
    answer.destroy();
  }
}

async function opened(stateDir: string, all: boolean, signal: AbortSignal): Promise<IncomingMessage | null> {
  const path = `/api/v1/events/live${all ? '?all=1' : ''}`;
  // Asked first by the ordinary way, for its sentences when there is no daemon.
  await callDaemon(stateDir, 'GET', '/healthz');
  const socket = socketPath(join(stateDir, controlSocket));
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = request({ socketPath: socket.path, agent: false, path, headers: { host: 'floodgate', accept: 'text/event-stream' }, signal }, resolve);
      outgoing.on('error', reject);
      outgoing.end();
    });
    // An error after the end of our interest has nobody to hear it.
    answer.on('error', () => undefined);
    if (answer.statusCode === 200) return answer;
    answer.destroy();
    throw new CliError(answer.statusCode === 503 ? 'as many watch the gateway already as may' : `the gateway answered ${answer.statusCode}`);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    socket.release();
  }
}

/** A line of the stream; null where it says nothing new. The names of our two kinds of data tell them apart. */
function newsOf(line: string): LiveNews | null {
  if (line.startsWith(': floodgate')) return { kind: 'listening' };
  if (!line.startsWith('data: ')) return null;
  const told = JSON.parse(line.slice('data: '.length)) as Event | { readonly missed: number }; // our own daemon writes it: web/live-stream.ts
  return 'missed' in told ? { kind: 'missed', missed: told.missed } : { kind: 'event', event: told };
}

/** The daemon went away. */
const isEnd = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'ABORT_ERR');
