// Options of places: databases that say in which country and network an address is.
import { z } from '../lib/zod.ts';
import { path } from './value-types.ts';

export const places = z
  .strictObject({
    country: path.optional().describe('Database of countries in the MaxMind DB format (.mmdb).'),
    network: path.optional().describe('Database of autonomous systems in the same format.'),
    own: z
      .array(z.string().regex(/^[A-Z]{2}$/, 'is no country; write it like NL'))
      .default([])
      .describe('Countries of the site itself: alarms tell what share came from there.'),
  })
  .prefault({})
  .describe('Where addresses are, for detectors and their evidence. No database comes along; see docs/places.md.');
