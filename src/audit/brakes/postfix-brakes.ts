// Postfix's brakes. Figures of Postfix 3.7 (postconf(5)). The brakes by client address (anvil(8)) see one client, the gateway: it has to be
// in smtpd_client_event_limit_exceptions.
import { parseCidr } from '../../lib/ip.ts';
import { PrefixSet } from '../../lib/prefix-set.ts';
import { readAmount } from './amount.ts';
import type { Brake, Judged, Machine, View } from './brake.ts';
import { fewerThanGateway, freeSpaceBytes, messageWithTrace, moreThanMemory, sessionsCarried, sessionsNeeded, sessionsProposed } from './sizing.ts';

const constant = (value: number) => (): number => value;
const exceptions = 'smtpd_client_event_limit_exceptions';

/** True when the list of networks holds the gateway; unknown address: false. `[::1]/128` is how Postfix writes IPv6. */
function holdsGateway(list: string, { gatewayAddress }: Machine): boolean {
  if (gatewayAddress === null) return false;
  const networks = list.split(/[\s,]+/).flatMap((word) => {
    const network = word.replace(/[[\]]/g, '');
    return parseCidr(network) === null ? [] : [network];
  });
  return PrefixSet.build(networks).has(gatewayAddress);
}

/** Postfix does not count a client that it lets say XCLIENT. */
const mayNameClients = (view: View): boolean => holdsGateway(view.value('smtpd_authorized_xclient_hosts') ?? '', view.machine);
const excepted = (view: View): boolean => mayNameClients(view) || holdsGateway(view.value(exceptions) ?? '', view.machine);
/** Our lines except the gateway only where its address is known: else a limit by address must not be proposed. */
const willBeExcepted = ({ gatewayAddress }: Machine): boolean => gatewayAddress !== null;

/** A limit by client address: good when the gateway is excepted, or when it leaves the gateway room. */
const byAddress =
  (enough: (machine: Machine) => number) =>
  (value: string, view: View): Judged | null => {
    const limit = readAmount(value, 'count');
    return limit !== null && limit > 0 && limit < enough(view.machine) && !excepted(view)
      ? { verdict: 'harms the gateway', why: `all strangers come from the gateway's one address, which ${exceptions} does not name` }
      : null;
  };

const rate = (setting: string, meaning: string, proposed: number): Brake => ({
  setting,
  meaning,
  unit: 'count',
  fallback: () => '0',
  off: { value: 0, bad: 'nothing slows down a client that comes past the gateway' },
  most: { of: constant(100 * proposed), why: 'so many are no brake' },
  propose: (machine) => (willBeExcepted(machine) ? String(proposed) : '0'),
  look: byAddress(constant(Number.POSITIVE_INFINITY)),
});

function lookExceptions(value: string, view: View): Judged | null {
  if (view.machine.gatewayAddress === null) return { verdict: 'missing', why: "the gateway's address was not told: --gateway-address" };
  if (mayNameClients(view)) return { verdict: 'good', why: 'the gateway may say XCLIENT: Postfix does not count it' };
  return holdsGateway(value, view.machine)
    ? { verdict: 'good', why: 'the gateway is excepted' }
    : { verdict: 'harms the gateway', why: 'the limits by client address count all strangers as one client, the gateway' };
}

function lookPostscreen(value: string, view: View): Judged {
  if (value !== 'yes') return { verdict: 'good', why: 'its tests look at the client, which is the gateway: they would find nothing' };
  const list = view.value('postscreen_access_list') ?? 'permit_mynetworks';
  return list.includes('permit_mynetworks') && holdsGateway(view.value('mynetworks') ?? '', view.machine)
    ? { verdict: 'good', why: 'the gateway passes by permit_mynetworks' }
    : { verdict: 'harms the gateway', why: 'each new session of the gateway waits for the greeting test; let it pass by postscreen_access_list' };
}

