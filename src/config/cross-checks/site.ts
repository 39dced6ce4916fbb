// Who is inside, and whose mail we take: a slip here is an open relay.
import type { Config } from '../options.ts';
import { isMadeUpName } from '../embedded.ts';
import { type CrossCheck, error, repeated, warning } from '../cross-check.ts';
import { isHalfTheWorld } from '../address-space.ts';

/** Rests on each entry alone: said even where another entry is wrong. */
const openRelay: CrossCheck = {
  reads: [],
  *find({ site }) {
    for (const [index, network] of site.networks.entries()) {
      if (isHalfTheWorld(network))
        yield error(['site', 'networks', index], `${network} takes strangers for inside: an open relay`, 'list the networks of your own hosts only');
    }
  },
};

/** Whoever may say PROXY or XCLIENT may say that the client is one of our own. */
const trustedPeers: CrossCheck = {
  reads: [],
  *find({ listeners }) {
    for (const [index, listener] of listeners.entries()) {
      for (const key of ['proxyProtocol', 'xclient'] as const) {
        for (const [entry, network] of (listener[key]?.trusted ?? []).entries()) {
          if (isHalfTheWorld(network))
            yield error(
              ['listeners', index, key, 'trusted', entry],
              `${network} lets strangers say who they are: an open relay`,
              'list the addresses of your own load balancer or mail servers only',
            );
        }
      }
    }
  },
};

const domainsOnce: CrossCheck = {
  reads: ['site.domains', 'site.customerDomains'],
  *find({ site }) {
    for (const key of ['domains', 'customerDomains'] as const) {
      for (const { entry, index, first } of repeated(site[key]))
        yield warning(['site', key, index], `${entry} is the same as entry ${first + 1}`, 'remove one of the two');
    }
    for (const [index, domain] of site.customerDomains.entries()) {
      if (site.domains.includes(domain))
        yield error(
          ['site', 'customerDomains', index],
          `${domain} is in site.domains too`,
          "a domain is ours or a customer's: keep it in one of the two lists",
        );
    }
  },
};

const routesLeadSomewhere: CrossCheck = {
  reads: ['site.domains', 'site.customerDomains', 'routes.*'],
  *find({ site, routes }) {
    for (const domain of Object.keys(routes)) {
      if (!site.domains.includes(domain) && !site.customerDomains.includes(domain)) {
        yield error(
          ['routes', domain],
          "is a route for a domain whose mail is refused: it is neither ours nor a customer's",
          `add ${domain} to site.customerDomains`,
        );
      }
    }
  },
};

/** No route at all means that the hub holds every customer's mailboxes; some routes and one missing is more likely forgotten. */
const customersCovered: CrossCheck = {
  reads: ['site.domains', 'site.customerDomains', 'routes'],
  *find({ site, routes }) {
    if (!site.customerDomains.some((domain) => Object.hasOwn(routes, domain))) return;
    for (const [index, domain] of site.customerDomains.entries()) {
      if (!Object.hasOwn(routes, domain) && !site.domains.includes(domain))
        yield warning(
          ['site', 'customerDomains', index],
          `${domain} has no route, other customers have: its mail goes to the hub`,
          `add routes.${domain}, with the hub's address if that is meant`,
        );
    }
  },
};

const fullHostname: CrossCheck = {
  reads: ['site.hostname', 'quarantine.digest'],
  *find({ site, quarantine: { digest } }: Config, { isWritten }) {
    if (!site.hostname.includes('.'))
      yield warning(
        ['site', 'hostname'],
        'has no domain: other servers distrust such a name',
        'give the name that DNS has for our address, like mx.example.org',
      );
    else if (isWritten(['site', 'hostname']) && isMadeUpName(site.hostname))
      yield warning(
        ['site', 'hostname'],
        `${site.hostname} is no name of the Internet: banner, Received and our own letters go out under it${digest !== undefined && digest.address === undefined ? ', and answers to digest letters reach nobody' : ''}`,
        'give the name that DNS has for our address, like mx.example.org',
      );
  },
};

export const siteChecks: readonly CrossCheck[] = [openRelay, trustedPeers, domainsOnce, routesLeadSomewhere, customersCovered, fullHostname];
