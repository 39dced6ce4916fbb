// The organisational domain of a name, by the public suffix list: mail.shop.example.co.uk belongs to example.co.uk. The only file that
// imports tldts.
import { getDomain } from 'tldts';

// Names under a provider's own suffix (x.github.io) belong to different people, so private suffixes count.
const options = { extractHostname: false, validateHostname: false, allowPrivateDomains: true } as const;

/** The registered domain above a name in lower case; the name itself where there is none: a suffix, one label, an address literal. */
export const orgDomain = (domain: string): string => (domain.startsWith('[') ? domain : (getDomain(domain, options) ?? domain));
