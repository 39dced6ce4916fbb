// A process of its own that takes messages into a spool and delivers them to a file, and dies by SIGKILL at a step it was told: for the test that
// nothing acknowledged is lost. Says each acknowledged id on standard output.
//   node spooling-process.ts FOLDER STEP NUMBER    dies at the NUMBERth time of STEP; `none` lives, delivers all, and ends
import { appendFileSync, mkdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createSpoolPlace } from '../../src/delivery/spool/spool-place.ts';
import { diskSteps, type SegmentSteps } from '../../src/delivery/spool/segment-file.ts';
import { Spool } from '../../src/delivery/spool/spool.ts';
import { SharedStock } from '../../src/lib/shared-stock.ts';
import { reply } from '../../src/model/reply.ts';
import { deliveryRequest } from './delivery-request.ts';
import { until } from './until.ts';

const [folder = '', dieAt = 'none', dieOn = '1'] = process.argv.slice(2);
const address = { kind: 'smtp', host: '127.0.0.1', port: 25 } as const;
const route = { key: 'hub', address } as const;
let times = 0;

function step(name: string): void {
  if (name !== dieAt) return;
  times += 1;
  if (times === Number(dieOn)) process.kill(process.pid, 'SIGKILL');
}

const steps: SegmentSteps = {
  create: async (path) => {
    step('before-create');
    const file = await diskSteps.create(path);
    step('after-create');
    return {
      ...file,
      write: async (pieces) => {
        step('before-write');
        if (dieAt === 'half-write' && times + 1 === Number(dieOn)) await file.write([Buffer.concat(pieces).subarray(0, 100)]);
        step('half-write');
        await file.write(pieces);
        step('after-write');
      },
      flush: async () => {
        await file.flush();
        step('after-flush');
      },
    };
  },
  flushFolder: async (dir) => {
    await diskSteps.flushFolder(dir);
    step('after-folder');
  },
};

const dir = join(folder, 'spool');
mkdirSync(dir, { recursive: true });
const stock = new SharedStock(SharedStock.allocate());
const spool = new Spool({
  dir,
  stock,
  delivery: {
    deliver: ({ reference }) => {
      step('before-delivery');
      appendFileSync(join(folder, 'delivered'), `${reference}\n`);
      step('after-delivery');
      return Promise.resolve({ kind: 'delivered', hubReply: reply(250, '2.0.0', 'Ok'), queueId: null });
    },
  },
  routeOf: () => ({ route, away: null }),
  quarantine: { keep: () => Promise.resolve({ kind: 'failed', why: 'not in this test' }) },
  tellAuthor: () => Promise.resolve('unproven'),
  record: ({ type }) => {
    if (type === 'spool-delivered') step('after-mark');
  },
  settings: () => ({ atOnce: 1, longestPauseMs: 1000 }),
  now: Date.now,
  steady: () => performance.now(),
});
await spool.start();
const place = createSpoolPlace({
  dir,
  name: 'smtp-1',
  stock,
  limits: () => ({ maxBytes: 1e9, maxMessages: 1e6, freeDisk: 0 }),
  keepForMs: () => 86_400_000,
  record: () => {},
  kept: (item) => spool.take(item),
  now: Date.now,
  steady: () => performance.now(),
  segmentBytes: 3000,
  steps,
});
if (dieAt === 'none') spool.tick();
else
  for (let number = 0; number < 20; number += 1) {
    const request = deliveryRequest({ route, reference: `${process.pid}-${number}` });
    const outcome = await place.keep({ session: 's', request, proven: null, subject: null, messageId: null, class: 'person', why: 'away' });
    if (outcome.kind === 'spooled') writeSync(1, `${request.reference}\n`);
  }
await until('the spool to be empty', () => spool.size === 0);
await place.close();
await spool.close(1000);
