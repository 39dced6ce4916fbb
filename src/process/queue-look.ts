// What `floodgate queue` sees of a message: the mail reader, given to a part that knows queues only.
import type { LookAt } from '../respond/queues/selection.ts';
import { firstText, firstTextLimits } from '../wire/message/first-text.ts';
import { fieldOf, headerFields, startOfField } from '../wire/message/header.ts';
import { messageText } from '../wire/message/message-text.ts';
import { readMime } from '../wire/message/mime-tree.ts';
import { outsideHopOf } from '../wire/message/outside-hop.ts';

/** Subject, Message-ID, first text and origins of a message that waits in a queue. */
export const lookAtMessage: LookAt = ({ ip, beginning }) => {
  const { root } = readMime(messageText(beginning, firstTextLimits.bytes), firstTextLimits);
  const fields = headerFields(root.fields);
  const messageId = fieldOf(fields, 'message-id').trim();
  // Behind the gateway the queue's client is a machine of ours: then the trace lines tell, read from the newest on.
  const outside = outsideHopOf([...(ip === '' ? [] : [`from client ([${ip}]) by queue`]), ...(fields.get('received') ?? [])]);
  return {
    subject: startOfField(fields, 'subject').trim(),
    messageId: messageId === '' ? null : messageId,
    text: firstText(root),
    origins: [...(ip === '' ? [] : [ip]), ...(outside === null ? [] : [outside.ip])],
  };
};