/** The rows, in the order of a session. */
export const postfixBrakes: readonly Brake[] = [
  {
    setting: 'default_process_limit',
    meaning: 'processes of each service at once, SMTP sessions among them',
    unit: 'count',
    fallback: () => '100',
    off: { value: 0, bad: 'connections may use up memory' },
    least: { of: sessionsNeeded, verdict: 'harms the gateway', why: fewerThanGateway },
    most: { of: (machine) => Math.max(sessionsCarried(machine), sessionsProposed(machine)), why: moreThanMemory },
    propose: (machine) => String(sessionsProposed(machine)),
    look: (_value, view) => {
      const own = Number(view.value('smtpd/maxproc') ?? '0');
      return own > 0 && own < sessionsNeeded(view.machine)
        ? { verdict: 'harms the gateway', why: `master.cf gives smtpd ${own} processes: ${fewerThanGateway}; write - there` }
        : null;
    },
  },
  {
    setting: exceptions,
    meaning: 'clients that the limits by address do not count',
    unit: 'text',
    fallback: () => '$mynetworks',
    propose: ({ gatewayAddress }, view) => {
      if (gatewayAddress === null) return '';
      return holdsGateway(view.value('mynetworks') ?? '', view.machine) ? '$mynetworks' : `$mynetworks ${bracketed(gatewayAddress)}`;
    },
    look: lookExceptions,
  },
  {
    setting: 'smtpd_client_connection_count_limit',
    meaning: 'connections at once from one address',
    unit: 'count',
    fallback: () => '50',
    off: { value: 0, bad: 'one client may take all processes' },
    least: { of: constant(5), verdict: 'too low', why: 'honest hosts open some in parallel' },
    most: { of: (machine) => Math.max(10, Math.floor(sessionsProposed(machine) / 2)), why: 'one client may take more than half of the processes' },
    propose: (machine) => (willBeExcepted(machine) ? '20' : String(sessionsNeeded(machine))),
    look: byAddress(sessionsNeeded),
  },
  rate('smtpd_client_connection_rate_limit', 'new connections from one address in anvil_rate_time_unit', 60),
  rate('smtpd_client_message_rate_limit', 'messages from one address in anvil_rate_time_unit', 100),
  rate('smtpd_client_recipient_rate_limit', 'recipients from one address in anvil_rate_time_unit', 300),
  {
    setting: 'anvil_rate_time_unit',
    meaning: 'the time over which rates are counted',
    unit: 'seconds',
    fallback: () => '60s',
    least: { of: constant(10), verdict: 'too low', why: 'rates forget at once' },
    most: { of: constant(3600), why: 'a client waits that long after its limit' },
    propose: () => '60s',
  },
  {
    setting: 'smtpd_timeout',
    meaning: 'wait for the client, without stress',
    unit: 'seconds',
    fallback: () => '300',
    least: { of: constant(60), verdict: 'too low', why: 'slow honest clients are cut off, and idle sessions of the gateway' },
    most: { of: constant(300), why: 'a silent client holds a process all that time' },
    propose: () => '${stress?{10}:{300}}s',
    look: (_value, view) => {
      const stressed = /\$\{stress\?\{?(\d+)/.exec(view.value('raw:smtpd_timeout') ?? '');
      return stressed !== null && Number(stressed[1]) < 5
        ? { verdict: 'harms the gateway', why: 'under stress a pause of a few seconds ends the session' }
        : null;
    },
  },
  {
    setting: 'smtpd_hard_error_limit',
    meaning: 'errors after which the session ends, without stress',
    unit: 'count',
    fallback: () => '20',
    off: { value: 0, bad: 'a session may err for ever' },
    least: { of: constant(20), verdict: 'harms the gateway', why: 'the gateway verifies recipients here, and its sessions serve many clients' },
    most: { of: constant(200), why: 'addresses can be guessed' },
    propose: () => '100',
    look: (value, view) =>
      /stress\?\{?1\b/.test(view.value('raw:smtpd_hard_error_limit') ?? '${stress?{1}:{20}}')
        ? { verdict: 'harms the gateway', why: `under stress one unknown recipient (else ${value}) ends a session of the gateway` }
        : null,
  },
  {
    setting: 'smtpd_recipient_limit',
    meaning: 'recipients of one message; more are deferred with 452',
    unit: 'count',
    fallback: () => '1000',
    // RFC 5321 4.5.3.1.8: at least 100.
    least: { of: constant(100), verdict: 'harms the gateway', why: 'RFC 5321 asks for 100; the gateway would have to split messages' },
    most: { of: constant(2000), why: 'one message occupies a process for minutes' },
    propose: () => '1000',
  },
  {
    setting: 'message_size_limit',
    meaning: 'largest message in bytes',
    unit: 'bytes',
    fallback: () => '10240000',
    off: { value: 0, bad: 'one message may fill the disk' },
    least: { of: messageWithTrace, verdict: 'harms the gateway', why: 'the gateway takes larger messages in and is then refused' },
    most: { of: (machine) => 10 * machine.messageBytes, why: 'far above what the gateway lets through' },
    propose: (machine) => String(messageWithTrace(machine)),
  },
  {
    setting: 'queue_minfree',
    meaning: 'free bytes of the queue below which mail is deferred',
    unit: 'bytes',
    fallback: () => '0',
    off: { value: 0, bad: 'only 1.5 messages of the largest size are kept free, not the room that the sessions at once need' },
    least: { of: (machine) => 2 * machine.messageBytes, verdict: 'too low', why: 'less than two of the largest messages' },
    most: {
      of: (machine) => Math.max(100 * machine.messageBytes, spaceForLargest(10 * machine.messageBytes)),
      why: 'mail is deferred on a disk that has room',
    },
    propose: (machine, view) => String(Math.max(freeSpaceBytes(machine), spaceForLargest(largestMessage(machine, view)))),
  },
  {
    setting: 'in_flow_delay',
    meaning: 'pause before a message is taken when more comes in than goes out',
    unit: 'seconds',
    fallback: () => '1s',
    off: { value: 0, bad: 'the queue grows as fast as the gateway brings mail' },
    most: { of: constant(3), why: 'each message of the gateway waits that long' },
    // Nothing of it shows in Postfix's log, so that nobody could tell whether a proposal works: it is judged alone.
    propose: () => '',
  },
  {
    setting: 'postscreen',
    meaning: 'tests new clients before a session (master.cf)',
    unit: 'text',
    fallback: () => 'no',
    propose: () => '',
    look: lookPostscreen,
  },
];

/** Postfix warns of less, and refuses mail when less is free whatever is written. */
const spaceForLargest = (bytes: number): number => Math.ceil(1.5 * bytes);

/** What message_size_limit will be: as it stands where that is right, else as proposed. */
function largestMessage(machine: Machine, view: View): number {
  const own = readAmount(view.value('message_size_limit') ?? '', 'bytes');
  return own !== null && own >= messageWithTrace(machine) && own <= 10 * machine.messageBytes ? own : messageWithTrace(machine);
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);
