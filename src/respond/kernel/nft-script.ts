// The helper's words to nft: a table of its own, changed in one transaction at a time.
import { cidrText, type Cidr } from '../../lib/ip.ts';
import { dropRules } from '../exports/nftables.ts';
import type { Order, Timed } from './protocol.ts';

/** The helper's table; `nft delete table inet floodgate_live` takes it away at any time. */
export const liveTable = 'inet floodgate_live';

/**
 * Makes the table anew, with empty sets and counters at zero. `counting`: each network is counted by itself, which nft before 0.9.5 and Linux
 * before 5.7 cannot.
 */
export const freshTable = (ports: readonly number[], counting: boolean): string => `table ${liveTable}
delete table ${liveTable}
table ${liveTable} {
  counter dropped { }
  set blocked4 { type ipv4_addr; flags interval, timeout;${counting ? ' counter;' : ''} }
  set blocked6 { type ipv6_addr; flags interval, timeout;${counting ? ' counter;' : ''} }
  chain arriving {
    type filter hook prerouting priority raw; policy accept;
    ${dropRules(ports, 'counter name dropped').join('\n    ')}
  }
}
`;

/** Takes the table away; no mistake where there is none. */
export const noTable = `table ${liveTable}\ndelete table ${liveTable}\n`;

/** The script of one order: all of it holds afterwards, or none. */
export function orderScript(order: Order, entries: readonly Timed[]): string {
  const verb = order === 'remove' ? 'delete' : 'add';
  const flush = order === 'replace' ? `flush set ${liveTable} blocked4\nflush set ${liveTable} blocked6\n` : '';
  return flush + ([4, 6] as const).map((family) => elements(verb, family, entries)).join('');
}

function elements(verb: 'add' | 'delete', family: 4 | 6, entries: readonly Timed[]): string {
  const list = entries.flatMap(({ network, text, seconds }) => (network.family !== family ? [] : [verb === 'add' ? `${text} timeout ${seconds}s` : text]));
  return list.length === 0 ? '' : `${verb} element ${liveTable} blocked${family} {\n${list.join(',\n')}\n}\n`;
}

/** What `nft list set` says of one network: not in the set, in it but not counted, or its count. */
export function readElementCounter(listed: string, network: Cidr): { readonly packets: number; readonly bytes: number } | 'absent' | 'uncounted' {
  const address = cidrText(network).replace(network.family === 4 ? /\/32$/ : /\/128$/, ''); // as nft writes a single address
  const found = new RegExp(`[\\s{,]${address.replaceAll('.', '\\.')}(?: counter packets (\\d+) bytes (\\d+))?[\\s,}]`).exec(listed);
  if (found === null) return 'absent';
  return found[1] === undefined ? 'uncounted' : { packets: Number(found[1]), bytes: Number(found[2]) };
}

/** What `nft -j list counter` says of our counter; null where it says something else. */
export function readCounter(json: string): { readonly packets: number; readonly bytes: number } | null {
  const found = /"packets":\s*(\d+),\s*"bytes":\s*(\d+)/.exec(json);
  return found === null ? null : { packets: Number(found[1]), bytes: Number(found[2]) };
}
