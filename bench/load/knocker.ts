// Connection attempts at a steady rate from many addresses of 198.18.0.0/16 (RFC 2544), for network namespaces only: it begins nothing
// where that network is not bound to the machine itself. Runs as a program: HOST PORT RATE SECONDS. Says what came of them as JSON.
import { connect } from 'node:net';
import { maxKnocksPerSecond, maxKnockSeconds } from './bounds.ts';

const [host = '', port = '', rate = '', seconds = ''] = process.argv.slice(2);
const perSecond = Math.min(maxKnocksPerSecond, Number(rate));
const total = perSecond * Math.min(maxKnockSeconds, Number(seconds));
/** A refusal comes within this on a machine that is not overrun, in ms; who is dropped hears nothing ever. */
const patienceMs = 100;
const seen = { attempts: 0, banners: 0, refusals: 0, silence: 0, errors: {} as Record<string, number> };

function knock(number: number): void {
  seen.attempts += 1;
  const localAddress = `198.18.${(number * 7) % 256}.${(number * 13) % 256}`;
  const socket = connect({ host, port: Number(port), localAddress });
  let heard = false;
  const timer = setTimeout(() => socket.destroy(), patienceMs);
  socket.on('data', (chunk: Buffer) => {
    heard = true;
    if (chunk[0] === '2'.charCodeAt(0)) seen.banners += 1;
    else seen.refusals += 1;
    socket.destroy();
  });
  socket.on('error', (error) => {
    const code = 'code' in error ? String(error.code) : 'unknown';
    seen.errors[code] = (seen.errors[code] ?? 0) + 1;
  });
  socket.on('close', () => {
    clearTimeout(timer);
    if (!heard) seen.silence += 1;
  });
}

const startedAt = performance.now();
const pace = setInterval(() => {
  const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * perSecond));
  while (seen.attempts < due) knock(seen.attempts);
  if (seen.attempts < total) return;
  clearInterval(pace);
  const ms = performance.now() - startedAt;
  setTimeout(() => {
    process.stdout.write(`${JSON.stringify({ ...seen, perSecond: Math.round(seen.attempts / (ms / 1000)) })}\n`);
    process.exit(0);
  }, patienceMs * 5);
}, 2);
