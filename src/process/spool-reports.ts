// Delivery reports to the proven authors of spooled mail that could not be delivered: few, bounded by author and by domain, and put into the spool themselves, so
// that one waits as other mail does where its own next hop is away.
import type { Config } from '../config/options.ts';
import { failureReport } from '../delivery/spool/failure-report.ts';
import type { GivingUpParts } from '../delivery/spool/giving-up.ts';
import { whomToTell } from '../delivery/spool/whom-to-tell.ts';
import { RateTable, type Rate } from '../lib/gcra.ts';
import { addressOf } from '../model/mailbox.ts';
import type { SpoolPlace } from '../model/spool.ts';
import { contentOf, handoverOf, routeOf, type OwnPost } from './own-post.ts';

export interface SpoolReportsParts {
  config(): Config;
  readonly place: SpoolPlace;
  readonly post: Pick<OwnPost, 'newId'>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** To one author five at once and then one an hour: whoever wrote more hears of the first, and the postmaster has them all. */
const byAuthor: Rate = { everyMs: 3_600_000, burst: 5 };
/** To one domain: a domain whose SPF lets everybody send must not be flooded through us. */
const byDomain: Rate = { everyMs: 60_000, burst: 100 };
const mostKeys = 20_000;

/** A teller of authors; see whom-to-tell.ts for who is told. */
export function createSpoolReports({ config, place, post, now }: SpoolReportsParts): GivingUpParts['tellAuthor'] {
  const authors = new RateTable({ capacity: mostKeys, now });
  const domains = new RateTable({ capacity: mostKeys, now });
  return async (message) => {
    const { site, spool } = config();
    const [usersDomain = ''] = site.domains;
    const whom = whomToTell(message, { reports: spool.reports, ourDomains: [...site.domains, ...site.customerDomains], usersDomain });
    if (!whom.tell) return whom.why;
    const address = addressOf(whom.to);
    if (!/^[\x21-\x7e]+$/.test(address)) return 'failed'; // it would need SMTPUTF8 all the way
    if (!authors.accept(address.toLowerCase(), byAuthor) || !domains.accept(whom.to.domain, byDomain)) return 'too-many';
    const { envelope, header } = message;
    const raw = failureReport({ envelope, to: address, failed: whom.failed, header: header ?? '', hostname: site.hostname, at: now() });
    const kept = await place.keep({
      session: envelope.session,
      request: {
        reference: post.newId(),
        handover: handoverOf(config()),
        route: routeOf(config(), whom.to.domain),
        from: null, // RFC 3464 2: so that nothing comes of it in turn
        parameters: { size: null, body: null, smtputf8: false, auth: null },
        recipients: [{ localPart: whom.to.localPart, domain: whom.to.domain, text: address, sourceRoute: null }],
        prependedHeaders: '',
        content: contentOf(raw),
      },
      proven: null,
      subject: null,
      messageId: null,
      class: 'automatic',
      why: `a report on ${envelope.id}`,
    });
    return kept.kind === 'spooled' ? whom.by : 'failed';
  };
}
