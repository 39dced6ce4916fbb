// How a door looks at content, as configured: with whose key, who is proved, and when there is no time for it.
import type { Config } from '../config/options.ts';
import { createRecordLookup, withMemory } from '../facts/dns-records.ts';
import { createSenderAuthentication } from '../facts/sender-authentication.ts';
import { createContentReader, type ContentReaderParts } from '../intake/smtp/reading-content.ts';
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
