// A line of `postqueue -j`: JSON made by Postfix, texts of strangers within.
import { z } from '../../lib/zod.ts';
import type { QueueItem } from './mail-queue.ts';

const line = z.object({
  queue_name: z.string(),
  queue_id: z.string(),
  arrival_time: z.number(),
  message_size: z.number(),
  sender: z.string(),
  recipients: z.array(z.object({ address: z.string(), delay_reason: z.string().optional() })),
});

/** Hexadecimal, or in the long form digits and consonants (Postfix 2.9); they become parts of paths and lines of input. */
const idPattern = /^[0-9A-Za-z]{5,40}$/;
export const isPostfixId = (id: string): boolean => idPattern.test(id);

/** Reads a line; null where it is no message. */
export function parsePostqueueLine(text: string): QueueItem | null {
  const read = line.safeParse(jsonOf(text));
  if (!read.success || !isPostfixId(read.data.queue_id)) return null;
  const { queue_name, queue_id, arrival_time, message_size, sender, recipients } = read.data;
  const held = queue_name === 'hold';
  const reasons = [...new Set(recipients.flatMap(({ delay_reason: why = '' }) => (why === '' ? [] : [why])))];
  return {
    id: queue_id,
    store: 'postfix',
    queuedAt: arrival_time * 1000,
    // Postfix shows the null sender so; a sender of that name has a domain.
    from: sender === 'MAILER-DAEMON' ? '' : sender,
    to: recipients.map(({ address }) => address),
    size: message_size,
    reason: [...(held ? ['on hold'] : []), ...reasons].join('; '),
    incident: null,
    held,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
