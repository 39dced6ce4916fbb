import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, insider, mailboxOf, mailInput, messageInput } from '../../../test/harness/policy-inputs.ts';
import type { Mailbox } from '../../model/mailbox.ts';
import type { Outgoing, OutgoingDesk } from '../../model/report-judgement.ts';
import { leaving, noteWriter } from './leaving.ts';

function desk(): { readonly outgoing: OutgoingDesk; readonly remembered: Outgoing[]; readonly writers: string[] } {
  const [remembered, writers]: [Outgoing[], string[]] = [[], []];
  const outgoing: OutgoingDesk = {
    isOurs: (sender): sender is Mailbox => sender?.domain === 'example.org',
    remember: (message) => void remembered.push(message),
    traceLine: ({ id }) => `X-Trace: ${id}\r\n`,
    tagged: (sender) => ({ ...sender, text: `tagged=${sender.text}` }),
    untagged: () => null,
    judge: () => null,
    rememberWriter: (from) => void writers.push(from.text),
    answering: () => ({ toProven: false, underAttack: false }),
  };
  return { outgoing, remembered, writers };
}
const anna = mailboxOf('anna@example.org');
const out = (from: Mailbox | null, to: string, client = insider) => {
  const { outgoing, remembered } = desk();
  const left = leaving(mailInput({ from, client }), [mailboxOf(to)], { reference: 'A-1', summary: { messageId: '<x@example.org>' }, services: { outgoing } });
  return { ...left, remembered };
};

test('what one of us sends into the world is remembered, marked and tagged', () => {
  const { header, sender, remembered } = out(anna, 'bert@far.example');
  assert.deepEqual([header, sender?.text, remembered.length], ['X-Trace: A-1\r\n', 'tagged=anna@example.org', 1]);
});
test('within the house it is remembered, for the hub may send it on, and stays as it is', () => {
  const { header, sender, remembered } = out(anna, 'bert@example.org');
  assert.deepEqual([header, sender, remembered.length], ['', anna, 1]);
});
for (const [from, client, why] of [
  [mailboxOf('x@far.example'), insider, 'mail that is passed on for others bounces to them'],
  [null, insider, 'a report has nobody to bounce to'],
  [anna, clientOf(), 'a stranger who says that he is Anna is not'],
] as const)
  test(`nothing is remembered or marked: ${why}`, () => {
    const { header, sender, remembered } = out(from, 'bert@far.example', client);
    assert.deepEqual([header, sender, remembered.length], ['', from, 0]);
  });

for (const [traits, client, expected, why] of [
  [{ spf: 'pass' }, clientOf(), 1, 'SPF proves who wrote'],
  [{ dmarc: 'pass', provenAuthor: 'x@far.example' }, clientOf(), 1, 'and DMARC, where he is the author'],
  [{ dmarc: 'pass', provenAuthor: 'me@evil.example', spf: 'fail' }, clientOf(), 0, 'DMARC of somebody else says nothing of the envelope'],
  [{ spf: 'softfail' }, clientOf(), 0, 'less does not'],
  [{ spf: 'pass' }, insider, 0, 'our own need no proof'],
] as const)
  test(`a writer is noted: ${expected}, for ${why}`, () => {
    const { outgoing, writers } = desk();
    noteWriter(messageInput({ from: mailboxOf('x@far.example'), client, traits }), { outgoing });
    assert.equal(writers.length, expected);
  });
