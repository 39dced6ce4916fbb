// What the proposals rest on: how many sessions a hub has to take from the gateway, and how many its memory carries.
import type { Machine } from './brake.ts';

/** One session with the programs behind it (receiving, cleaning up, delivering), in MiB: an assumption, on the safe side of what such programs usually take. */
const sessionMiB = 10;

/** The gateway's sessions and ten for the hub's own: local mail, cron, an administrator who looks. */
export const sessionsNeeded = (machine: Machine): number => machine.gatewayConnections + 10;

/** Sessions that half of the memory carries; the other half is for delivery, content checks and the file cache. */
export const sessionsCarried = (machine: Machine): number => Math.max(10, Math.floor(machine.memoryMiB / 2 / sessionMiB));

/** Twice what the gateway brings where memory allows, never less than it needs. */
export const sessionsProposed = (machine: Machine): number =>
  Math.max(sessionsNeeded(machine), Math.min(sessionsCarried(machine), 2 * machine.gatewayConnections + 10));

/** The largest `hub.connections` that this memory carries. */
export const gatewayConnectionsCarried = (machine: Machine): number => Math.max(1, sessionsCarried(machine) - 10);

/** Free space to keep, in bytes: a largest message for each processor, and never less than four. */
export const freeSpaceBytes = (machine: Machine): number => machine.messageBytes * Math.max(4, machine.processors);

/** The gateway's largest message with what the trace lines add, in bytes. */
export const messageWithTrace = (machine: Machine): number => machine.messageBytes + 64 * 1024;

/** What is said when the limit refuses sessions that the gateway opens. */
export const fewerThanGateway = 'the gateway opens more sessions than this (hub.connections) and would be refused';
/** What is said when the memory does not carry the limit. */
export const moreThanMemory = 'half of the memory does not carry so many sessions';
