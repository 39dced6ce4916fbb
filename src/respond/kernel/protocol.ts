// What the gateway may ask of the kernel helper: three orders and two questions, a line each, answered with a line. Small on purpose: the
// helper may change the packet filter of the machine, and whoever has taken over the gateway speaks to it.
//
//   replace N | add N     then N lines `address/bits seconds`
//   remove N              then N lines `address/bits`
//   report
//   count NETWORK
//
//   done N [M LEFT-OUT: reason]     N networks were taken, M left out by the helper's own guard
//   counted PACKETS BYTES           dropped since the helper began; of one network since its entry was sent last
//   no REASON                       nothing was changed
import { cidrText, parseCidr, type Cidr } from '../../lib/ip.ts';

export type Order = 'replace' | 'add' | 'remove';

/** A network and how long it stays dropped, in seconds; 0 in an order to remove. */
export interface Timed {
  readonly network: Cidr;
  readonly text: string;
  readonly seconds: number;
}

export type Asked =
  | { readonly kind: 'order'; readonly order: Order; readonly count: number }
  | { readonly kind: 'report' }
  | { readonly kind: 'count'; readonly network: Cidr };

export type Answer =
  | { readonly kind: 'done'; readonly taken: number; readonly leftOut: number; readonly why: string }
  | { readonly kind: 'counted'; readonly packets: number; readonly bytes: number }
  | { readonly kind: 'no'; readonly why: string };

/** Networks in one order at most, and in the kernel at once. */
export const maxNetworks = 65_536;
/** Seconds: the helper forgets what nobody confirms for so long, so that a gateway that is gone for good blocks nobody for good. */
export const maxSeconds = 3600;
/** Why there is no count of a network: the helper's own guard has left it out, or its time is over. */
export const notInSet = 'it is not in the set';
/** Bytes of a line at most, either way. */
export const maxLine = 300;

/** The first line of a request; null where it is none. */
export function readAsked(line: string): Asked | null {
  if (line === 'report') return { kind: 'report' };
  const one = /^count ([\da-f.:]{2,39}\/\d{1,3})$/.exec(line)?.[1];
  if (one !== undefined) {
    const network = networkIn(one);
    return network === null ? null : { kind: 'count', network };
  }
  const [, order, digits] = /^(replace|add|remove) (\d{1,6})$/.exec(line) ?? [];
  const count = Number(digits);
  return order === undefined || count > maxNetworks ? null : { kind: 'order', order: order as Order, count }; // the pattern names them
}

/** One line below an order; null where it is not exactly such a line. */
export function readTimed(order: Order, line: string): Timed | null {
  const [, text = '', digits = '0'] = (order === 'remove' ? /^([\da-f.:]{2,39}\/\d{1,3})$/ : /^([\da-f.:]{2,39}\/\d{1,3}) (\d{1,4})$/).exec(line) ?? [];
  const network = networkIn(text);
  const seconds = Number(digits);
  if (network === null) return null;
  return order === 'remove' || (seconds >= 1 && seconds <= maxSeconds) ? { network, text, seconds } : null;
}

/** One way to write a network, host bits and all: two ways would be two truths about what is in the set. */
function networkIn(text: string): Cidr | null {
  const network = parseCidr(text);
  return network === null || cidrText(network) !== text ? null : network;
}

/** An order as it is sent. */
export const orderText = (order: Order, entries: readonly Pick<Timed, 'text' | 'seconds'>[]): string =>
  `${order} ${entries.length}\n${entries.map(({ text, seconds }) => (order === 'remove' ? text : `${text} ${seconds}`)).join('\n')}${entries.length === 0 ? '' : '\n'}`;

export function answerText(answer: Answer): string {
  switch (answer.kind) {
    case 'done':
      return answer.leftOut === 0 ? `done ${answer.taken}\n` : oneLine(`done ${answer.taken} ${answer.leftOut} ${answer.why}`);
    case 'counted':
      return `counted ${answer.packets} ${answer.bytes}\n`;
    case 'no':
      return oneLine(`no ${answer.why}`);
    default:
      return answer satisfies never;
  }
}

/** An answer of the helper; null where it is none of ours. */
export function readAnswer(line: string): Answer | null {
  const [, kind, first = '', second, rest = ''] = /^(done|counted) (\d{1,15})(?: (\d{1,15})(?: (.*))?)?$/.exec(line) ?? [];
  if (kind === 'counted' && second !== undefined) return { kind, packets: Number(first), bytes: Number(second) };
  if (kind === 'done') return { kind, taken: Number(first), leftOut: Number(second ?? 0), why: rest };
  return line.startsWith('no ') ? { kind: 'no', why: line.slice(3) } : null;
}

const oneLine = (text: string): string => `${text.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, maxLine - 1)}\n`;
