// How a door looks at content, as configured: with whose key, who is proved, and when there is no time for it. And what DNS knows of what comes back.
import type { Config } from '../config/options.ts';
import { createRecordLookup, withMemory } from '../facts/dns-records.ts';
import { createSenderAuthentication } from '../facts/sender-authentication.ts';
import { createContentReader, type ContentReaderParts } from '../intake/smtp/reading-content.ts';
import { createReturnEvidence, type ReturnEvidence } from '../facts/return-evidence.ts';
import { createSignatureKeys } from '../facts/signature-keys.ts';
import type { ContentReader, SenderAuthentication } from '../model/content-reading.ts';

/** The reader of the configuration in force; null where nobody wants it. */
export function readerFor(config: Config, parts: Omit<ContentReaderParts, 'authentication'>): ContentReader | null {
  return config.content.traits === 'off' ? null : createContentReader({ ...parts, authentication: authenticationFor(config) });
}

/** Null where it is switched off. */
function authenticationFor({ senderAuthentication, dns, site }: Config): SenderAuthentication | null {
  const { perSecond, timeout } = senderAuthentication;
  if (perSecond === 0) return null;
  const lookUp = withMemory(createRecordLookup(dns), Date.now);
  const sources = { lookUp, hostname: site.hostname };
  // Loading takes a tenth of a second: not before there is something to prove.
  return createSenderAuthentication({
    perSecond,
    timeoutMs: timeout,
    prove: async (message, found) => (await import('../facts/sender-proof.ts')).proveSender(message, sources, found),
    now: Date.now,
  });
}

/** What DNS and the configured keys add to the judgement of what comes back; null where neither is wanted. */
export function returnEvidenceFor({ bounces, senderAuthentication, dns, site }: Config): ReturnEvidence | null {
  const asks = bounces.useDns && senderAuthentication.perSecond > 0;
  if (!asks && bounces.signingKeys.length === 0) return null;
  const lookUp = asks ? withMemory(createRecordLookup(dns), Date.now) : null;
  const ours = new Set([...site.domains, ...site.customerDomains]);
  const keyOf = createSignatureKeys({ named: bounces.signingKeys, lookUp, now: Date.now });
  return createReturnEvidence({
    ours,
    verify: async (message) => (await import('../facts/sender-proof.ts')).heldSignatures(message, ours, keyOf),
    permits:
      lookUp === null ? null : async (ip, domain) => (await import('../facts/sender-proof.ts')).permitsOrigin(ip, domain, { lookUp, hostname: site.hostname }),
    timeoutMs: senderAuthentication.timeout,
    now: Date.now,
  });
}
