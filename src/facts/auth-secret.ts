// A secret of this site, made once: what a name that does not exist is answered with is derived from it, so that it is the same at every
// door and after a restart (RFC 5802 9 wants it so, or a changing salt would tell which names exist).
import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';

const secretBytes = 32;

/** The secret in `file`, which is made when it is not there; several doors may ask at the same time. */
export async function authSecret(file: string): Promise<Buffer> {
  const known = await readSecret(file);
  if (known !== null) return known;
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(draft, `${randomBytes(secretBytes).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error; // another door was faster: its secret it is
    });
  } finally {
    await rm(draft, { force: true });
  }
  const made = await readSecret(file);
  if (made === null) throw new Error(`${file} is not a secret of ours: remove it`);
  return made;
}

/** Null when there is no such file. */
async function readSecret(file: string): Promise<Buffer | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  if (!/^[0-9a-f]{64}\n$/.test(text)) throw new Error(`${file} is not a secret of ours: remove it`);
  return Buffer.from(text.trim(), 'hex');
}
