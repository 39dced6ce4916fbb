// The outgoing memory as the keeper holds it: made or read at the start, its keys renewed, what is too old swept away, and written to the disk.
import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { OutgoingKeys } from '../facts/outgoing-keys.ts';
import { readOutgoingKeys, writeOutgoingKeys } from './outgoing-keys-file.ts';
import type { Config } from '../config/options.ts';
import { OutgoingMemory, rememberedDays, type OutgoingGround } from '../facts/outgoing-memory.ts';
import { outgoingUpkeep } from '../facts/outgoing-upkeep.ts';
import { DatedFingerprints } from '../lib/dated-fingerprints.ts';

export interface OutgoingInForce {
  readonly ground: OutgoingGround;
  /** What its silence means of mail of a domain, or of an address. */
  readonly silenceOf: OutgoingMemory['silenceOf'];
  /** Looks whether there is a new way out: until it was there, mail left by ways that nobody saw. */
  reconfigure(config: Pick<Config, 'listeners'>): void;
  close(): Promise<void>;
}

export interface OutgoingInForceParts {
  /** The state directory. */
  readonly dir: string;
  /** Things remembered; a file of another size is begun anew. */
  readonly remember: number;
  readonly listeners: Config['listeners'];
  trouble(why: string): void;
}

/** Milliseconds. What a crash loses of the prints, the trace headers of that mail still prove. */
const saveEveryMs = 30_000;
/** What left us in so much time and was not written makes the silence of the memory worthless, in ms. Writing a large one takes seconds. */
const mostUnwrittenMs = 4 * saveEveryMs;
const dayMs = 86_400_000;
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
/** First octets of the content; its last 32 are the SHA-256 of all before them. The file is compressed: a memory that is hardly filled takes little. */
const magic = Buffer.from('FGOUT2\n\0');
/** Before notes had a table of their own. */
const oldMagic = Buffer.from('FGOUT1\n\0');
/** Things that strangers may cause to be noted. */
const notedThings = 250_000;
const stampOctets = 8;
const digestOctets = 32;

/** Reads what an earlier run has left. A file that is damaged is told, and the memory begins anew: bounces cannot be told from forged ones for five days. */
export async function openOutgoingInForce({ dir, remember, listeners, trouble }: OutgoingInForceParts): Promise<OutgoingInForce> {
  const file = join(dir, 'outgoing-memory');
  const ground: OutgoingGround = {
    keys: new SharedArrayBuffer(OutgoingKeys.bytes),
    prints: new SharedArrayBuffer(DatedFingerprints.bytesFor(remember)),
    notes: new SharedArrayBuffer(DatedFingerprints.bytesFor(notedThings)),
  };
  DatedFingerprints.prepare(ground.notes, randomBytes(16), Date.now());
  const hasKeys = await readOutgoingKeys(dir, ground.keys, trouble);
  const old = await readOld(file, { ground, hasKeys, trouble });
  if (!old) DatedFingerprints.prepare(ground.prints, randomBytes(16), Date.now());
  const draft = new SharedArrayBuffer(ground.keys.byteLength);
  Buffer.from(draft).set(Buffer.from(ground.keys));
  const [prints, notes] = [ground.prints, ground.notes].map((memory) => new DatedFingerprints(memory, { days: rememberedDays }));
  const changes = (): number => (prints?.changes ?? 0) + (notes?.changes ?? 0);
  const memory = new OutgoingMemory(ground, { now: Date.now });
  let ways = waysOut({ listeners });

  let written = -1;
  let saving: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    const latest = changes();
    if (latest === written) return saving;
    written = latest;
    saving = saving
      .then(() => replace(file, contentOf(ground, Date.now())))
      .catch(async (error: unknown) => {
        written = -1; // what it lacks is tried again, also where nothing is added
        trouble(`${file} cannot be written: ${String(error)}`);
        await touch(file);
      });
    return saving;
  };
  const keepUp = outgoingUpkeep({
    keys: new OutgoingKeys(draft),
    memory,
    clock: { now: Date.now, steady: () => performance.now() },
    fresh: () => randomBytes(32),
  });
  let areKeysWritten = hasKeys;
  const look = async (): Promise<void> => {
    noteWays(memory, ways);
    if (keepUp()) areKeysWritten = false;
    try {
      // What a key has signed would be forged where the key is lost: none signs before it is on the disk.
      if (!areKeysWritten) await writeOutgoingKeys(dir, draft);
      areKeysWritten = true;
      new OutgoingKeys(ground.keys).adopt(draft);
    } catch (error) {
      trouble(`a new key for what leaves cannot be written, and does not sign: ${String(error)}`);
    }
    await save();
  };
  await look();
  const timer = setInterval(() => void look(), saveEveryMs).unref();
  return {
    ground,
    silenceOf: (of) => memory.silenceOf(of),
    reconfigure: (config) => {
      ways = waysOut(config);
      noteWays(memory, ways);
    },
    close: () => {
      clearInterval(timer);
      return save();
    },
  };
}

