// A real authoritative name server (NSD) on a loopback address of its own, port 53, so that programs find it through /etc/resolv.conf; and that file, laid over the
// machine's for one program at a time.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import { peerPath } from './peer.ts';
import { underMounts } from './private-mounts.ts';
import { runProgram, scratchDirectory, startProcess, type Finished, type Owner } from './scratch.ts';
import { until } from './until.ts';

export interface NameServer {
  /** Loopback address; the port is 53. */
  readonly address: string;
  /** Lays down a zone (lines behind SOA and NS) and waits until it is answered. */
  serve(zone: string, lines: readonly string[]): Promise<void>;
  /** Runs a program for which this is the machine's name server. */
  run(program: string, args: readonly string[]): Promise<Finished>;
}

/** Zones are named at the start; until they are served they are empty. */
export async function nameServer(owner: Owner, zones: readonly string[]): Promise<NameServer> {
  const directory = scratchDirectory(owner, 'nsd');
  const address = `127.${(process.pid >> 8) & 0x7f}.${process.pid & 0xff}.53`; // two runs at once do not meet
  const serials = new Map<string, number>();
  const lay = (zone: string, lines: readonly string[]): number => {
    const serial = (serials.get(zone) ?? 0) + 1;
    serials.set(zone, serial);
    const soa = `@ 60 IN SOA ns.${zone}. root.${zone}. ${serial} 3600 600 86400 1`;
    writeFileSync(join(directory, `${zone}.zone`), [`$ORIGIN ${zone}.`, soa, '@ 60 IN NS ns', `ns 60 IN A ${address}`, ...lines, ''].join('\n'));
    return serial;
  };
  for (const zone of zones) lay(zone, []);
  const server = [
    'server:',
    `  ip-address: ${address}@53`,
    '  username: ""',
    '  chroot: ""',
    '  database: ""',
    '  server-count: 1',
    ...['zonesdir', 'xfrdir'].map((name) => `  ${name}: "${directory}"`),
    ...['pidfile', 'logfile', 'zonelistfile', 'xfrdfile'].map((name) => `  ${name}: "${join(directory, name)}"`),
    'remote-control:',
    '  control-enable: no',
    ...zones.flatMap((zone) => ['zone:', `  name: ${zone}`, `  zonefile: ${zone}.zone`]),
    '',
  ];
  writeFileSync(join(directory, 'nsd.conf'), server.join('\n'));
  writeFileSync(join(directory, 'resolv.conf'), `nameserver ${address}\noptions timeout:2 attempts:2\n`);
  const nsd = startProcess(owner, peerPath('nsd'), ['-d', '-c', join(directory, 'nsd.conf')]);
  const ended = once(nsd, 'exit').then(() => {
    throw new Error(`nsd does not run on ${address}`);
  });
  ended.catch(() => undefined);
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([address]);
  const isServed = (zone: string, serial: number): Promise<boolean> =>
    resolver.resolveSoa(zone).then(
      (soa) => soa.serial === serial,
      () => false,
    );
  const [first] = zones;
  if (first !== undefined) await Promise.race([ended, until('the name server to answer', () => isServed(first, 1))]);
  return {
    address,
    serve: async (zone, lines) => {
      const serial = lay(zone, lines);
      nsd.kill('SIGHUP');
      await until(`${zone} to be served`, () => isServed(zone, serial));
    },
    run: (program, args) =>
      runProgram('unshare', underMounts([{ from: join(directory, 'resolv.conf'), over: '/etc/resolv.conf' }], [program, ...args]), { timeoutMs: 60_000 }),
  };
}
