// Policy put together for one configuration: the same for a door that judges clients and for the keeper that is asked what would be
// decided today.
import { isObserving } from '../config/observing.ts';
import type { Config } from '../config/options.ts';
import type { KnownCorrespondents } from '../facts/established-pairs.ts';
import type { LiveMeasures } from '../facts/measures.ts';
import { createNeverBlock } from '../facts/never-block.ts';
import type { QuotaDesk } from '../facts/quotas.ts';
import type { LastingRecipients } from '../facts/lasting-recipients.ts';
import { createRecipientFacts, type RecipientFacts } from '../facts/recipients.ts';
import type { ListedRecipients } from '../facts/listed-recipients.ts';
import { known } from '../policy/facts.ts';
import { createResolver, createReverseNames, type ReverseNames } from '../facts/reverse-names.ts';
import { createFactSource, type LiveLists } from '../facts/source.ts';
import { PrefixSet } from '../lib/prefix-set.ts';
import type { Delivery } from '../model/delivery.ts';
import { addressOf, type Mailbox } from '../model/mailbox.ts';
import { reply } from '../model/reply.ts';
import type { RcptInput } from '../model/stage-input.ts';
import { catalogue } from '../policy/catalogue.ts';
import type { Check } from '../policy/check.ts';
import { createJudge, type Judge } from '../policy/judge.ts';
import { createRouter, type Router } from '../policy/router.ts';

export interface PolicyParts {
  readonly judge: Judge;
  readonly router: Router;
  readonly recipients: RecipientFacts;
  readonly reverseName: ReverseNames;
  /** In one of the site's networks. */
  isInside(ip: string): boolean;
}

/** Where policy gets what changes while it runs. */
export interface PolicySources {
  readonly lists: LiveLists;
  readonly measures: LiveMeasures;
  readonly delivery: Pick<Delivery, 'probe'>;
  /** The operator's own checks, after ours. */
  readonly own: readonly Check[];
  /** Recipients of domains in emergency intake. */
  readonly listed: ListedRecipients;
  /** Whether the next hop may be asked about a recipient now; under load not for everyone. */
  mayAsk?(input: RcptInput): boolean;
  /** Recipients that next hops have taken before. */
  readonly lasting?: LastingRecipients;
  /** Outgoing quotas; absent: nothing is counted. */
  readonly quotas?: Pick<QuotaDesk, 'stand'>;
  /** Who knows whom; absent: everybody is a stranger. */
  readonly correspondents?: KnownCorrespondents;
}

export function policyParts(
  config: Config,
  { lists, measures, delivery, own, listed, mayAsk = () => true, lasting, quotas, correspondents }: PolicySources,
): PolicyParts {
  const now = Date.now;
  const inside = PrefixSet.build(config.site.networks);
  const router = createRouter(config);
  const reverseName = createReverseNames({ resolver: createResolver(config.dns), timeoutMs: config.dns.timeout, now });
  const isSink = isSinkOf(config);
  const recipients = listedFirst(
    listed,
    createRecipientFacts({
      probe: delivery.probe,
      mayAsk,
      // The hub has never heard of a sink: nothing that comes to one is handed on.
      probeRouteOf: (input) => (isSink(input.to) ? null : router.probeRouteOf(input)),
      cache: config.recipientCache,
      now,
      ...(lasting && { lasting }),
    }),
  );
  const facts = createFactSource({
    lists,
    measures,
    neverBlock: createNeverBlock(config),
    recipients,
    reverseNames: reverseName,
    ...(quotas && { quotas }),
    ...(correspondents && { correspondents }),
    suspended: () => isObserving(config, now()),
    now,
  });
  const judge = createJudge({ config, checks: [...catalogue, ...own], facts, now });
  return { judge, router, recipients, reverseName, isInside: (ip) => inside.has(ip) };
}

/** Whether an address of ours is one that a forger made up, as the operator says. */
export function isSinkOf({ traps }: Pick<Config, 'traps'>): (to: Mailbox) => boolean {
  const sinks = new Set(traps.sinks.map((address) => address.toLowerCase()));
  return (to) => sinks.size > 0 && sinks.has(addressOf(to).toLowerCase());
}

/** A domain whose own server is away has its recipients in a list, which decides alone. */
const listedFirst = (listed: ListedRecipients, recipients: RecipientFacts): RecipientFacts => ({
  ...recipients,
  status: (input) => {
    const isListed = listed.isListed(input.to);
    if (isListed === null) return recipients.status(input);
    return known(isListed ? { kind: 'exists' } : { kind: 'refused', hubReply: reply(550, '5.1.1', 'No such recipient') });
  },
  isVerified: (route, to) => listed.isListed(to) ?? recipients.isVerified(route, to),
});
