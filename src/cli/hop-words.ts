// How a next hop is, in the words of status and top.
import type { HubStatus } from '../web/house.ts';

/** In a postmaster's words: to most, a circuit that is open sounds well. */
export const hopWords = {
  closed: 'well',
  open: 'away',
  'half-open': 'away, tried again now',
  unknown: 'not asked yet',
} as const satisfies Record<HubStatus['state'], string>;
