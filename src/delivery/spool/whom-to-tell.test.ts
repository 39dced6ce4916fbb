import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryRequest, mailbox } from '../../../test/harness/delivery-request.ts';
import type { SenderProven } from '../../model/spool.ts';
import { whomToTell, type TellingRules } from './whom-to-tell.ts';

const { handover } = deliveryRequest({ route: { key: 'hub', address: { kind: 'smtp', host: 'x', port: 25 } } });
const plain = 'From: x@there.example\r\nSubject: Hello\r\n';

interface Case {
  readonly user?: string;
  readonly inside?: true;
  readonly from?: string | null;
  /** As its client wrote it. */
  readonly sender?: string;
  readonly proven?: SenderProven;
  readonly header?: string | null;
  readonly notify?: string;
  readonly reports?: TellingRules['reports'];
}

const cases: readonly [sketch: Case, told: string, why: string][] = [
  [{ user: 'ann@hub.example', from: 'ann@hub.example' }, 'user', 'an author at home'],
  [{ user: 'ann', from: 'Ann@hub.example' }, 'user', 'a user name without its domain'],
  [{ user: 'ann', from: 'bob@hub.example' }, 'unproven', "another's address"],
  [{ user: 'ann', from: 'ann@customer.example' }, 'unproven', "a user name without its domain: a customer's Ann is another person"],
  [{ user: 'ann@customer.example', from: 'ann@customer.example' }, 'user', 'a user name with its domain says which Ann'],
  [{ user: 'ann', from: 'prvs=0123abcdef=ann@hub.example', sender: 'ann@hub.example' }, 'user', 'a tag of ours is no part of the address'],
  [{ user: 'ann', from: 'prvs=0123abcdef=bob@hub.example', sender: 'bob@hub.example' }, 'unproven', "another's address bears a tag as well"],
  [{ user: 'ann', from: 'prvs=0123abcdef=ann@hub.example' }, 'unproven', 'what looks like a tag and was not ours'],
  [{ inside: true, from: 'prvs=0123abcdef=ann@hub.example', sender: 'ann@hub.example' }, 'inside', 'of a host of ours too'],
  [{ user: 'ann', from: 'ann@there.example', proven: 'spf' }, 'unproven', 'a user of ours who writes as somebody elsewhere'],
  [{ inside: true, from: 'printer@hub.example' }, 'inside', 'a host of ours with an address of ours'],
  [{ inside: true, from: 'x@there.example' }, 'unproven', 'a host of ours that writes as somebody else: it may be forwarding'],
  [{ from: 'ann@hub.example' }, 'unproven', 'from outside anybody can write that'],
  [{}, 'unproven', 'nothing is known'],
  [{ proven: 'spf' }, 'spf', 'SPF passed when it came'],
  [{ proven: 'dmarc' }, 'dmarc', 'DMARC passed when it came'],
  [{ proven: 'spf', reports: 'never' }, 'never', 'the operator wants none'],
  [{ proven: 'spf', from: null }, 'null-sender', 'a report is never reported on'],
  [{ proven: 'spf', header: `Auto-Submitted: auto-generated\r\n${plain}` }, 'automatic', 'a program wrote it'],
  [{ proven: 'spf', header: `Auto-Submitted: no\r\n${plain}` }, 'spf', 'a person wrote it, and says so'],
  [{ proven: 'spf', header: `List-Id: <news.there.example>\r\n${plain}` }, 'automatic', 'a list'],
  [{ proven: 'spf', header: `Precedence: bulk\r\n${plain}` }, 'automatic', 'bulk'],
  [{ user: 'ann', from: 'ann@hub.example', header: `Precedence: list\r\n${plain}` }, 'automatic', "a user's list is a list too"],
  [{ proven: 'spf', header: null }, 'automatic', 'a header without an end is not judged'],
  [{ proven: 'spf', notify: 'NEVER' }, 'not-asked', 'its sender wants no reports'],
  [{ proven: 'spf', notify: 'SUCCESS,DELAY' }, 'not-asked', 'nor of failures'],
  [{ proven: 'spf', notify: 'SUCCESS,FAILURE' }, 'spf', 'of failures it does'],
];
for (const [{ user = null, inside = false, from = 'x@there.example', sender, proven, header = plain, notify, reports = 'proven' }, told, why] of cases)
  test(`${JSON.stringify({ user, inside, from, sender, proven, header, notify, reports })}: ${told}: ${why}`, () => {
    const to = { ...mailbox('ann@hub.example'), ...(notify === undefined ? {} : { notify }) };
    const decided = whomToTell(
      {
        envelope: {
          handover: { ...handover, user, client: { ...handover.client, inside } },
          from: from === null ? null : mailbox(from),
          ...(sender === undefined ? {} : { sender: mailbox(sender) }),
          ...(proven === undefined ? {} : { proven }),
        },
        header,
        failed: [{ to, why: '550 5.1.1 No such user' }],
      },
      { reports, ourDomains: ['hub.example', 'customer.example'], usersDomain: 'hub.example' },
    );
    assert.equal(decided.tell ? decided.by : decided.why, told);
    if (decided.tell) assert.deepEqual([decided.to.text, decided.failed.length], [sender ?? from, 1]);
  });

test('a recipient whose sender wants no report is not named in the one about the others', () => {
  const failed = [
    { to: { ...mailbox('quiet@hub.example'), notify: 'NEVER' }, why: '550' },
    { to: mailbox('ann@hub.example'), why: '550' },
  ];
  const decided = whomToTell(
    { envelope: { handover, from: mailbox('x@there.example'), proven: 'spf' }, header: plain, failed },
    { reports: 'proven', ourDomains: [], usersDomain: '' },
  );
  assert.deepEqual(decided.tell && decided.failed.map(({ to }) => to.text), ['ann@hub.example']);
});
