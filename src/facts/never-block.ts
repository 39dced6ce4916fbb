// Whom no automatic measure may hurt, and no person by mistake: the site's networks, postmaster and abuse, and what the operator names.
import type { Config } from '../config/options.ts';
import { PrefixSet } from '../lib/prefix-set.ts';
import type { Mailbox } from '../model/mailbox.ts';
import type { Measure, MeasureScope } from '../model/measure.ts';
import { patternFits, patternsMeet } from './mail-pattern.ts';
import type { Seen } from './measure-scope.ts';

export interface NeverBlock {
  /** The entry that covers this traffic and that the measure must yield to; null where none does. */
  ofTraffic(measure: Judged, seen: Seen): string | null;
  /** What the measure could hurt that is never blocked; null where nothing. */
  ofMeasure(measure: Judged): string | null;
}

type Judged = Pick<Measure, 'scope' | 'action' | 'dryRun'>;

/** Whoever only writes down or adds a header blocks nobody. */
const isHarmless = ({ action, dryRun }: Judged): boolean => dryRun || action === 'observe' || action === 'tag';

/** RFC 5321 4.5.1 and RFC 2142 4: whoever is blocked by mistake must be able to say so. */
const complaintBoxes: ReadonlySet<string> = new Set(['postmaster', 'abuse']);

/** The never-block list of one configuration. */
export function createNeverBlock({ site, neverBlock }: Pick<Config, 'site' | 'neverBlock'>): NeverBlock {
  const networks = [...site.networks, ...neverBlock.networks];
  const networkSet = PrefixSet.build(networks);
  const domains: ReadonlySet<string> = new Set([...site.domains, ...site.customerDomains]);
  const boxes = [...domains].flatMap((domain) => [...complaintBoxes].map((box) => `${box}@${domain}`));
  const recipients = [...neverBlock.recipients, ...boxes];

  const networkOfClient = (ip: string): string | null => networks[networkSet.match(ip)] ?? null;
  const recipientAmong = (to: readonly Mailbox[]): string | null => {
    const box = to.find(({ localPart, domain }) => complaintBoxes.has(localPart.toLowerCase()) && (domain === '' || domains.has(domain)));
    if (box !== undefined) return `${box.localPart.toLowerCase()}@${box.domain}`;
    return neverBlock.recipients.find((pattern) => to.some((each) => patternFits(pattern, each))) ?? null;
  };

  return {
    ofTraffic: (measure, { ip, from, to }) => {
      if (isHarmless(measure)) return null;
      // Who names a user means that person, wherever the connection comes from.
      const network = measure.scope.user === undefined ? networkOfClient(ip) : null;
      const sender = from === undefined ? undefined : neverBlock.senders.find((pattern) => patternFits(pattern, from));
      return network ?? sender ?? recipientAmong(to ?? []);
    },
    ofMeasure: (measure) => {
      if (isHarmless(measure)) return null;
      const { scope } = measure;
      if (isEverybody(scope)) return networks[0] ?? recipients[0] ?? null;
      const { client, sender, recipient } = scope;
      const network = client === undefined || scope.user !== undefined ? undefined : networks.find((each) => networksMeet(each, client));
      const from = sender === undefined ? undefined : neverBlock.senders.find((pattern) => patternsMeet(pattern, sender));
      // What is held of a whole domain is kept and can be released, and postmaster still gets through.
      const untouchable = measure.action === 'quarantine' && recipient?.includes('@') === false ? neverBlock.recipients : recipients;
      const to = recipient === undefined ? undefined : untouchable.find((pattern) => patternsMeet(pattern, recipient));
      return network ?? from ?? to ?? null;
    },
  };
}

/** Listener, role and direction alone name nobody. */
const isEverybody = ({ client, helo, hostname, sender, recipient, user }: MeasureScope): boolean =>
  [client, helo, hostname, sender, recipient, user].every((field) => field === undefined) || client === '0.0.0.0/0' || client === '::/0';

/** Networks are nested or apart: one holds the other's first address, or they have nothing in common. */
const networksMeet = (one: string, other: string): boolean => PrefixSet.build([one]).has(addressOf(other)) || PrefixSet.build([other]).has(addressOf(one));

const addressOf = (network: string): string => network.slice(0, network.indexOf('/'));
