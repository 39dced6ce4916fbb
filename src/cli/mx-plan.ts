// `floodgate mx-plan`: what DNS says of a domain's mail now, and in which order to change it for an emergency intake.
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { getServers, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { dnsQuestion, ttlIn, type RecordType } from '../lib/dns-ttl.ts';
import { CliError, printJson, type Subcommand } from './command-line.ts';

interface MxPlanOptions {
  readonly to?: string;
  readonly server?: string;
  readonly json?: boolean;
}

/** What DNS says of a domain; TTL in seconds, null where it could not be read. */
export interface MailRecords {
  readonly domain: string;
  readonly mx: readonly { readonly exchange: string; readonly priority: number }[];
  readonly mxTtl: number | null;
  readonly a: readonly string[];
  readonly aaaa: readonly string[];
  readonly addressTtl: number | null;
}

/** The gateway as the new MX is to name it. */
export interface NewHost {
  readonly name: string;
  /** Why mail would not get there, or why nobody knows; null where nothing speaks against it. */
  readonly trouble: string | null;
}

const domainForm = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+$/i;
/** How long one answer is waited for, in ms. */
const patienceMs = 3000;

/** Adds `mx-plan DOMAIN` to the program. */
export const mxPlan: Subcommand = (program) => {
  program
    .command('mx-plan <domain>')
    .description("what to change in DNS, and in which order, to take over a domain's mail while its own server is away")
    .option('--to <host>', 'name of this gateway in DNS, like mx.rescue.example')
    .option('--server <address>', "name server to ask, as address or address:port; default: the system's")
    .option('--json', 'the records as one JSON object')
    .action(async (domain: string, { to, server, json }: MxPlanOptions) => {
      if (!domainForm.test(domain)) throw new CliError(`${domain} is no domain`, 2);
      const name = to === undefined ? null : hostOf(to);
      const resolver = resolverOf(server);
      const records = await lookUp(resolver, domain.toLowerCase(), server);
      const host = name === null ? { name: 'THIS-GATEWAY', trouble: null } : { name, trouble: await troubleWith(resolver, name) };
      if (json === true) printJson(name === null ? records : { ...records, to: host });
      else process.stdout.write(`${planOf(records, host).join('\n')}\n`);
    });
};

/** The name without the dot at its end. RFC 5321 5.1: an MX names a host, an address in its place is a name that nobody has. */
function hostOf(raw: string): string {
  const name = raw.replace(/\.$/, '').toLowerCase();
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0)
    throw new CliError(`--to ${raw} is an address: an MX record names a host; give the name that has this address`, 2);
  if (!domainForm.test(name)) throw new CliError(`--to ${raw} is no name of a host, like mx.rescue.example`, 2);
  return name;
}

function resolverOf(server: string | undefined): Resolver {
  const resolver = new Resolver({ timeout: patienceMs, tries: 2 });
  try {
    if (server !== undefined) resolver.setServers([server]);
  } catch {
    throw new CliError(`--server ${server}: write an address, like 192.0.2.53 or [2001:db8::53]:53`, 2);
  }
  return resolver;
}

async function lookUp(resolver: Resolver, domain: string, server: string | undefined): Promise<MailRecords> {
  const [mx, a, aaaa] = await Promise.all([there(resolver.resolveMx(domain)), there(resolver.resolve4(domain)), there(resolver.resolve6(domain))]);
  if (mx === null) throw new CliError(`${domain} does not exist in DNS: is it written right?`);
  const asked = server ?? getServers()[0] ?? '127.0.0.1';
  const [mxTtl, addressTtl] = await Promise.all([ttlOf(asked, domain, 'MX'), ttlOf(asked, domain, a === null || a.length === 0 ? 'AAAA' : 'A')]);
  const sorted = [...mx].sort((one, other) => one.priority - other.priority);
  return { domain, mx: sorted, mxTtl, a: a ?? [], aaaa: aaaa ?? [], addressTtl };
}

/** Whether senders will find it. That nobody knows does not stop the plan: the server asked may be that of the domain alone. */
async function troubleWith(resolver: Resolver, name: string): Promise<string | null> {
  try {
    const [aliases, a, aaaa] = await Promise.all([there(resolver.resolveCname(name)), there(resolver.resolve4(name)), there(resolver.resolve6(name))]);
    if (aliases === null) return `${name} does not exist in DNS: with it as MX all mail would be lost`;
    if (aliases.length > 0) return `${name} is an alias (CNAME) of ${aliases.join(', ')}: name that one, many senders refuse an alias (RFC 2181 10.3)`;
    if ((a ?? []).length + (aaaa ?? []).length === 0) return `${name} has no address in DNS: with it as MX no mail would arrive`;
    return null;
  } catch (error) {
    return `${name} could not be looked up (${error instanceof Error ? error.message : String(error)}): see that it has an address, and is no alias`;
  }
}