/** Its time says until when we ran without writing it: that takes no room on a full disk. */
const touch = (file: string): Promise<void> => utimes(file, new Date(), new Date()).catch(() => {}); // where there is none, or no disk, there is nothing to say

/** Listeners for our own people's mail, as they are noted. */
const waysOut = ({ listeners }: Pick<Config, 'listeners'>): readonly string[] =>
  listeners.flatMap(({ role, name }) => (role === 'mx' ? [] : [`way out ${role} ${name}`]));

/** A way that was not there in the last days makes the memory begin anew: what left without it nobody has seen. */
function noteWays(memory: OutgoingMemory, ways: readonly string[]): void {
  if (ways.some((way) => !memory.own.hasNoted(way))) memory.beginAnew();
  for (const way of ways) memory.own.note(way);
}

/** What it is, when it was written (ms), keys, prints, notes, digest. */
function contentOf({ keys, prints, notes }: OutgoingGround, atMs: number): Buffer {
  const stamp = Buffer.alloc(stampOctets);
  stamp.writeDoubleLE(atMs);
  const all = Buffer.concat([magic, stamp, Buffer.from(keys), Buffer.from(prints), Buffer.from(notes)]);
  return Buffer.concat([all, createHash('sha256').update(all).digest()]);
}

interface ReadingOld {
  readonly ground: OutgoingGround;
  /** They were in a file of their own: the copy is not needed. */
  readonly hasKeys: boolean;
  trouble(why: string): void;
}

/** True where the file was there, whole, of this size and young enough. */
async function readOld(file: string, { ground: { keys, prints, notes }, hasKeys, trouble }: ReadingOld): Promise<boolean> {
  const content = await readFile(file).then(unpacked, (error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) trouble(`${file} cannot be read: ${String(error)}`);
    return null;
  });
  if (content === null) return false;
  const all = content.subarray(0, -digestOctets);
  const isOld = all.subarray(0, magic.length).equals(oldMagic);
  const isWhole = (isOld || all.subarray(0, magic.length).equals(magic)) && createHash('sha256').update(all).digest().equals(content.subarray(-digestOctets));
  const keysAt = magic.length + stampOctets;
  if (isWhole && !hasKeys && all.length >= keysAt + keys.byteLength) Buffer.from(keys).set(all.subarray(keysAt, keysAt + keys.byteLength));
  if (!isWhole || all.length !== keysAt + keys.byteLength + prints.byteLength + (isOld ? 0 : notes.byteLength)) {
    trouble(
      `${file} is ${isWhole ? 'of another size (bounces.remember)' : 'damaged'}: the memory of what left us begins anew, and no bounce is told from a forged one for five days; traces and tags still prove`,
    );
    return false;
  }
  // Days are kept modulo a month: of a file that old nothing holds any more, and what was not swept would seem young.
  if (Date.now() - all.readDoubleLE(magic.length) > rememberedDays * dayMs) return false;
  const writtenAt = all.readDoubleLE(magic.length);
  const ranUntil = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => writtenAt,
  );
  const notesAt = keysAt + keys.byteLength + prints.byteLength;
  Buffer.from(prints).set(all.subarray(keysAt + keys.byteLength, notesAt));
  if (!isOld) Buffer.from(notes).set(all.subarray(notesAt));
  if (ranUntil - writtenAt > mostUnwrittenMs) {
    trouble(
      `${file} lacks what left us after ${new Date(writtenAt).toISOString()}: no bounce is told from a forged one for five days; traces and tags still prove`,
    );
    new DatedFingerprints(prints, { days: rememberedDays }).beginAnew(Date.now());
  }
  return true;
}

/** Empty where it is damaged. */
const unpacked = (packed: Buffer): Promise<Buffer> => decompress(packed).catch(() => Buffer.alloc(0));

/** A crash leaves the old file or the new one, whole; a full disk the old one. It holds keys: for us alone. */
async function replace(file: string, content: Buffer): Promise<void> {
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    await handle.writeFile(await compress(content));
    await handle.sync();
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
}
