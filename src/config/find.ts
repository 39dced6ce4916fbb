// Which configuration file is meant.
import { existsSync } from 'node:fs';

/** Where a configuration file is looked for when none is named, in this order. */
export const usualPlaces = ['./floodgate.yaml', '/etc/floodgate/floodgate.yaml'] as const;

/** The file to load: the one given (whether it exists or not), else the first of the usual places; null means the embedded set-up. */
export function findConfig(given: string | undefined, places: readonly string[] = usualPlaces): string | null {
  return given ?? places.find((place) => existsSync(place)) ?? null;
}
