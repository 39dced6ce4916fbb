// How much room V8 gives what is young in its heaps. Left alone it takes up to 128 MiB for it in every thread, whatever lives there: half of
// what the gateway and `floodgate watch` held was that. What less room costs is in bench/README.md.
import { setFlagsFromString } from 'node:v8';

/**
 * Half-space of a door's young generation, in MiB; there are two. Content of messages passes through memory outside of it. With 8 MiB what
 * lives for one message is copied as if it were to stay: a forwarded message cost a tenth more.
 */
const doorHalfSpaceMib = 32;

/**
 * Old space of a door, in MiB, below which its collector does not go through the whole heap. Content passes through memory outside the
 * heap and counts against this: at V8's own start of a few MiB, a door collected every 90 messages of 64 KiB, a quarter of its CPU time.
 */
const quietOldSpaceMib = 128;

/** Limits of a door's heap; V8 counts three half-spaces. */
export const doorHeap = { maxYoungGenerationSizeMb: 3 * doorHalfSpaceMib } as const;

/** From now on this thread's young generation grows no more: at the start it has a few MiB, and they are enough for events and lines. */
export function boundYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1'); // read whenever a collector thinks of growing
}

/**
 * For a command that reads for long: the heap is gone through when it has grown by three quarters, not when it is three times what lives in it. It
 * costs a tenth of the processor time of `floodgate watch` and saves a third of its memory: the machine has a mail server to run.
 */
export function keepHeapSmall(): void {
  boundYoungGeneration();
  setFlagsFromString('--heap-growing-percent=75'); // read after each collection
}

/** Threads that are started from now on begin with the room a door needs: flags that are read when a thread's heap is made. */
export function prepareDoorHeaps(): void {
  setFlagsFromString(`--min-semi-space-size=${doorHalfSpaceMib}`);
  setFlagsFromString(`--initial-old-space-size=${quietOldSpaceMib}`);
}
