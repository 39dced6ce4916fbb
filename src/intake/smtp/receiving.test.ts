import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf, mailboxOf } from '../../../test/harness/policy-inputs.ts';
import type { EventBody } from '../../model/events.ts';
import { Receiving, type ReceivingSession } from './receiving.ts';

test('a transaction that is cut short is on record with its recipients, but without a token that releases held mail', () => {
  const events: EventBody[] = [];
  const to = [mailboxOf('release+abcdefghijklmnopqrstuvwxyz234567abcdefghijkl@mx.example.org'), mailboxOf('anna+news@example.org')];
  const services = {
    now: () => 0,
    record: (event: EventBody) => void events.push(event),
    content: { begin: () => ({ write: () => null, abort: () => undefined }) },
  };
  const session = {
    conversation: { id: 'S', client: { ip: '192.0.2.7' }, state: { at: 'rcpt', from: null, to, parameters: { size: null } }, nextReference: () => 'S-1' },
    channel: { flush: () => undefined, reader: { buffered: 0 } },
    site: () => ({ config: configOf(), services }),
    say: () => undefined,
  } as unknown as ReceivingSession; // nothing else is touched
  const receiving = new Receiving(session);
  receiving.beginData();
  receiving.drop('client went away');
  const [aborted] = events;
  assert.ok(aborted?.type === 'transaction-aborted');
  assert.deepEqual(aborted.recipients, ['release@mx.example.org', 'anna+news@example.org']);
});
