// Network namespaces: several hosts on one machine, none of them reachable from outside or reaching it. Names carry the process id.
import { execFileSync } from 'node:child_process';
import { atEnd, type Owner } from './scratch.ts';

export interface Host {
  readonly name: string;
  /** Runs a command on the host; its standard output. */
  run(...command: readonly string[]): string;
}

let made = 0;

/** A host of its own with a loopback that is up; gone at the end of the test. */
export function makeHost(owner: Owner, label: string): Host {
  const name = `fg-${process.pid}-${(made += 1)}-${label}`;
  execFileSync('ip', ['netns', 'add', name]);
  atEnd(owner, () => execFileSync('ip', ['netns', 'del', name]));
  const host: Host = {
    name,
    run: (...command) => execFileSync('ip', ['netns', 'exec', name, ...command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
  };
  host.run('ip', 'link', 'set', 'lo', 'up');
  return host;
}

/** A cable between two hosts, with an address (address/bits) at each end; more addresses can be added to the interface named like the other host's label. */
export function connectHosts(
  one: { readonly host: Host; readonly address: string },
  other: { readonly host: Host; readonly address: string },
  cable: string,
): void {
  execFileSync('ip', ['link', 'add', cable, 'netns', one.host.name, 'type', 'veth', 'peer', 'name', cable, 'netns', other.host.name]);
  for (const { host, address } of [one, other]) {
    host.run('ip', 'address', 'add', address, 'dev', cable);
    host.run('ip', 'link', 'set', cable, 'up');
  }
}