/** An empty list where there is none of that type, null where there is no such name; trouble is trouble: a plan must not rest on what nobody knows. */
async function there<T>(looking: Promise<readonly T[]>): Promise<readonly T[] | null> {
  try {
    return await looking;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENODATA') return [];
    if (code === 'ENOTFOUND') return null;
    throw new CliError(`DNS cannot be asked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function ttlOf(server: string, domain: string, type: RecordType): Promise<number | null> {
  const match = /^\[?([^\]]+?)\]?(?::(\d+))?$/.exec(server.includes('::') && !server.startsWith('[') ? `[${server}]` : server);
  const [host, port] = [match?.[1] ?? server, Number(match?.[2] ?? 53)];
  const id = randomInt(65_536);
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), patienceMs);
      const end = (ttl: number | null): void => {
        clearTimeout(timer);
        resolve(ttl);
      };
      socket.on('message', (answer) => end(ttlIn(answer, id, type)));
      socket.on('error', () => end(null));
      socket.send(dnsQuestion(id, domain, type), port, host);
    });
  } finally {
    socket.close();
  }
}

const seconds = (ttl: number | null): string => (ttl === null ? 'unknown' : `${ttl} s`);

/** The plan, a line a line. */
export function planOf(records: MailRecords, { name, trouble }: NewHost): readonly string[] {
  const { domain, mx, mxTtl, a, aaaa, addressTtl } = records;
  const addresses = [...a, ...aaaa];
  const now =
    mx.length === 0 ? ['  no MX'] : mx.map(({ exchange, priority }) => `  MX ${priority} ${exchange === '' ? '. (takes no mail, RFC 7505)' : exchange}`);
  return [
    ...(trouble === null ? [] : [`FIRST: ${trouble}`, '']),
    `${domain} now (TTL of MX ${seconds(mxTtl)}):`,
    ...now,
    ...addresses.map((address) => `  address ${address} (TTL ${seconds(addressTtl)})`),
    '',
    ...(mx.length === 0 && addresses.length > 0
      ? [`Without an MX, senders deliver to ${addresses.join(' and ')} (RFC 5321 5.1): that is where mail goes now.`, '']
      : []),
    '1. Tell Floodgate first (site.customerDomains, routes, intake with the list of recipients): docs/emergency-intake.md',
    ...(mx.length === 0 ? stepsWithoutMx(domain, name) : stepsWithMx(records, name)),
    '',
    addresses.length > 0
      ? `Never just remove the MX records: senders would deliver to ${addresses.join(' and ')} instead. "MX 0 ." (RFC 7505) makes them bounce at once.`
      : 'There is no A or AAAA record to fall back to: without any MX senders would bounce at once. Keep one MX record at every moment.',
  ];
}

function stepsWithMx({ domain, mx, mxTtl }: MailRecords, name: string): readonly string[] {
  const wait = mxTtl === null ? 'its TTL' : `${mxTtl} s`;
  const takesNone = mx.every(({ exchange }) => exchange === '');
  return [
    `2. Lower the TTL of the MX records to 300, and wait ${wait}; where mail is being lost already, go on at once`,
    `3. ${domain}. 300 IN MX 10 ${name}.`,
    takesNone
      ? '   and remove "MX 0 .": it says that the domain takes no mail, and may not stand beside another (RFC 7505 3)'
      : '   and remove the other MX records: a dead one costs every sender a time-out, one that lives refuses or loses mail',
    `4. Wait until all senders come here: 300 s, or ${wait} where step 2 was left out`,
    takesNone
      ? '5. When the server is back: put an MX record that names it in the place of this one (not "MX 0 ."), keep the intake until 300 s are over'
      : '5. When the server is back: put the old MX records back, keep the intake until 300 s are over, then raise the TTL again',
  ];
}

/** There is none whose TTL could be lowered, none to remove and none to put back. */
const stepsWithoutMx = (domain: string, name: string): readonly string[] => [
  '2. There is no MX record whose TTL could be lowered: that there is none is remembered as long as the SOA record of the zone says (its last number)',
  `3. ${domain}. 300 IN MX 10 ${name}.`,
  '4. Wait until all senders come here: as long as step 2 says',
  '5. When the server is back: put an MX record that names it in the place of this one, keep the intake until 300 s are over',
];
