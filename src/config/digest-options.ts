// Options of the letters that tell recipients of their held mail, and of how they release it.
import { digestLanguages } from '../model/release.ts';
import { z } from '../lib/zod.ts';
import { count, duration } from './units.ts';
import { domain, mailAddress } from './value-types.ts';

const language = z.enum(digestLanguages, `is not one of ${digestLanguages.join(', ')}`);
const dayMs = 86_400_000;

/** Letters about held mail. */
export const digest = z
  .strictObject({
    every: duration('24h')
      .refine((ms) => ms >= 3_600_000 && ms <= 30 * dayMs, 'is not from 1h to 30d')
      .describe('So often recipients are told of mail that is newly held for them: from 1h to 30d.'),
    at: z
      .string()
      .refine((text) => /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text), 'is no time of the day; write it like "07:00"')
      .default('07:00')
      .describe("Time of the day of a round, by the machine's clock; with a shorter `every` the others follow it."),
    domains: z.array(domain).prefault([]).describe('Domains of ours whose recipients are told. Empty: those of site.domains.'),
    except: z.array(mailAddress).prefault([]).describe('Addresses that are not told: lists, ticket systems, whatever no single person reads.'),
    language: language.default('en').describe(`Language of letters and pages: ${digestLanguages.join(', ')}.`),
    languages: z.record(domain, language.describe('Language of that domain.')).default({}).describe('Languages of single domains.'),
    link: z
      .url({ protocol: /^https?$/, error: 'is not a web address; write it like https://mx.example.org', abort: true })
      .refine((url) => /^https?:\/\/[^/?#]+\/?$/.test(url), 'is more than a scheme and a host; write it like https://mx.example.org')
      .optional()
      .describe('Where recipients reach the web door, through a server of yours that speaks TLS. Without it letters have no links, and mail alone releases.'),
    address: mailAddress
      .optional()
      .describe('Mail to this address with +TOKEN behind its local part releases; default release@ and site.hostname. It must reach a listener of ours.'),
    linksFor: duration('14d')
      .refine((ms) => ms >= 3_600_000 && ms <= 90 * dayMs, 'is not from 1h to 90d')
      .describe('Links and addresses in a letter release for so long; what is still held then is told of again.'),
    lines: count(30, { min: 1, max: 200 }).describe('Messages in one letter at most, the newest; the next letters name the rest.'),
    perMinute: count(120, { min: 1, max: 6000 }).describe('Letters a minute at most.'),
  })
  .optional()
  .describe('Recipients are told of their held mail by letter and release it themselves; off without this section. See docs/digest.md.');

export type DigestOptions = NonNullable<z.output<typeof digest>>;
