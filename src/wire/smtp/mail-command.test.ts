import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf } from '../../model/mailbox.ts';
import { parseMail, parseRcpt } from './mail-command.ts';

const plain = { size: null, body: null, smtputf8: false, auth: null };

const accepted: readonly [argument: string, from: string, parameters: object, why: string][] = [
  ['FROM:<user@example.org>', 'user@example.org', plain, 'no parameters'],
  ['from:<user@example.org>', 'user@example.org', plain, 'the keyword in any case'],
  ['FROM: <user@example.org>', 'user@example.org', plain, 'a blank behind the colon is common and harmless'],
  ['FROM:<>', '', plain, 'the null sender (RFC 5321 4.5.5)'],
  ['FROM:<> SIZE=1000', '', { ...plain, size: 1000 }, 'SIZE (RFC 1870)'],
  ['FROM:<a@b.example>  size=0  BODY=8bitmime ', 'a@b.example', { ...plain, size: 0, body: '8BITMIME' }, 'cases and blanks'],
  ['FROM:<a@b.example> SIZE=99999999999999999999', 'a@b.example', { ...plain, size: 1e20 }, '20 digits are in the grammar, and too large for anyone'],
  ['FROM:<a@b.example> BODY=7BIT', 'a@b.example', { ...plain, body: '7BIT' }, 'BODY (RFC 6152)'],
  ['FROM:<ü@b.example> SMTPUTF8', 'ü@b.example', { ...plain, smtputf8: true }, 'SMTPUTF8 (RFC 6531)'],
  ['FROM:<a@b.example> AUTH=e+3Dmc2@example.com', 'a@b.example', { ...plain, auth: 'e=mc2@example.com' }, 'AUTH (RFC 4954 5)'],
  ['FROM:<a@b.example> AUTH=<>', 'a@b.example', { ...plain, auth: '<>' }, 'AUTH of nobody'],
];

for (const [argument, from, parameters, why] of accepted) {
  test(`MAIL ${argument}: ${why}`, () => {
    const result = parseMail(argument, { smtputf8: true });
    assert.ok(result.kind === 'ok', JSON.stringify(result));
    assert.equal(addressOf(result.from), from);
    assert.deepEqual(result.parameters, parameters);
  });
}

const refused: readonly [argument: string, answer: string, why: string][] = [
  ['', '501 5.5.4', 'nothing'],
  ['<a@b.example>', '501 5.5.4', 'no FROM:'],
  ['FROM <a@b.example>', '501 5.5.4', 'no colon'],
  ['TO:<a@b.example>', '501 5.5.4', 'the wrong keyword'],
  ['FROM:a@b.example', '501 5.1.7', 'no brackets'],
  ['FROM:<a@b@c.example>', '501 5.1.7', 'bad address'],
  ['FROM:<a@b.example>SIZE=1', '501 5.5.4', 'no blank before the parameter'],
  ['FROM:<a@b.example> SIZE=', '501 5.5.4', 'no value'],
  ['FROM:<a@b.example> SIZE', '501 5.5.4', 'no value either'],
  ['FROM:<a@b.example> SIZE=-1', '501 5.5.4', 'not a number'],
  ['FROM:<a@b.example> SIZE=1e3', '501 5.5.4', 'not in digits'],
  ['FROM:<a@b.example> SIZE=000000000000000000001', '501 5.5.4', '21 digits'],
  ['FROM:<a@b.example> SIZE=1 size=1', '501 5.5.4', 'given twice'],
  ['FROM:<a@b.example> BODY=BINARYMIME', '501 5.5.4', 'not offered: it carries bare line ends'],
  ['FROM:<a@b.example> SMTPUTF8=1', '501 5.5.4', 'takes no value (RFC 6531 3.4)'],
  ['FROM:<a@b.example> AUTH=a=b', '501 5.5.4', 'no xtext'],
  ['FROM:<a@b.example> AUTH=a+0D+0ARCPT', '501 5.5.4', 'a line end hidden in xtext'],
  ['FROM:<a@b.example> RET=FULL', '555 5.5.4', 'DSN is not offered'],
  ['FROM:<a@b.example> constructor=1', '555 5.5.4', 'names of the language mean nothing'],
  ['FROM:<a@b.example> __proto__', '501 5.5.4', 'an underscore is in no keyword'],
  ['FROM:<a@b.example> =1', '501 5.5.4', 'no keyword'],
  ['FROM:<a@b.example> X=\u0001', '501 5.5.4', 'control character'],
  ['FROM:<ü@b.example>', '553 5.6.7', 'RFC 6531 3.5: beyond ASCII without SMTPUTF8'],
];

for (const [argument, answer, why] of refused) {
  test(`MAIL ${JSON.stringify(argument)} is ${answer}: ${why}`, () => {
    const result = parseMail(argument, { smtputf8: true });
    assert.equal(result.kind === 'bad' ? `${result.code} ${result.enhanced}` : 'accepted', answer);
  });
}

test('what was not offered is not recognized', () => {
  const answer = (argument: string, rules: Parameters<typeof parseMail>[1]): number => {
    const result = parseMail(argument, rules);
    return result.kind === 'bad' ? result.code : 250;
  };
  assert.equal(answer('FROM:<a@b.example> SMTPUTF8', { smtputf8: false }), 555);
  assert.equal(answer('FROM:<ü@b.example> SMTPUTF8', { smtputf8: false }), 553);
  assert.equal(answer('FROM:<a@b.example> SIZE=1', { smtputf8: false, size: false }), 555);
  assert.equal(answer('FROM:<a@b.example> BODY=7BIT', { smtputf8: false, eightBitMime: false }), 555);
  assert.equal(answer('FROM:<a@b.example> AUTH=<>', { smtputf8: false, auth: false }), 555);
  assert.equal(answer('FROM:<a@b.example> SIZE=1', { smtputf8: false, parameters: false }), 555, 'after HELO');
  assert.equal(answer('FROM:<a@b.example>', { smtputf8: false, parameters: false }), 250);
});

const recipients: readonly [argument: string, outcome: string, why: string][] = [
  ['TO:<user@example.org>', 'user@example.org', 'plain'],
  ['to: <Postmaster>', 'Postmaster', 'RFC 5321 4.5.1'],
  ['TO:<@us.example:user@example.org>', 'user@example.org', 'a source route is parsed'],
  ['TO:<>', '501 5.1.3', 'nobody'],
  ['TO:user@example.org', '501 5.1.3', 'no brackets'],
  ['TO:<user@dom@us.example>', '501 5.1.3', 'a relay trick'],
  ['FROM:<user@example.org>', '501 5.5.4', 'the wrong keyword'],
  ['TO:<user@example.org> NOTIFY=NEVER', '555 5.5.4', 'DSN is not offered'],
  ['TO:<user@example.org>, <b@example.org>', '501 5.5.4', 'one recipient a command'],
  ['TO:<ü@example.org>', '553 5.6.7', 'MAIL did not ask for SMTPUTF8'],
];

for (const [argument, outcome, why] of recipients) {
  test(`RCPT ${argument}: ${why}`, () => {
    const result = parseRcpt(argument, { smtputf8: false });
    assert.equal(result.kind === 'ok' ? addressOf(result.to) : `${result.code} ${result.enhanced}`, outcome);
  });
}
