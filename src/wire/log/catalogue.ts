// Every reader of mail logs: one row each. The first that claims a program or owns a line reads it.
import type { LogReader } from './reader.ts';
import { postgrey } from './readers/postgrey.ts';

/** In the order in which they are asked. */
export const readers: readonly LogReader[] = [postgrey];
