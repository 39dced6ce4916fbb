// Sendmail's brakes. Figures of Sendmail 8.18 (Installation and Operation Guide, 5.6); all of them hold for the gateway as for any client.
import type { Brake, Judged, Machine, View } from './brake.ts';
import { readAmount } from './amount.ts';
import { fewerThanGateway, freeSpaceBytes, messageWithTrace, moreThanMemory, sessionsCarried, sessionsNeeded, sessionsProposed } from './sizing.ts';

const perProcessor = (factor: number) => (machine: Machine) => factor * machine.processors;
const constant = (value: number) => (): number => value;
/** Sendmail counts in the blocks of the file system: 4 KiB on all that Linux makes today. */
const blockBytes = 4096;
/** A pool that was idle opens anew within five seconds. */
const burst = (machine: Machine): number => Math.ceil(machine.gatewayConnections / 5);

/** Delay, queue and refuse must come in this order, or a milder brake never works. */
function inOrder(value: string, view: View): Judged | null {
  const queue = readAmount(view.value('QueueLA') ?? String(8 * view.machine.processors), 'load');
  const refuse = readAmount(value, 'load');
  return queue !== null && refuse !== null && refuse > 0 && refuse <= queue
    ? { verdict: 'too low', why: `not above QueueLA (${queue}): mail is refused before delivery is put off` }
    : null;
}

const waits = (setting: string, meaning: string, fallback: string, seconds: number, most: number): Brake => ({
  setting,
  meaning,
  unit: 'seconds',
  fallback: () => fallback,
  off: { value: 0, bad: 'a client that falls silent holds a process for ever' },
  least: { of: constant(60), verdict: 'too low', why: 'slow honest clients are cut off' },
  most: { of: constant(most), why: 'a silent client holds a process all that time' },
  propose: () => `${seconds / 60}m`,
});

/** The rows, in the order of a session. */
export const sendmailBrakes: readonly Brake[] = [
  {
    setting: 'ConnectionRateThrottle',
    meaning: 'new connections a second; more wait a second each',
    unit: 'count',
    fallback: () => '0',
    off: { value: 0, bad: 'a burst of connections forks as many processes at once' },
    least: { of: burst, verdict: 'harms the gateway', why: 'the pool of the gateway opens too slowly after a pause' },
    most: { of: (machine) => Math.max(100, 2 * machine.gatewayConnections), why: 'so many forks a second are no brake' },
    propose: (machine) => String(Math.max(10, 2 * burst(machine))),
  },
  {
    setting: 'DelayLA',
    meaning: 'load average from which each connection and command is delayed by a second',
    unit: 'load',
    fallback: () => '0',
    off: { value: 0, bad: 'nothing slows clients down before delivery is put off' },
    least: { of: perProcessor(2), verdict: 'harms the gateway', why: 'on normal load every command of the gateway takes a second longer' },
    most: { of: perProcessor(8), why: 'acts after QueueLA only' },
    propose: (machine) => String(6 * machine.processors),
  },
  {
    setting: 'QueueLA',
    meaning: 'load average from which mail is queued, not delivered at once',
    unit: 'load',
    fallback: (machine) => String(8 * machine.processors),
    off: { value: 0, bad: 'delivery goes on whatever the load' },
    least: { of: perProcessor(2), verdict: 'too low', why: 'on normal load mail waits for the next queue run' },
    most: { of: perProcessor(12), why: 'delivery goes on while the machine drowns' },
    propose: (machine) => String(8 * machine.processors),
  },
  {
    setting: 'RefuseLA',
    meaning: 'load average from which connections are refused',
    unit: 'load',
    fallback: (machine) => String(12 * machine.processors),
    off: { value: 0, bad: 'connections are taken whatever the load' },
    least: { of: perProcessor(4), verdict: 'harms the gateway', why: 'the gateway is refused on normal load and must defer' },
    most: { of: perProcessor(20), why: 'the machine no longer answers when it acts' },
    propose: (machine) => String(12 * machine.processors),
    look: inOrder,
  },
  {
    setting: 'MaxDaemonChildren',
    meaning: 'processes at once; more connections are refused',
    unit: 'count',
    fallback: () => '0',
    off: { value: 0, bad: 'connections may use up memory' },
    least: { of: sessionsNeeded, verdict: 'harms the gateway', why: fewerThanGateway },
    most: { of: (machine) => Math.max(sessionsCarried(machine), sessionsProposed(machine)), why: moreThanMemory },
    propose: (machine) => String(sessionsProposed(machine)),
  },
  {
    setting: 'MaxRecipientsPerMessage',
    meaning: 'recipients of one message; more are deferred with 452',
    unit: 'count',
    fallback: () => '0',
    off: { value: 0, bad: 'one message may have any number of recipients' },
    // RFC 5321 4.5.3.1.8: at least 100.
    least: { of: constant(100), verdict: 'harms the gateway', why: 'RFC 5321 asks for 100; the gateway would have to split messages' },
    most: { of: constant(2000), why: 'one message occupies a process for minutes' },
    propose: () => '1000',
  },
  {
    setting: 'MaxMessageSize',
    meaning: 'largest message in bytes',
    unit: 'bytes',
    fallback: () => '0',
    off: { value: 0, bad: 'one message may fill the disk' },
    least: { of: messageWithTrace, verdict: 'harms the gateway', why: 'the gateway takes larger messages in and is then refused' },
    most: { of: (machine) => 10 * machine.messageBytes, why: 'far above what the gateway lets through' },
    propose: (machine) => String(messageWithTrace(machine)),
  },
  {
    setting: 'BadRcptThrottle',
    meaning: 'unknown recipients of a session after which each costs a second',
    unit: 'count',
    fallback: () => '0',
    off: { value: 0, bad: 'addresses can be guessed at full speed by whoever comes past the gateway' },
    least: { of: constant(10), verdict: 'harms the gateway', why: 'the gateway verifies recipients here, and its sessions serve many clients' },
    most: { of: constant(100), why: 'guessing is hardly slowed down' },
    propose: () => '20',
  },
  {
    setting: 'MinFreeBlocks',
    meaning: "free blocks of the queue's file system (4 KiB each as a rule) below which mail is deferred",
    unit: 'count',
    fallback: () => '100',
    off: { value: 0, bad: 'the queue may fill the disk' },
    least: { of: (machine) => Math.ceil((2 * machine.messageBytes) / blockBytes), verdict: 'too low', why: 'less than two of the largest messages' },
    most: { of: (machine) => Math.ceil((100 * machine.messageBytes) / blockBytes), why: 'mail is deferred on a disk that has room' },
    propose: (machine) => String(Math.ceil(freeSpaceBytes(machine) / blockBytes)),
  },
  waits('Timeout.command', 'wait for the next command', '1h', 300, 600),
  waits('Timeout.mail', 'wait for the answer to MAIL', '10m', 300, 600),
  waits('Timeout.rcpt', 'wait for the answer to RCPT', '1h', 300, 3600),
  waits('Timeout.datablock', 'wait for a part of the content', '1h', 300, 1800),
  {
    setting: 'Timeout.ident',
    meaning: 'wait for an ident answer of the client',
    unit: 'seconds',
    fallback: () => '5s',
    off: { value: 0 },
    most: { of: constant(0), why: 'every new session of the gateway waits for an answer that nobody uses' },
    propose: () => '0',
  },
];
