import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, readdirSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scratchDirectory } from '../../../test/harness/scratch.ts';
import { until } from '../../../test/harness/until.ts';
import { type Following, followLog, type FollowOptions } from './follow-log.ts';

/** A line of Postfix whose queue id says which it is. */
const line = (number: number): string => `Oct 26 18:13:50 mx postfix/qmgr[9]: ${idOf(number)}: from=<a@shop.example>, size=5, nrcpt=1 (queue active)\n`;
const idOf = (number: number): string => `0F${String(number).padStart(6, '0')}`;
const lines = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, at) => line(from + at)).join('');
const ids = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, at) => idOf(from + at));

class Scene {
  readonly folder: string;
  readonly log: string;
  readonly seen: string[] = [];
  readonly numbers: number[] = [];
  readonly troubles: string[] = [];
  #following: Following | null = null;

  constructor(owner: TestContext) {
    this.folder = scratchDirectory(owner, 'follow');
    this.log = join(this.folder, 'mail.log');
    owner.after(() => this.stop());
  }

  follow(options: Partial<FollowOptions> = {}): void {
    const onEvent: FollowOptions['onEvent'] = (event) => {
      this.seen.push(event.queueId ?? '');
      this.numbers.push(event.line);
    };
    const onTrouble = (message: string): unknown => this.troubles.push(message);
    const places = { path: this.log, stateDir: join(this.folder, 'state'), begin: 'first-line' } as const;
    this.#following = followLog({ ...places, format: 'auto', onEvent, onTrouble, pollMs: 5, lateMs: 60_000, ...options });
  }

  async stop(): Promise<void> {
    await this.#following?.stop();
    this.#following = null;
  }

  get counts() {
    return this.#following?.counts;
  }

  async sees(expected: readonly string[]): Promise<void> {
    await until(`${expected.length} lines`, () => this.seen.length >= expected.length, 5000).catch(() => undefined);
    assert.deepEqual(this.seen, expected);
  }
}

test('what is written later is read, and a line only when it is whole', async (t) => {
  const scene = new Scene(t);
  writeFileSync(scene.log, lines(1, 3));
  scene.follow();
  await scene.sees(ids(1, 3));
  appendFileSync(scene.log, line(4).slice(0, 40));
  await until('the half line to be read', () => scene.counts?.lines === 3);
  appendFileSync(scene.log, line(4).slice(40) + line(5));
  await scene.sees(ids(1, 5));
  assert.deepEqual(scene.numbers, [1, 2, 3, 4, 5]);
});

test('a file that is missing is waited for, and told once', async (t) => {
  const scene = new Scene(t);
  scene.follow();
  await until('the trouble', () => scene.troubles.length > 0);
  writeFileSync(scene.log, line(1));
  await scene.sees(ids(1, 1));
  assert.match(scene.troubles.join(), /^[^,]*mail\.log: the file is not there yet$/);
});

test('renamed and made new: late lines of the old file and the lines of the new one are all read, once', async (t) => {
  const scene = new Scene(t);
  writeFileSync(scene.log, lines(1, 3));
  scene.follow();
  await scene.sees(ids(1, 3));
  renameSync(scene.log, `${scene.log}.1`);
  appendFileSync(`${scene.log}.1`, line(4));
  await scene.sees(ids(1, 4));
  writeFileSync(scene.log, line(5));
  await scene.sees(ids(1, 5));
  appendFileSync(`${scene.log}.1`, line(6)); // a daemon that was not told yet
  await scene.sees(ids(1, 6));
  appendFileSync(scene.log, line(7));
  await scene.sees(ids(1, 7));
  assert.deepEqual(scene.numbers, [1, 2, 3, 4, 1, 5, 2]);
});

test('copied and cut off: the file begins again, also when it has outgrown its old length meanwhile', async (t) => {
  const scene = new Scene(t);
  writeFileSync(scene.log, lines(1, 3));
  scene.follow();
  await scene.sees(ids(1, 3));
  truncateSync(scene.log);
  appendFileSync(scene.log, line(4));
  await scene.sees(ids(1, 4));
  writeFileSync(scene.log, lines(5, 40)); // the same inode
  await scene.sees([...ids(1, 40)]);
});

test('after a stop it goes on where it stood', async (t) => {
  const scene = new Scene(t);
  writeFileSync(scene.log, lines(1, 3) + line(4).slice(0, 30));
  scene.follow();
  await scene.sees(ids(1, 3));
  await scene.stop();
  appendFileSync(scene.log, line(4).slice(30) + line(5));
  scene.follow();
  await scene.sees(ids(1, 5));
  assert.deepEqual(scene.numbers, [1, 2, 3, 4, 5], 'lines are counted on');
});

test('rotated while nobody read: the rest of the old file, those between, then the new one', async (t) => {
  const scene = new Scene(t);
  writeFileSync(scene.log, lines(1, 3));
  scene.follow();
  await scene.sees(ids(1, 3));
  await scene.stop();
  appendFileSync(scene.log, line(4));
  renameSync(scene.log, `${scene.log}.2`);
  writeFileSync(`${scene.log}.1`, lines(5, 6));
  utimesSync(`${scene.log}.2`, 1000, 1000); // rotations are a day apart, not a moment
  writeFileSync(scene.log, line(7));
  scene.follow();
  await scene.sees(ids(1, 7));
});

test('copied and cut off while nobody read: the copy is found by what stands in it', async (t) => {
  const scene = new Scene(t);
  writeFileSync(scene.log, lines(1, 3));
  scene.follow();
  await scene.sees(ids(1, 3));
  await scene.stop();
  appendFileSync(scene.log, line(4));
  copyFileSync(scene.log, `${scene.log}.1`);
  truncateSync(scene.log);
  appendFileSync(scene.log, line(5));
  scene.follow();
  await scene.sees(ids(1, 5));
});

test('a log that is begun at its end tells nothing of the past, but all of a file that comes later', async (t) => {
  const scene = new Scene(t);
  writeFileSync(scene.log, lines(1, 3));
  scene.follow({ begin: 'end' });
  appendFileSync(scene.log, line(4));
  await scene.sees(ids(4, 4));
  renameSync(scene.log, `${scene.log}.1`);
  writeFileSync(scene.log, line(5));
  await scene.sees(ids(4, 5));
});

test('a position that is no position is ignored', async (t) => {
  const scene = new Scene(t);
  writeFileSync(scene.log, lines(1, 2));
  scene.follow();
  await scene.sees(ids(1, 2));
  await scene.stop();
  const state = join(scene.folder, 'state');
  for (const name of readdirSync(state)) writeFileSync(join(state, name), '{"offset":-1}');
  scene.seen.length = 0;
  scene.follow();
  await scene.sees(ids(1, 2));
});

test('without a state directory nothing is written', async (t) => {
  const scene = new Scene(t);
  writeFileSync(scene.log, line(1));
  scene.follow({ stateDir: null });
  await scene.sees(ids(1, 1));
  await scene.stop();
  assert.deepEqual(readdirSync(scene.folder), ['mail.log']);
});

test('a log that is removed for good does no harm', async (t) => {
  const scene = new Scene(t);
  writeFileSync(scene.log, line(1));
  scene.follow();
  await scene.sees(ids(1, 1));
  rmSync(scene.log);
  await scene.stop();
  assert.equal(scene.counts, undefined);
});
