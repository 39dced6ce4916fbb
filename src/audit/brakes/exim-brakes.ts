// Exim's brakes. Figures of Exim 4.98 (specification, chapter 14); limits by host see one host, the gateway.
import type { Brake, Judged, Machine, View } from './brake.ts';
import { readAmount } from './amount.ts';
import { fewerThanGateway, freeSpaceBytes, messageWithTrace, moreThanMemory, sessionsCarried, sessionsNeeded, sessionsProposed } from './sizing.ts';

const constant = (value: number) => (): number => value;
const perProcessor = (factor: number) => (machine: Machine) => factor * machine.processors;

/** Delays by smtp_ratelimit_* hold for smtp_ratelimit_hosts; a list that is there and does not spare the gateway slows it down. */
function lookRateLimit(value: string, view: View): Judged {
  const hosts = view.value('smtp_ratelimit_hosts') ?? '';
  const { gatewayAddress } = view.machine;
  const spared = gatewayAddress !== null && hosts.split(/[\s;,]+|(?<=\d)\s*:\s|:(?=\s*!)/).includes(`!${gatewayAddress}`);
  if (value !== '' && hosts !== '' && !spared)
    return {
      verdict: 'harms the gateway',
      why: 'delays the sessions of the gateway, which bring the mail of all strangers; spare it with ! in smtp_ratelimit_hosts',
    };
  return { verdict: 'good', why: spared ? 'the gateway is spared' : 'no delay by host is right: the gateway sees each client and limits it' };
}

const rate = (setting: string, meaning: string): Brake => ({ setting, meaning, unit: 'text', fallback: () => '', propose: () => '', look: lookRateLimit });

/** A load threshold: off by default, and a few times the number of processors. */
const load = (setting: string, meaning: string, factor: number, bad: string): Brake => ({
  setting,
  meaning,
  unit: 'load',
  fallback: () => '0',
  off: { value: 0, bad },
  least: { of: perProcessor(2), verdict: 'too low', why: 'acts on normal load' },
  most: { of: perProcessor(20), why: 'the machine no longer answers when it acts' },
  propose: (machine) => String(factor * machine.processors),
});

