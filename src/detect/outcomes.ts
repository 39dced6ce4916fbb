// Which messages count against a mailbox.
import type { MessageSighting } from '../model/sighting.ts';

/** It came to the mailbox, or would have but for us; what was refused or put off has not filled anything yet. */
export const reachedMailbox = ({ outcome }: MessageSighting): boolean =>
  outcome === 'delivered' || outcome === 'diverted' || outcome === 'held' || outcome === 'discarded';
