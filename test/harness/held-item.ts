// Held messages for tests, complete in every field; what a test is about is said, the rest is usual.
import { createHash } from 'node:crypto';
import type { DeliveryRequest } from '../../src/model/delivery.ts';
import type { HeldRecord, HoldRequest, QuarantineItem } from '../../src/model/quarantine.ts';
import { contentOf, deliveryRequest, type RequestParts } from './delivery-request.ts';

export const because = { check: 'standing-measure', because: 'a standing measure covers it: bomb', measure: 'm-1', incident: null } as const;

/** Dots stuffed, octets of all kinds, CRLF at its end: wire form. */
export const wireMessage = Buffer.from('Subject: hello\r\nFrom: x@client.example\r\n\r\n..dots\r\n\0\xff\xfe\r\n', 'latin1');

/** What a door hands to the quarantine. */
export function holdRequest({ reference = '1M7YNPXHV1000-1', content = contentOf(wireMessage), ...parts }: Partial<RequestParts> = {}): HoldRequest {
  const request: DeliveryRequest = deliveryRequest({
    route: { key: 'hub', address: { kind: 'smtp', host: '127.0.0.1', port: 25 } },
    reference,
    content,
    ...parts,
  });
  return { session: reference.slice(0, 13), request, subject: 'hello', messageId: '<1@client.example>', because };
}

/** The same as it stands on the disk. */
export function heldItem(changes: Partial<QuarantineItem> = {}): QuarantineItem {
  const { request, session } = holdRequest();
  const { reference, from, recipients, parameters, handover, prependedHeaders } = request;
  return {
    format: 1,
    id: changes.id ?? reference,
    reference: changes.id ?? reference,
    session,
    queuedAt: 1000,
    expiresAt: 1_000_000,
    from,
    recipients,
    parameters,
    handover,
    route: 'hub',
    prependedHeaders,
    wireBytes: wireMessage.length,
    sha256: createHash('sha256').update(wireMessage).digest('hex'),
    subject: 'hello',
    messageId: '<1@client.example>',
    because,
    ...changes,
  };
}

/** A row of the index. */
export const heldRecord = (changes: Partial<HeldRecord> = {}): HeldRecord => ({
  id: '1M7YNPXHV1000-1',
  reference: changes.id ?? '1M7YNPXHV1000-1',
  state: 'held',
  queuedAt: 1000,
  expiresAt: 1_000_000,
  from: 'sender@client.example',
  to: ['user@hub.example'],
  size: 100,
  user: null,
  ip: '192.0.2.7',
  subject: 'hello',
  messageId: null,
  ...because,
  release: null,
  discarded: null,
  refused: false,
  virus: false,
  unreadable: null,
  ...changes,
});
