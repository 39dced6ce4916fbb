// Every detector, in the order of the mission's rows. A new one is a file in detectors/, a page in docs/detectors/ and a line here.
import type { DetectorDefinition } from './detector.ts';
import { mailboxFlood } from './detectors/mailbox-flood.ts';
import { singleSourceBomb } from './detectors/single-source-bomb.ts';
import { subscriptionBomb } from './detectors/subscription-bomb.ts';

/** The detectors of the house. */
export const detectors: readonly DetectorDefinition[] = [subscriptionBomb, singleSourceBomb, mailboxFlood];
