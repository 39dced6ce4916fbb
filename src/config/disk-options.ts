// Options of the disk guard, and of what is raised in other programs' logs while an incident is open.
import { z } from '../lib/zod.ts';
import { duration, size } from './units.ts';
import { path } from './value-types.ts';

export const disk = z
  .strictObject({
    debugLog: size('1 GiB').describe('Free space in the state directory below which no debug line is logged.'),
    chatter: size('500 MiB').describe('The same, below which the journal leaves out events that tell that nothing happened.'),
    oldJournal: size('250 MiB').describe('The same, below which the oldest journal segments are removed before their time.'),
    keepJournal: duration('1d').describe('So much of the journal is never removed for want of room.'),
  })
  .prefault({})
  .describe('What goes first when the disk fills; below limits.freeDisk new content hears 452. See docs/disk-guard.md.');

export const respond = z
  .strictObject({
    postfixDebugPeers: z
      .strictObject({ configDir: path.describe('Configuration directory of that Postfix, like /etc/postfix.') })
      .optional()
      .describe("Clients of open incidents stand in this Postfix's debug_peer_list meanwhile; see docs/disk-guard.md."),
  })
  .prefault({})
  .describe('What is done outside of the gateway while an incident is open.');
