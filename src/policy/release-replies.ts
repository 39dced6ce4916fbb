// What mail to a release address hears (docs/digest.md). It is always said in the session: nothing is bounced, and no letter answers it.
import { reply, type Reply } from '../model/reply.ts';
import type { ReleaseAsked } from '../model/release.ts';

/** Why it is refused, in the words of the record. */
export type ReleaseRefusal = Extract<ReleaseAsked, { kind: 'refused' }>['why'] | 'automatic' | 'alone' | 'trouble';

export const releaseOrdered: Reply = reply(250, '2.0.0', 'Released; it is on its way to its recipient');

/** One answer to whatever carries no signature of ours; the rest is told to whoever holds a token that we have given. */
export const releaseRefusals: Readonly<Record<ReleaseRefusal, Reply>> = {
  forged: reply(550, '5.1.1', 'No such release address; check that it is complete'),
  expired: reply(550, '5.7.1', 'This release address has expired; ask your postmaster'),
  used: reply(550, '5.7.1', 'Released already; a release address works once'),
  gone: reply(550, '5.7.1', 'That message is held no more: it was released or deleted'),
  'not-offered': reply(550, '5.7.1', 'That message holds a virus and is not released by mail; ask your postmaster'),
  which: reply(550, '5.6.0', 'Nothing released: the first line names no number of that letter; write the numbers of its messages, like 1, 3'),
  automatic: reply(550, '5.7.1', 'Automatic mail releases nothing'),
  alone: reply(452, '4.5.3', 'Mail to a release address has no other recipient; send to this one in a message of its own'),
  trouble: reply(451, '4.3.0', 'Nothing released: it cannot be done for the moment; try again later'),
};
