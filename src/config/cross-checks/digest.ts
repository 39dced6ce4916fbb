// Letters about held mail: to domains that are ours, with an address that reaches us.
import { type CrossCheck, error, warning } from '../cross-check.ts';

const toOurDomains: CrossCheck = {
  reads: ['site.domains', 'site.customerDomains', 'quarantine.digest'],
  *find({ site, quarantine: { digest } }) {
    if (digest === undefined) return;
    const ours = new Set([...site.domains, ...site.customerDomains]);
    for (const [index, domain] of digest.domains.entries())
      if (!ours.has(domain))
        yield error(
          ['quarantine', 'digest', 'domains', index],
          `${domain} is none of ours: nobody there is told`,
          'name domains of site.domains or customerDomains',
        );
    for (const domain of Object.keys(digest.languages))
      if (!ours.has(domain))
        yield warning(
          ['quarantine', 'digest', 'languages', domain],
          'is none of our domains: nobody is written to there',
          'name domains of ours, or remove it',
        );
  },
};

/** Nobody would answer: the tokens in it come to another server. */
const addressIsOurs: CrossCheck = {
  reads: ['site.domains', 'site.customerDomains', 'site.hostname', 'quarantine.digest'],
  *find({ site, quarantine: { digest } }) {
    const domain = digest?.address?.split('@').at(-1);
    if (domain !== undefined && ![site.hostname, ...site.domains, ...site.customerDomains].includes(domain))
      yield error(
        ['quarantine', 'digest', 'address'],
        `${domain} is none of ours: mail to it does not come here`,
        'name an address at site.hostname or at a domain of ours',
      );
  },
};

/** A link that nobody can follow is worse than none: the web door is needed, and it listens on loopback for good reasons. */
const linksLeadSomewhere: CrossCheck = {
  reads: ['web', 'quarantine.digest'],
  *find({ web, quarantine: { digest } }) {
    if (digest?.link !== undefined && web === undefined)
      yield error(['quarantine', 'digest', 'link'], 'leads nowhere: there is no web door', 'add web: {address: "127.0.0.1:8025"}, or remove the link');
    else if (digest?.link !== undefined && /^http:/i.test(digest.link))
      yield warning(
        ['quarantine', 'digest', 'link'],
        'is no https: whoever reads along can release the mail himself',
        'put a server with TLS in front of the web door (docs/digest.md)',
      );
  },
};

export const digestChecks: readonly CrossCheck[] = [toOurDomains, addressIsOurs, linksLeadSomewhere];
