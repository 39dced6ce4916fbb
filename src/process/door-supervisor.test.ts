import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { SharedCounters } from '../lib/shared-counters.ts';
import { DoorSupervisor, type SupervisorParts } from './door-supervisor.ts';
import type { DoorStart } from './messages.ts';

const counters = (): SharedArrayBuffer => SharedCounters.allocate(2, 64, { k0: 1, k1: 2 });

/** The program of a thread that knows the messages; `more` is what else it does. */
function program(more: string): URL {
  const text = `
    import { parentPort, workerData } from 'node:worker_threads';
    const say = (message) => parentPort.postMessage(message);
    const beat = () => workerData.pulse && Atomics.add(new Int32Array(workerData.pulse), 0, 1);
    setInterval(beat, 5);
    const ready = () => say({ kind: 'ready', listeners: [{ name: 'mx', host: '127.0.0.1', port: 25 }] });
    parentPort.on('message', (message) => {
      if (message.kind === 'drain') say({ kind: 'drained' });
      if (message.kind === 'flush') say({ kind: 'flushed', ask: message.ask });
      if (message.kind === 'taken' && message.cost < 0) for (;;);
      if (message.kind === 'taken') throw new Error('fell over');
    });
    ${more}`;
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

interface Watched {
  readonly supervisor: DoorSupervisor;
  readonly died: string[];
  readonly failed: string[];
  /** Numbers of the doors in the order of their starts. */
  readonly starts: number[];
  /** Resolves after so many deaths. */
  deaths(count: number): Promise<void>;
  startsOf(count: number): Promise<void>;
}

function watched(t: TestContext, more: string, parts: Partial<SupervisorParts> = {}): Watched {
  const [died, failed, starts]: [string[], string[], number[]] = [[], [], []];
  const waiting: { readonly look: () => boolean; readonly done: () => void }[] = [];
  const happened = (): void => waiting.filter(({ look }) => look()).forEach(({ done }) => done());
  const reach = (look: () => boolean): Promise<void> => new Promise((done) => (look() ? done() : waiting.push({ look, done })));
  const supervisor = new DoorSupervisor({
    entry: program(more),
    doors: 2,
    mayReplace: true,
    silenceMs: () => 1000,
    onBatch: () => {},
    onFinal: () => {},
    onListenFailed: ({ why }) => {
      failed.push(why);
      happened();
    },
    ...parts,
    startOf: (number) => {
      starts.push(number);
      queueMicrotask(happened);
      return (parts.startOf?.(number) ?? { number }) as DoorStart; // what the scripted thread reads of it
    },
    onDied: (number, why) => {
      parts.onDied?.(number, why);
      died.push(`${number}: ${why.split('\n')[0]}`);
      happened();
    },
  } as SupervisorParts);
  t.after(() => supervisor.stop(0));
  return { supervisor, died, failed, starts, deaths: (count) => reach(() => died.length >= count), startsOf: (count) => reach(() => starts.length >= count) };
}

test('a door that crashes is replaced; its death is told with the reason, and the other door does not notice', async (t) => {
  const { supervisor, died, starts, deaths, startsOf } = watched(t, 'ready();');
  assert.deepEqual(await supervisor.start(), [{ name: 'mx', host: '127.0.0.1', port: 25 }]);
  supervisor.send(1, { kind: 'taken', cost: 0 });
  await deaths(1);
  assert.deepEqual(died, ['1: Error: fell over']);
  await startsOf(3);
  assert.deepEqual(starts, [0, 1, 1]);
  await supervisor.flush(); // both answer again, or this takes its whole patience
  assert.deepEqual(
    supervisor.figures().map(({ alive }) => alive),
    [true, true],
  );
});

test('what a dead door had counted is forgotten before its replacement counts: a crash must not use up the places', async (t) => {
  const buffer = counters();
  const region = SharedCounters.attach(buffer, 'reader');
  SharedCounters.attach(buffer, 0).raise(0);
  SharedCounters.attach(buffer, 1).raise(0);
  const seen: number[] = [];
  const { supervisor, startsOf } = watched(t, 'ready();', {
    onDied: (number) => region.clearRegion(number),
    startOf: (number) => {
      seen.push(region.readTally(0));
      return { number } as DoorStart;
    },
  });
  await supervisor.start();
  supervisor.send(0, { kind: 'taken', cost: 0 });
  await startsOf(3);
  assert.deepEqual(seen, [2, 2, 1], 'the place of the other door stays taken');
});

test('a door that dies at every start is tried again, ever more slowly, and does not end the process', async (t) => {
  const { supervisor, deaths, died } = watched(t, "throw new Error('cannot begin');", { doors: 1 });
  await assert.rejects(supervisor.start(), /cannot begin/);
  await deaths(3);
  assert.ok(died.every((why) => why === '0: Error: cannot begin'));
});

test('the first start rejects when a door cannot listen: the operator must hear it, not half of the clients', async (t) => {
  const { supervisor } = watched(t, "say({ kind: 'listen-failed', listener: 'mx', why: 'EADDRINUSE', fatal: true }); ready();");
  await assert.rejects(supervisor.start(), /listener mx: EADDRINUSE/);
});

test('a replacement that cannot listen is told too, though nobody waits for its start', async (t) => {
  const script = "if (workerData.again) say({ kind: 'listen-failed', listener: 'mx', why: 'EADDRINUSE', fatal: true }); ready();";
  let started = 0;
  const { supervisor, failed, startsOf } = watched(t, script, { doors: 1, startOf: () => ({ again: ++started > 1 }) as unknown as DoorStart });
  await supervisor.start();
  supervisor.send(0, { kind: 'taken', cost: 0 });
  await startsOf(2);
  await supervisor.flush();
  assert.deepEqual(failed, ['EADDRINUSE']);
});

test('a door that hangs without dying is ended and replaced, and the other door does not notice', async (t) => {
  const { supervisor, died, starts, deaths, startsOf } = watched(t, 'ready();');
  await supervisor.start();
  supervisor.send(1, { kind: 'taken', cost: -1 });
  await deaths(1);
  assert.deepEqual(died, ['1: hung: no sign of life for 1 s']);
  await startsOf(3);
  assert.deepEqual(starts, [0, 1, 1]);
  await supervisor.flush();
});

test('a door that hangs does not keep the process from its end', async (t) => {
  const { supervisor } = watched(t, 'ready();', { doors: 1 });
  await supervisor.start();
  supervisor.send(0, { kind: 'taken', cost: -1 });
  await supervisor.stop(100);
  assert.ok(supervisor.figures().every(({ alive }) => !alive));
});

test('where its inherited socket died with it, a door is not replaced', async (t) => {
  const { supervisor, deaths, starts } = watched(t, 'ready();', { mayReplace: false });
  await supervisor.start();
  supervisor.send(0, { kind: 'taken', cost: 0 });
  await deaths(1);
  await supervisor.flush();
  assert.deepEqual(starts, [0, 1]);
  assert.deepEqual(
    supervisor.figures().map(({ alive }) => alive),
    [false, true],
  );
});

test('stopping ends every thread, and none is started again', async (t) => {
  const { supervisor, died, starts } = watched(t, 'ready();');
  await supervisor.start();
  await supervisor.stop(100);
  assert.deepEqual([died, starts], [[], [0, 1]]);
  assert.ok(supervisor.figures().every(({ alive }) => !alive));
});
