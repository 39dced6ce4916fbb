// Options of abuse contacts: who is told of what a network does.
import { z } from '../lib/zod.ts';
import { count, duration } from './units.ts';
import { path } from './value-types.ts';

export const abuseContacts = z
  .strictObject({
    table: path.optional().describe('File of networks and who reads of abuse there, a line like 45.0.2.0/24: abuse@isp.example each; it comes first.'),
    rdap: path
      .optional()
      .describe(
        'Where the bootstrap files of the registries (RFC 9224) are: https://data.iana.org/rdap/ or a folder that holds ipv4.json and ipv6.json. Without it no registry is asked.',
      ),
    timeout: duration('10s').describe('For one question to a registry, with all its detours.'),
    perMinute: count(30, { min: 1, max: 600 }).describe('Questions a minute to all registries.'),
    keepFor: duration('24h').describe('Answers of registries are kept so long.'),
  })
  .prefault({})
  .describe('Who reads of abuse for a network: by a table of your own, then by its registry. See docs/viruses.md.');
