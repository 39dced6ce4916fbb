// By what a client is counted and named: its host, its network, or whoever answers for it. Counting keys are cheap and no text for a person.
import { networkOf } from '../lib/ip.ts';
import { hostKey, networkKey } from '../lib/ip-origin.ts';
import type { AlarmKey } from '../model/alarm.ts';
import type { Caller } from '../model/sighting.ts';
import { namesItsAddress, networkOfClient } from './sightings/origin.ts';

/** For counting one host: IPv4 the address, IPv6 its /64 (RFC 4291 2.5.1); '' for a program of this host. */
export const hostOf = ({ ip }: Pick<Caller, 'ip'>): string => (ip === '' ? '' : hostKey(ip));

/** For counting what is given to one customer: IPv4 /24, IPv6 /56. */
export const netOf = ({ ip }: Pick<Caller, 'ip'>): string => (ip === '' ? '' : networkKey(ip));

/** How an alarm names a host. */
export const hostAlarmKey = ({ ip }: Pick<Caller, 'ip'>): AlarmKey => (ip.includes(':') ? { network: networkOf(ip, 32, 64) } : { ip });

/** How an alarm names a network. */
export const networkAlarmKey = ({ ip }: Pick<Caller, 'ip'>): AlarmKey => ({ network: networkOf(ip, 24, 56) });

/** The domain that answers for a client by its confirmed name; null where it has none, or one that only spells its address. */
export const houseOf = ({ name, ip }: Caller, orgDomain: (domain: string) => string): string | null =>
  name === null || namesItsAddress(name, ip) ? null : orgDomain(name);

/** Who a client is, for the list of origins of an alarm. */
export const callerText = (caller: Caller): string => caller.user ?? addressText(caller);

/** Where a client is, for the list of origins of an alarm, whoever it says it is. */
export const addressText = ({ ip }: Pick<Caller, 'ip'>): string => (ip === '' ? 'localhost' : networkOfClient(ip));
