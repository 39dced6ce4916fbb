// The embedded mailbox store: one Maildir a mailbox, for sites without a mail server of their own, for trials and for tests.
// `delivered` is said when the message is in `new` of every recipient, and file and directory are on the disk.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, open, rename, rm, unlink, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DeliveryOutcome, DeliveryRequest, HubAbilities, ProbeOutcome } from '../../model/delivery.ts';
import { addressOf, type Mailbox } from '../../model/mailbox.ts';
import { reply, type Reply } from '../../model/reply.ts';
import { unstuffAsync } from '../../wire/smtp/dot-stuffing.ts';
import { unkeptPromise } from '../unkept-promise.ts';
import { mailboxesNamed, syncDirectory } from './mailboxes.ts';
import { mailboxPaths } from './mailbox-path.ts';

export interface MaildirStore {
  deliver(request: DeliveryRequest): Promise<DeliveryOutcome>;
  probe(recipient: Mailbox): Promise<ProbeOutcome>;
  abilities(): HubAbilities;
}

/** The operations of the file system that can fail on a full or broken disk; tests put failing ones in. */
export interface MaildirFiles {
  /** Gives the file its final name. */
  publish(from: string, to: string): Promise<void>;
  sync(path: string): Promise<void>;
}

/** What the store answers for an address it does not have. */
const noSuchMailbox: Reply = reply(550, '5.1.1', 'No such mailbox here');

/** Opens the store below `root`. */
export function createMaildirStore(root: string, files: MaildirFiles = { publish: publishFile, sync: syncDirectory }): MaildirStore {
  return {
    deliver: async (request) => unkeptPromise(request, { dsn: false, requireTls: false }) ?? deliver(root, files, request),
    async probe(recipient) {
      const found = await findMailbox(root, recipient);
      if (found.kind === 'found') return { kind: 'accepted' };
      return found.kind === 'none' ? { kind: 'refused', hubReply: noSuchMailbox } : { kind: 'unreachable', why: found.why };
    },
    abilities: () => ({ reachable: true, smtputf8: true, eightBitMime: true, dsn: false, requireTls: false, maxBytes: null }),
  };
}

type Found = { readonly kind: 'found'; readonly path: string } | { readonly kind: 'none' } | { readonly kind: 'trouble'; readonly why: string };

/** A root that is not there, or a mailbox we may not write to, is trouble: a disk not mounted must not look like an unknown user. */
async function findMailbox(root: string, { localPart, domain }: Mailbox): Promise<Found> {
  // RFC 5321 4.5.1: <postmaster> has no domain; any domain's postmaster will do.
  const paths = domain === '' && localPart.toLowerCase() === 'postmaster' ? await mailboxesNamed(root, 'postmaster') : mailboxPaths(root, localPart, domain);
  for (const path of paths) {
    const error = await access(join(path, 'new'), constants.W_OK).then(
      () => null,
      (reason: NodeJS.ErrnoException) => reason,
    );
    if (error === null) return { kind: 'found', path };
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') return { kind: 'trouble', why: error.message };
  }
  return access(root).then(
    () => ({ kind: 'none' }),
    (error: Error) => ({ kind: 'trouble', why: error.message }),
  );
}

/** A message in one mailbox, on its way from `tmp` to `new`. */
interface Copy {
  readonly to: string;
  readonly temporary: string;
  readonly final: string;
}

async function deliver(root: string, files: MaildirFiles, request: DeliveryRequest): Promise<DeliveryOutcome> {
  const boxes: string[] = [];
  const answers: { to: Mailbox; hubReply: Reply }[] = [];
  for (const to of request.recipients) {
    const found = await findMailbox(root, to);
    if (found.kind === 'trouble') return { kind: 'unavailable', why: found.why };
    if (found.kind === 'found' && !boxes.includes(found.path)) boxes.push(found.path);
    answers.push({ to, hubReply: found.kind === 'found' ? reply(250, '2.1.5', 'Recipient ok') : noSuchMailbox });
  }
  if (boxes.length === 0) return { kind: 'refused', hubReply: noSuchMailbox, at: 'rcpt' };
  if (answers.some(({ hubReply }) => hubReply === noSuchMailbox)) return { kind: 'mixed', at: 'rcpt', perRecipient: answers };

  const name = uniqueName();
  const copies = boxes.map((to): Copy => ({ to, temporary: join(to, 'tmp', name), final: join(to, 'new', name) }));
  try {
    await writeAll(copies, request, files);
  } catch (error) {
    await withdraw(copies);
    return { kind: 'unavailable', why: String(error) };
  }
  return { kind: 'delivered', hubReply: reply(250, '2.0.0', `Ok: queued as ${name}`), queueId: name };
}

/** All copies are on the disk in `tmp` before the first appears in `new`: what fails, fails as far as possible before anybody sees it. */
async function writeAll(copies: readonly Copy[], request: DeliveryRequest, files: MaildirFiles): Promise<void> {
  for (const copy of copies) await writeCopy(copy.temporary, request);
  for (const copy of copies) await files.publish(copy.temporary, copy.final);
  // Without the directory's fsync a crash could take back the name of a file that we have said 250 for.
  for (const copy of copies) await files.sync(join(copy.to, 'new'));
}

async function writeCopy(path: string, request: DeliveryRequest): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    // RFC 5321 4.4: final delivery puts the Return-Path in front. Line ends stay CRLF: the message is kept as it came.
    await writeWhole(file, Buffer.from(`Return-Path: <${addressOf(request.from)}>\r\n${request.prependedHeaders}`));
    for await (const chunk of unstuffAsync(request.content.chunks())) await writeWhole(file, chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
}

async function withdraw(copies: readonly Copy[]): Promise<void> {
  for (const { temporary, final } of copies) {
    await rm(final, { force: true }).catch(() => {});
    await rm(temporary, { force: true }).catch(() => {});
  }
}

/** link, not rename: it fails where the name is taken. File systems without links have rename. */
async function publishFile(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // what node:fs rejects with
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    return rename(from, to);
  }
  await unlink(from);
}

/** The form of the Maildir convention: time, what is unique within it, host; no character that a mail reader gives a meaning. */
function uniqueName(): string {
  const host = hostname().replace(/[^A-Za-z0-9.-]/g, '_');
  return `${Math.floor(Date.now() / 1000)}.R${randomBytes(8).toString('hex')}P${process.pid}.${host}`;
}
