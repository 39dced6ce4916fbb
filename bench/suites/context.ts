// What every suite is given, and the one way a load on a server is measured.
import { setTimeout as wait } from 'node:timers/promises';
import type { Figures } from '../measure/paired.ts';
import { cpuSeconds } from '../measure/process-tree.ts';
import { startBare, type BareOptions } from '../peers/bare.ts';
import { startGateway, whyNoGateway, type GatewayOptions } from '../peers/gateway.ts';
import { whyNoHaraka } from '../peers/haraka.ts';
import { whyNoPostfix } from '../peers/postfix.ts';
import type { Server } from '../peers/process.ts';

export interface Context {
  /** The Node that runs the gateway and the floor. */
  readonly node: string;
  /** False: only the peers among themselves, to try the harness. */
  readonly hasGateway: boolean;
  readonly rounds: number;
  readonly dnsPort: number;
  /** Share of the usual number of messages, for a quick look: 1 in earnest. */
  readonly scale: number;
  /** Length of the abuse scenario. */
  readonly abuseSeconds: number;
  /** Puts a table under the comparison in the page that `--write` keeps, and on the screen. */
  note(markdown: string): void;
}

/** Loads of full size before the first that counts: a just-in-time compiler needs some 30,000 sessions a thread until it is done. */
export const WARM_RUNS = 2;

const SETTLE_MS = 150; // journals and connection ends that follow the last reply still belong to the load

/** Runs a load of `units` messages or sessions and charges the server's whole process tree for it. */
export async function charge(server: Server, units: number, load: () => Promise<{ readonly seconds: number } & Record<string, number>>): Promise<Figures> {
  const before = cpuSeconds(server.pid);
  const { seconds, ...counts } = await load();
  await wait(SETTLE_MS);
  const cpu = cpuSeconds(server.pid) - before;
  return { 'per second': units / seconds, 'CPU s/1000': (cpu / units) * 1000, ...counts };
}

/** Starts servers one after the other, and ends them all whatever happens meanwhile. */
export async function withServers<T>(starts: readonly (() => Promise<Server>)[], use: (servers: readonly Server[]) => Promise<T>): Promise<T> {
  const servers: Server[] = [];
  try {
    for (const start of starts) servers.push(await start());
    return await use(servers);
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** The gateway and the floor on the chosen Node, ready to be started. */
export function ourStarts(context: Context, gateway: Omit<GatewayOptions, 'node' | 'dnsPort'>, bare: Omit<BareOptions, 'node'>): (() => Promise<Server>)[] {
  const { node, dnsPort, hasGateway } = context;
  const startOurs = (): Promise<Server> => startGateway({ ...gateway, node, dnsPort });
  return [...(hasGateway ? [startOurs] : []), () => startBare({ ...bare, node })];
}

/** Prints why somebody is missing, once, before the comparison. */
export function namesOfMissing(): string[] {
  return [whyNoGateway(), whyNoPostfix(), whyNoHaraka()].filter((why) => why !== null);
}
