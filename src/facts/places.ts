// Where an address is, by databases of the operator's (MaxMind DB format: GeoLite2, DB-IP, IPinfo and their like): country and autonomous
// system. None comes with Floodgate. The only file that imports maxmind.
import { readFileSync } from 'node:fs';
import { Reader } from 'maxmind';
import { LruMap } from '../lib/lru-map.ts';

/** Country as ISO 3166 in upper case, network as `AS64500`; '' where only the other is known. */
export interface Place {
  readonly country: string;
  readonly network: string;
  /** In a country that the site calls its own. */
  readonly local: boolean;
}

export interface Places {
  /** Null: no database knows the address. */
  of(ip: string): Place | null;
  /** Databases that cannot be used, in words. */
  readonly trouble: readonly string[];
}

export interface PlaceFiles {
  readonly country?: string | undefined;
  readonly network?: string | undefined;
  /** Countries of the site itself, upper case. */
  readonly own: readonly string[];
}

/** The fields that are looked at; the formats of the providers have these in common. */
interface CountryRecord {
  readonly country?: { readonly iso_code?: string } | string;
  readonly country_code?: string;
}
interface NetworkRecord {
  readonly autonomous_system_number?: number;
  readonly asn?: string;
}

/** Addresses remembered: a flood comes from the same ones again and again. */
const remembered = 20_000;
const forMs = 3_600_000;

/** Opens the databases; one that cannot be read is told and does without. */
export function openPlaces({ country, network, own }: PlaceFiles, now: () => number = Date.now): Places {
  const trouble: string[] = [];
  const countries = open<CountryRecord>(country, trouble);
  const networks = open<NetworkRecord>(network, trouble);
  const known = new LruMap<string, Place | 'nowhere'>({ capacity: remembered, now });
  const look = (ip: string): Place | 'nowhere' => {
    const code = countryOf(get(countries, ip));
    const system = networkOf(get(networks, ip));
    return code === '' && system === '' ? 'nowhere' : { country: code, network: system, local: own.includes(code) };
  };
  return {
    trouble,
    of: (ip) => {
      if (countries === null && networks === null) return null;
      let place = known.get(ip);
      if (place === undefined) known.set(ip, (place = look(ip)), forMs);
      return place === 'nowhere' ? null : place;
    },
  };
}

function open<T extends object>(file: string | undefined, trouble: string[]): Reader<T & Record<string, never>> | null {
  if (file === undefined) return null;
  try {
    return new Reader(readFileSync(file));
  } catch (error) {
    trouble.push(`places: ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** A damaged record must not end more than its own look-up. */
function get<T>(reader: { get(ip: string): T | null } | null, ip: string): T | null {
  try {
    return reader?.get(ip) ?? null;
  } catch {
    return null;
  }
}

const countryOf = (found: CountryRecord | null): string => {
  const code = typeof found?.country === 'string' ? found.country : (found?.country?.iso_code ?? found?.country_code ?? '');
  return /^[A-Za-z]{2}$/.test(code) ? code.toUpperCase() : '';
};
const networkOf = (found: NetworkRecord | null): string => {
  const number = found?.autonomous_system_number ?? Number(/^AS(\d+)$/i.exec(found?.asn ?? '')?.[1] ?? 0);
  return Number.isInteger(number) && number > 0 ? `AS${number}` : '';
};
