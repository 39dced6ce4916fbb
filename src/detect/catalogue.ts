// Every detector, in the order of the mission's rows. A new one is a file in detectors/, a page in docs/detectors/ and a line here.
import type { DetectorDefinition } from './detector.ts';

/** The detectors of the house. */
export const detectors: readonly DetectorDefinition[] = [];
