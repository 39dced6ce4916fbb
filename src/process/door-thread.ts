// The program of a door thread: puts one door's parts together. Holds sessions, policy and hub connections; asks the keeper for nothing
// before it answers a client.
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { Pulse } from '../lib/pulse.ts';
import { mountDoor, type MountedDoor } from './mount-door.ts';
import type { DoorStart, FromDoor, ToDoor } from './messages.ts';

const FLUSH_MS = 50;
const FIGURES_MS = 1000;

const keeper = parentPort;
if (keeper === null) throw new Error('a door thread is started by the keeper');
const say = (message: FromDoor): void => {
  // The journal's memory changes hands: it is not copied, and the keeper's collector has nothing to do with it.
  if (message.kind === 'batch') keeper.postMessage(message, [message.batch.journal.bytes.buffer]);
  else keeper.postMessage(message);
};
const start = workerData as DoorStart;
const door: MountedDoor = await mountDoor(start, say);

keeper.on('message', (message: ToDoor) => {
  switch (message.kind) {
    case 'settings':
      return void door.reconfigure(message);
    case 'log-detail':
      return door.useLogDetail(message.detail);
    case 'lists':
      return door.useLists(message.lists);
    case 'measures':
      return door.useMeasures(message.measures);
    case 'quota-raises':
      return door.useQuotaRaises(message.raises);
    case 'distrusted':
      return door.useDistrusted(message.addresses);
    case 'final':
      return door.learnFinal(message.entry);
    case 'correspondents':
      return door.learnReputes(message.changes);
    case 'taken':
      return door.taken(message.cost);
    case 'flush':
      door.flush();
      return say({ kind: 'flushed', ask: message.ask });
    case 'drain':
      return void door.drain(message.patienceMs).then(() => say({ kind: 'drained' }));
    default:
      return message satisfies never;
  }
});

/** The monitor's own timer, in ms: a loop without any delay shows this much. */
const LAG_RESOLUTION_MS = 20;
const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
lag.enable();
const pulse = new Pulse(start.pulse);
setInterval(() => {
  pulse.beat();
  door.beat();
}, FLUSH_MS);
let loop = performance.eventLoopUtilization();
setInterval(() => {
  const { utilization } = performance.eventLoopUtilization(loop);
  say({ kind: 'figures', figures: { ...door.figures(), lagMs: Math.max(0, lag.percentile(99) / 1e6 - LAG_RESOLUTION_MS), loopShare: utilization } });
  lag.reset();
  loop = performance.eventLoopUtilization();
  door.tellReputes();
}, FIGURES_MS);

await door.open();
