// Deliveries for tests, complete in every field; what a test is about is said, the rest is usual.
import { createHash } from 'node:crypto';
import type { Content, DeliveryRequest, Route } from '../../src/model/delivery.ts';
import type { Mailbox } from '../../src/model/mailbox.ts';

/** A checked address from its text. */
export function mailbox(text: string): Mailbox {
  const at = text.lastIndexOf('@');
  return { localPart: text.slice(0, at), domain: text.slice(at + 1), text, sourceRoute: null };
}

/** Content in memory, in wire form, cut into pieces of `pieceBytes`. */
export function contentOf(wire: string | Buffer, pieceBytes = 65_536): Content & { readonly disposed: () => number } {
  const bytes = Buffer.from(wire);
  let disposed = 0;
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  return {
    wireBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    chunks: () => pieces,
    dispose: () => void (disposed += 1),
    disposed: () => disposed,
  };
}

export interface RequestParts extends Partial<Omit<DeliveryRequest, 'recipients' | 'from' | 'content'>> {
  readonly route: Route;
  readonly from?: string | null;
  readonly to?: readonly string[];
  readonly content?: Content | string;
}

/** From sender@client.example to user@hub.example, unless said otherwise. */
export function deliveryRequest({
  from = 'sender@client.example',
  to = ['user@hub.example'],
  content = 'Subject: x\r\n\r\nhello\r\n',
  ...rest
}: RequestParts): DeliveryRequest {
  return {
    reference: '0123456789abc-1',
    handover: {
      client: { ip: '192.0.2.7', port: 40_001, localIp: '198.51.100.1', localPort: 25, listener: 'mx', role: 'mx', inside: false },
      reverseName: 'mail.client.example',
      helo: 'mail.client.example',
      esmtp: true,
      tls: null,
      user: null,
    },
    parameters: { size: null, body: null, smtputf8: false, auth: null },
    prependedHeaders: 'Received: from mail.client.example ([192.0.2.7]) by mx.example\r\n\twith ESMTP id 0123456789abc-1\r\n',
    ...rest,
    from: from === null ? null : mailbox(from),
    recipients: to.map(mailbox),
    content: typeof content === 'string' ? contentOf(content) : content,
  };
}
