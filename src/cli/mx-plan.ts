// `floodgate mx-plan`: what DNS says of a domain's mail now, and in which order to change it for an emergency intake.
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { getServers, Resolver } from 'node:dns/promises';
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
      if (!/^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+$/i.test(domain)) throw new CliError(`${domain} is no domain`, 2);
      const records = await lookUp(domain.toLowerCase(), server);
      if (json === true) printJson(records);
      else process.stdout.write(`${planOf(records, to ?? 'THIS-GATEWAY').join('\n')}\n`);
    });
};

async function lookUp(domain: string, server: string | undefined): Promise<MailRecords> {
  const resolver = new Resolver({ timeout: patienceMs, tries: 2 });
  if (server !== undefined) resolver.setServers([server]);
  const [mx, a, aaaa] = await Promise.all([there(resolver.resolveMx(domain)), there(resolver.resolve4(domain)), there(resolver.resolve6(domain))]);
  const asked = server ?? getServers()[0] ?? '127.0.0.1';
  const [mxTtl, addressTtl] = await Promise.all([ttlOf(asked, domain, 'MX'), ttlOf(asked, domain, a.length > 0 ? 'A' : 'AAAA')]);
  const sorted = [...mx].sort((one, other) => one.priority - other.priority);
  return { domain, mx: sorted, mxTtl, a, aaaa, addressTtl };
}

/** An empty list where there is none of that type; trouble is trouble: a plan must not rest on what nobody knows. */
async function there<T>(looking: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await looking;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENODATA' || code === 'ENOTFOUND') return [];
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
export function planOf({ domain, mx, mxTtl, a, aaaa, addressTtl }: MailRecords, to: string): readonly string[] {
  const addresses = [...a, ...aaaa];
  const now =
    mx.length === 0 ? ['  no MX'] : mx.map(({ exchange, priority }) => `  MX ${priority} ${exchange === '' ? '. (takes no mail, RFC 7505)' : exchange}`);
  const wait = mxTtl === null ? 'its TTL' : `${mxTtl} s`;
  return [
    `${domain} now (TTL of MX ${seconds(mxTtl)}):`,
    ...now,
    ...addresses.map((address) => `  address ${address} (TTL ${seconds(addressTtl)})`),
    '',
    ...(mx.length === 0 && addresses.length > 0
      ? [`Without an MX, senders deliver to ${addresses.join(' and ')} (RFC 5321 5.1): that is where mail goes now.`, '']
      : []),
    '1. Tell Floodgate first (site.customerDomains, routes, intake with the list of recipients): docs/emergency-intake.md',
    `2. Lower the TTL of the MX records to 300, and wait ${wait}; where mail is being lost already, go on at once`,
    `3. ${domain}. 300 IN MX 10 ${to}.`,
    '   and remove the other MX records: a dead one costs every sender a time-out, one that lives refuses or loses mail',
    `4. Wait until all senders come here: 300 s, or ${wait} where step 2 was left out`,
    '5. When the server is back: put the old MX records back, keep the intake until 300 s are over, then raise the TTL again',
    '',
    addresses.length > 0
      ? `Never just remove the MX records: senders would deliver to ${addresses.join(' and ')} instead. "MX 0 ." (RFC 7505) makes them bounce at once.`
      : 'There is no A or AAAA record to fall back to: without any MX senders would bounce at once. Keep one MX record at every moment.',
  ];
}
