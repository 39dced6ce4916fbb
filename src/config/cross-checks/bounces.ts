// What makes a site bounce, and traps that catch nobody or the wrong ones.
import { type CrossCheck, error, warning } from '../cross-check.ts';

/** Who takes every name takes what a forger makes up, and its next hop has to bounce it. */
const catchAll: CrossCheck = {
  reads: ['hub', 'routes.*'],
  *find({ hub, routes }) {
    const hint = 'leave it true; docs/backscatter.md says why';
    if (!hub.verifyRecipients && hub.address.kind !== 'maildir')
      yield warning(['hub', 'verifyRecipients'], 'is off: every address is taken, and the hub has to bounce what it does not know', hint);
    for (const [domain, { verifyRecipients, address }] of Object.entries(routes))
      if (!verifyRecipients && address.kind !== 'maildir')
        yield warning(['routes', domain, 'verifyRecipients'], 'is off: every address is taken, and that server has to bounce what it does not know', hint);
  },
};

const trapsCatch: CrossCheck = {
  reads: ['site.domains', 'site.customerDomains', 'traps', 'site.postmaster'],
  *find({ site, traps }) {
    const ours = new Set([...site.domains, ...site.customerDomains]);
    const recipients = new Set(traps.recipients.map((each) => each.toLowerCase()));
    for (const key of ['recipients', 'sinks'] as const) {
      for (const [index, raw] of traps[key].entries()) {
        const address = raw.toLowerCase();
        if (!ours.has(address.slice(address.lastIndexOf('@') + 1)))
          yield warning(['traps', key, index], `${raw} is in no domain of ours: nothing comes to it`, 'name addresses of your own domains');
        if (address.startsWith('postmaster@') || address.startsWith('abuse@') || address === site.postmaster.toLowerCase())
          yield error(['traps', key, index], `${raw} must be read by people (RFC 2142)`, 'name an address that nobody ever had');
        if (key === 'sinks' && recipients.has(address))
          yield error(['traps', key, index], `${raw} is a trap too: it is refused or taken, not both`, 'keep it in one of the two lists');
      }
    }
  },
};

/** A signature of a domain that is not ours proves nothing of our mail, and the line does nothing. */
const signingKeysOfOurs: CrossCheck = {
  reads: ['site.domains', 'site.customerDomains', 'bounces.signingKeys'],
  *find({ site, bounces }) {
    const ours = new Set([...site.domains, ...site.customerDomains]);
    for (const [index, { domain }] of bounces.signingKeys.entries())
      if (!ours.has(domain))
        yield warning(
          ['bounces', 'signingKeys', index, 'domain'],
          `${domain} is no domain of ours: its key is never asked for`,
          'name the domain that stands in d= of the signatures of your mail',
        );
  },
};

export const bounceChecks: readonly CrossCheck[] = [catchAll, trapsCatch, signingKeysOfOurs];