/** The rows, in the order of a session. */
export const eximBrakes: readonly Brake[] = [
  {
    setting: 'smtp_accept_max',
    meaning: 'sessions at once; more are refused with 421',
    unit: 'count',
    fallback: () => '20',
    off: { value: 0, bad: 'connections may use up memory' },
    least: { of: sessionsNeeded, verdict: 'harms the gateway', why: fewerThanGateway },
    most: { of: (machine) => Math.max(sessionsCarried(machine), sessionsProposed(machine)), why: moreThanMemory },
    propose: (machine) => String(sessionsProposed(machine)),
  },
  {
    setting: 'smtp_accept_max_per_host',
    meaning: 'sessions at once from one address',
    unit: 'count',
    fallback: () => '0',
    off: { value: 0, bad: 'one client may take all sessions' },
    least: { of: (machine) => machine.gatewayConnections, verdict: 'harms the gateway', why: fewerThanGateway },
    most: { of: (machine) => sessionsProposed(machine) - 1, why: 'one client may take all sessions' },
    propose: ({ gatewayAddress, gatewayConnections }) =>
      gatewayAddress === null ? String(gatewayConnections) : `\${if eq{$sender_host_address}{${gatewayAddress}}{${gatewayConnections}}{10}}`,
    look: lookPerHost,
  },
  {
    setting: 'smtp_accept_reserve',
    meaning: 'sessions of smtp_accept_max kept for smtp_reserve_hosts',
    unit: 'count',
    fallback: () => '0',
    off: { value: 0, bad: 'others may take the sessions that the gateway needs' },
    least: { of: (machine) => machine.gatewayConnections, verdict: 'too low', why: 'the gateway may need more (hub.connections)' },
    most: { of: (machine) => sessionsProposed(machine) - 10, why: 'hardly any session is left for others' },
    propose: (machine) => String(machine.gatewayConnections),
    look: (value, view) =>
      (readAmount(value, 'count') ?? 0) > 0 && !names(view.value('smtp_reserve_hosts'), view)
        ? { verdict: 'harms the gateway', why: 'smtp_reserve_hosts does not name the gateway: the reserve is kept from it' }
        : null,
  },
  {
    setting: 'smtp_reserve_hosts',
    meaning: 'hosts for which smtp_accept_reserve is kept; smtp_load_reserve spares them',
    unit: 'text',
    fallback: () => '',
    propose: ({ gatewayAddress }) => (gatewayAddress === null ? '' : `<; ${gatewayAddress}`),
    look: (value, view) =>
      names(value, view)
        ? { verdict: 'good', why: 'names the gateway' }
        : { verdict: 'missing', why: 'does not name the gateway (tell its address by --gateway-address)' },
  },
  {
    setting: 'smtp_accept_queue',
    meaning: 'sessions at once from which mail is queued, not delivered at once',
    unit: 'count',
    fallback: () => '0',
    off: { value: 0, bad: 'every session starts a delivery, however many there are' },
    least: { of: constant(10), verdict: 'too low', why: 'on normal traffic mail waits for the next queue run' },
    most: { of: sessionsProposed, why: 'never reached under smtp_accept_max' },
    propose: (machine) => String(Math.max(10, machine.gatewayConnections)),
  },
  load('smtp_load_reserve', 'load average from which only smtp_reserve_hosts are served', 8, 'connections are taken whatever the load'),
  load('queue_only_load', 'load average from which mail is queued, not delivered at once', 8, 'deliveries start whatever the load'),
  load('deliver_queue_load_max', 'load average from which queue runs stop', 8, 'queue runs go on whatever the load'),
  rate('smtp_ratelimit_mail', 'growing delays of MAIL for smtp_ratelimit_hosts'),
  rate('smtp_ratelimit_rcpt', 'growing delays of RCPT for smtp_ratelimit_hosts'),
  {
    setting: 'recipients_max',
    meaning: 'recipients of one message; more are deferred with 452',
    unit: 'count',
    fallback: () => '50000',
    off: { value: 0, bad: 'one message may have any number of recipients' },
    // RFC 5321 4.5.3.1.8: at least 100.
    least: { of: constant(100), verdict: 'harms the gateway', why: 'RFC 5321 asks for 100; the gateway would have to split messages' },
    most: { of: constant(2000), why: 'one message occupies a process for minutes' },
    propose: () => '1000',
  },
  {
    setting: 'message_size_limit',
    meaning: 'largest message',
    unit: 'bytes',
    fallback: () => '50M',
    off: { value: 0, bad: 'one message may fill the disk' },
    least: { of: messageWithTrace, verdict: 'harms the gateway', why: 'the gateway takes larger messages in and is then refused' },
    most: { of: (machine) => 10 * machine.messageBytes, why: 'far above what the gateway lets through' },
    propose: (machine) => String(messageWithTrace(machine)),
  },
  {
    setting: 'check_spool_space',
    meaning: 'free space of the spool below which mail is deferred',
    unit: 'KiB',
    fallback: () => '10M',
    off: { value: 0, bad: 'the spool may fill the disk' },
    least: { of: (machine) => (2 * machine.messageBytes) / 1024, verdict: 'too low', why: 'less than two of the largest messages' },
    most: { of: (machine) => (100 * machine.messageBytes) / 1024, why: 'mail is deferred on a disk that has room' },
    propose: (machine) => `${Math.ceil(freeSpaceBytes(machine) / 1024 ** 2)}M`,
  },
  {
    setting: 'smtp_receive_timeout',
    meaning: 'wait for the client',
    unit: 'seconds',
    fallback: () => '5m',
    off: { value: 0, bad: 'a client that falls silent holds a process for ever' },
    least: { of: constant(60), verdict: 'too low', why: 'slow honest clients are cut off, and idle sessions of the gateway' },
    most: { of: constant(600), why: 'a silent client holds a process all that time' },
    propose: () => '5m',
  },
];

function names(list: string | null, { machine: { gatewayAddress } }: View): boolean {
  return gatewayAddress !== null && (list ?? '').split(/[\s;,]+|(?<=\d)\s*:\s/).includes(gatewayAddress);
}

/** Our own proposal is an expression; the number it gives the gateway is what counts. */
function lookPerHost(value: string, { machine }: View): Judged | null {
  const own = /^\$\{if eq\{\$sender_host_address\}\{([^{}]+)\}\{(\d+)\}\{\d+\}\}$/.exec(value);
  return own?.[1] === machine.gatewayAddress && Number(own?.[2] ?? 0) >= machine.gatewayConnections
    ? { verdict: 'good', why: 'the gateway has a limit of its own' }
    : null;
}
