// Who has proved to have sent a message (SPF, DKIM, DMARC), within bounds: some at once, some a second, and nobody's mail waits longer than the
// timeout. What is too much is not looked at; that says nothing about it.
import { afterOne, waitOf } from '../lib/gcra.ts';
import type { MessageToRead, SenderAuthentication, SenderProof } from '../model/content-reading.ts';
import type { Content } from '../model/delivery.ts';
import { addressOf } from '../model/mailbox.ts';
import type { MessageToProve } from './sender-proof.ts';

export interface SenderAuthenticationParts {
  /** Messages a second that are looked at. */
  readonly perSecond: number;
  /** A message waits no longer, in ms. */
  readonly timeoutMs: number;
  /** Looks one message up and puts each result into `found` when it is known; see sender-proof.ts. */
  prove(message: MessageToProve, found: SenderProof): Promise<void>;
  /** Milliseconds, never backwards. */
  now(): number;
}

/** Messages looked at at once: what DNS does not answer keeps its place until it has been given up. */
const mostAtOnce = 8;
/** Bytes of the largest message whose signature is verified. */
const mostBytes = 1024 ** 2;
/** Octets in which the header is looked for. */
const headerOctets = 64 * 1024;

/** A desk that looks messages up. */
export function createSenderAuthentication({ perSecond, timeoutMs, prove, now }: SenderAuthenticationParts): SenderAuthentication {
  const rate = { everyMs: 1000 / perSecond, burst: Math.max(1, Math.floor(perSecond)) };
  let restAt = 0;
  let underWay = 0;
  const look = async (message: MessageToRead, found: SenderProof): Promise<void> => {
    try {
      await prove({ ip: message.client.ip, helo: message.helo, from: addressOf(message.from), message: await asSigned(message.content) }, found);
    } catch {
      // Nothing is known, as after a timeout: what was found until then stands.
    } finally {
      underWay--;
    }
  };
  const lookInTime = async (message: MessageToRead): Promise<SenderProof> => {
    const found: SenderProof = {};
    await inTime(look(message, found), timeoutMs);
    return { ...found }; // what comes later changes nothing any more
  };
  return {
    prove: (message) => {
      if (underWay >= mostAtOnce || waitOf(restAt, rate, now()) > 0) return null;
      restAt = afterOne(restAt, rate, now());
      underWay++;
      return lookInTime(message);
    },
  };
}

async function inTime(done: Promise<void>, timeoutMs: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, timeoutMs);
  await Promise.race([done, late.promise]);
  clearTimeout(timer);
}

/** The message as its signer saw it; the header alone where it bears no signature, or is too large to be verified. */
async function asSigned(content: Content): Promise<Buffer> {
  const read: Buffer[] = [];
  let bytes = 0;
  const most = content.wireBytes <= mostBytes ? mostBytes : headerOctets;
  for await (const chunk of content.chunks()) {
    read.push(chunk);
    bytes += chunk.length;
    if (bytes >= most) break;
  }
  const whole = Buffer.concat(read);
  const end = whole.indexOf('\r\n\r\n');
  const header = end < 0 ? whole.subarray(0, headerOctets) : whole.subarray(0, end + 4);
  const isSigned = content.wireBytes <= mostBytes && /^dkim-signature[ \t]{0,20}:/im.test(header.toString('latin1', 0, headerOctets));
  return isSigned ? unstuffed(whole) : header;
}

/** RFC 5321 4.5.2: without the dots that were put in front of lines that begin with one. */
function unstuffed(wire: Buffer): Buffer {
  if (wire[0] !== 0x2e && wire.indexOf('\r\n..') < 0) return wire;
  const text = wire.toString('latin1');
  return Buffer.from((text.startsWith('..') ? text.slice(1) : text).replaceAll('\r\n..', '\r\n.'), 'latin1');
}
