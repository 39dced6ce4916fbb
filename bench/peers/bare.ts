// Starts bare-node.ts, on a chosen Node.
import { fileURLToPath } from 'node:url';
import { freePort, launch, stopProcess, untilBanner, type Server } from './process.ts';

export interface BareOptions {
  readonly mode: 'proxy' | 'refuse' | 'banner';
  readonly node: string;
  readonly hubPort?: number;
}

/** The floor: a server without policy on one thread. */
export async function startBare({ mode, node, hubPort }: BareOptions): Promise<Server> {
  const target = { host: '127.0.0.1', port: await freePort() };
  const program = fileURLToPath(new URL('bare-node.ts', import.meta.url));
  const child = launch({ command: node, args: [program, String(target.port), mode, String(hubPort ?? '')] });
  await untilBanner(child, target);
  return { name: 'bare Node', target, pid: child.pid ?? 0, stop: () => stopProcess(child) };
}
