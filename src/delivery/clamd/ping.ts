// Whether a clamd answers at all: PING of clamd(8).
import { openClamd } from './scanner.ts';

/** Null: it answers. Otherwise why not. Never rejects. */
export function pingClamd(clamd: string, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = openClamd(clamd);
    const end = (why: string | null): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(why);
    };
    const late = setTimeout(() => end(`no answer within ${timeoutMs} ms`), timeoutMs);
    let text = '';
    socket.setEncoding('latin1');
    socket.on('connect', () => void socket.write('zPING\0'));
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (/^PONG[\0\n]/.test(text)) end(null);
      else if (text.length > 100 || text.includes('\0')) end(`it answered ${JSON.stringify(text.slice(0, 100))}`);
    });
    socket.on('error', (error) => end(error.message));
    socket.on('close', () => end('it closed the connection without an answer'));
  });
}
