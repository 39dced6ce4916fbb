// The queues of the mail servers on this machine, for the API: with the rights that the gateway itself has, which mostly are none.
import { join } from 'node:path';
import type { Config } from '../config/options.ts';
import type { Recorder } from '../model/events.ts';
import { createQueueControl, type QueueControl } from '../respond/queues/control.ts';
import { KeptActions } from '../respond/queues/kept-actions.ts';
import { openStore, storesHere } from '../respond/queues/stores.ts';
import { lookAtMessage } from './queue-look.ts';

/** What discarded messages may take in all, as `floodgate queue --room` has it. */
const roomBytes = 2 * 1024 ** 3;

export const openQueueControl = ({ config, record }: { readonly config: Config; readonly record: Recorder }): QueueControl =>
  createQueueControl({
    open: async () => (await storesHere()).map((store) => openStore({ store })),
    actions: new KeptActions(join(config.state, 'queue-actions'), roomBytes),
    lookAt: lookAtMessage,
    record,
    now: Date.now,
  });
