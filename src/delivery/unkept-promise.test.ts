import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailbox } from '../../test/harness/delivery-request.ts';
import type { MailParameters } from '../model/stage-input.ts';
import { unkeptPromise } from './unkept-promise.ts';

const plain: MailParameters = { size: null, body: null, smtputf8: false, auth: null };
const to = mailbox('u@hub.example');

const cases: readonly [
  wish: string,
  parameters: Partial<MailParameters>,
  recipient: object,
  can: { dsn: boolean; requireTls: boolean },
  expected: string | null,
][] = [
  ['nothing', {}, {}, { dsn: false, requireTls: false }, null],
  ['RET', { ret: 'FULL' }, {}, { dsn: true, requireTls: false }, null],
  ['RET', { ret: 'FULL' }, {}, { dsn: false, requireTls: false }, '451 4.3.3'],
  ['ENVID', { envid: 'x' }, {}, { dsn: false, requireTls: true }, '451 4.3.3'],
  ['NOTIFY', {}, { notify: 'NEVER' }, { dsn: false, requireTls: false }, '451 4.3.3'],
  ['ORCPT', {}, { orcpt: 'rfc822;u@hub.example' }, { dsn: false, requireTls: false }, '451 4.3.3'],
  ['REQUIRETLS', { requireTls: true }, {}, { dsn: true, requireTls: true }, null],
  ['REQUIRETLS', { requireTls: true }, {}, { dsn: true, requireTls: false }, '451 4.7.30'],
];

for (const [wish, parameters, recipient, can, expected] of cases) {
  test(`${wish} where the hop takes ${JSON.stringify(can)}: ${expected ?? 'handed on'}`, () => {
    const outcome = unkeptPromise({ parameters: { ...plain, ...parameters }, recipients: [{ ...to, ...recipient }] }, can);
    assert.equal(outcome?.kind === 'refused' ? `${outcome.hubReply.code} ${outcome.hubReply.enhanced}` : outcome, expected);
  });
}
