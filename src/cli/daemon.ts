// How a command reaches the daemon: HTTP over control.sock in the state directory.
import { request } from 'node:http';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { socketPath } from '../lib/socket-path.ts';
import { CliError } from './command-line.ts';

export interface DaemonAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The body; null when it was empty. */
  readonly json: unknown;
}

/** The socket's name in the state directory. */
export const controlSocket = 'control.sock';
/** The daemon answers in milliseconds; one that takes so long is stuck. */
const patienceMs = 30_000;
const maxAnswerBytes = 64 * 1024 * 1024;

/** No daemon runs on this state directory, or it may not be asked. */
export class NoDaemon extends CliError {}

/** Asks the daemon. Rejects with one clear sentence when there is none, when it may not be asked, and when it does not answer. */
export function callDaemon(stateDir: string, method: string, path: string, body?: unknown): Promise<DaemonAnswer> {
  const sent = body === undefined ? null : JSON.stringify(body);
  const headers = {
    host: 'floodgate',
    'x-floodgate-user': userName(),
    ...(sent === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
  };
  return new Promise((resolve, reject) => {
    const socket = pathOrTrouble(stateDir);
    if (socket instanceof CliError) return reject(socket);
    const outgoing = request({ socketPath: socket.path, agent: false, method, path, headers, signal: AbortSignal.timeout(patienceMs) }, (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxAnswerBytes) incoming.destroy(new CliError('the daemon answered more than 64 MiB'));
        else chunks.push(chunk);
      });
      incoming.on('error', (error) => reject(troubleOf(error, stateDir)));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, json: jsonOf(Buffer.concat(chunks).toString()) }));
    });
    outgoing.on('error', (error) => reject(troubleOf(error, stateDir)));
    outgoing.on('close', socket.release);
    outgoing.end(sent);
  });
}

/** What the daemon answers where it does what was asked; rejects with its own sentence where it does not. */
export async function askDaemon(stateDir: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const { status, json } = await callDaemon(stateDir, method, path, body);
  if (status >= 200 && status < 300) return json;
  throw new CliError(typeof json === 'object' && json !== null && 'error' in json ? String(json.error) : `the gateway answered ${status}`);
}

/** Who asks, for the record. The socket is the daemon's user's own, so the name is believed. */
function userName(): string {
  try {
    return userInfo().username.replace(/[^!-~]/g, '?'); // a header takes no more
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`; // a user without an entry in passwd
  }
}

function pathOrTrouble(stateDir: string): ReturnType<typeof socketPath> | CliError {
  try {
    return socketPath(join(stateDir, controlSocket));
  } catch (error) {
    return troubleOf(error instanceof Error ? error : new Error(String(error)), stateDir);
  }
}

function jsonOf(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return { error: text.slice(0, 200) };
  }
}

function troubleOf(error: Error, stateDir: string): CliError {
  if (error instanceof CliError) return error;
  const code = 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new NoDaemon(`no daemon runs on ${stateDir}; start it with "floodgate run", or name another state directory`);
    case 'EACCES':
    case 'EPERM':
      return new NoDaemon(`${join(stateDir, controlSocket)} may not be used by this user; run the command as the user of the daemon`);
    case 'ENAMETOOLONG':
    case 'EINVAL':
      return new NoDaemon(`the path ${join(stateDir, controlSocket)} is too long for a socket; choose a shorter state directory`);
    case 'ABORT_ERR':
      return new CliError(`the daemon on ${stateDir} did not answer within ${patienceMs / 1000} seconds`);
    default:
      return new CliError(`the daemon on ${stateDir} cannot be asked: ${error.message}`);
  }
}
