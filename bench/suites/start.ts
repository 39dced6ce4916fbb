// From the start of the process to ready.
import { compare, type Comparison, type Contestant, type Figures } from '../measure/paired.ts';
import { startBare } from '../peers/bare.ts';
import { startGateway } from '../peers/gateway.ts';
import { startPostfix, whyNoPostfix } from '../peers/postfix.ts';
import type { Server } from '../peers/process.ts';
import type { Context } from './context.ts';

/** Starts and ends a server; to the gateway's own ready line where it has one, otherwise to the first banner. */
async function timeStart(begin: () => Promise<Server & { readonly readyMs?: number }>): Promise<Figures> {
  const began = performance.now();
  const server = await begin();
  const tookMs = server.readyMs ?? performance.now() - began;
  await server.stop();
  return { 'ready ms': tookMs };
}

/** Gateway, floor and Postfix. */
export async function start(context: Context): Promise<Comparison[]> {
  const { node, dnsPort } = context;
  const contestants: Contestant[] = [];
  if (context.hasGateway) contestants.push({ name: 'Floodgate', run: () => timeStart(() => startGateway({ node, dnsPort, hubPort: 9 })) });
  contestants.push({ name: 'bare Node', run: () => timeStart(() => startBare({ mode: 'refuse', node })) });
  if (whyNoPostfix() === null) contestants.push({ name: 'Postfix smtpd', run: () => timeStart(() => startPostfix('refuse')) });
  return [await compare('start to ready', contestants, context.rounds, [{ figure: 'ready ms', atMost: 1000 }])];
}
