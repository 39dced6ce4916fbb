import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMail, parseRcpt } from './mail-command.ts';

const offered = { smtputf8: true, dsn: true };

const mails: readonly [parameters: string, expected: object | number, why: string][] = [
  ['RET=FULL', { ret: 'FULL' }, 'RFC 3461 4.3'],
  ['ret=hdrs', { ret: 'HDRS' }, 'any case'],
  ['RET=BODY', 501, 'neither FULL nor HDRS'],
  ['RET', 501, 'no value'],
  ['RET=FULL RET=FULL', 501, 'RFC 3461 4.3: once'],
  ['ENVID=QQ314159', { envid: 'QQ314159' }, 'RFC 3461 4.4'],
  ['ENVID=a+2Bb', { envid: 'a+2Bb' }, 'kept as it was written'],
  ['ENVID=a+2', 501, 'no xtext'],
  ['ENVID=a=b', 501, 'an equals sign stands encoded only'],
  ['ENVID=a+0D+0Ab', 501, 'a line end hidden in xtext'],
  [`ENVID=${'x'.repeat(100)}`, { envid: 'x'.repeat(100) }, 'as long as it may be'],
  [`ENVID=${'x'.repeat(101)}`, 501, 'RFC 3461 4.4: 100 characters'],
];

for (const [parameters, expected, why] of mails) {
  test(`MAIL ${parameters.slice(0, 40)}: ${why}`, () => {
    const result = parseMail(`FROM:<a@b.example> ${parameters}`, offered);
    assert.deepEqual(
      result.kind === 'ok' ? result.parameters : result.code,
      typeof expected === 'number' ? expected : { size: null, body: null, smtputf8: false, auth: null, ...expected },
    );
  });
}

const rcpts: readonly [parameters: string, expected: object | number, why: string][] = [
  ['NOTIFY=NEVER', { notify: 'NEVER' }, 'RFC 3461 4.1'],
  ['NOTIFY=success,FAILURE', { notify: 'success,FAILURE' }, 'a list, as it was written'],
  ['NOTIFY=SUCCESS,NEVER', 501, 'NEVER stands alone'],
  ['NOTIFY=ALWAYS', 501, 'no such word'],
  ['NOTIFY=SUCCESS,', 501, 'an empty word'],
  ['NOTIFY', 501, 'no value'],
  ['ORCPT=rfc822;Bob@Example.COM', { orcpt: 'rfc822;Bob@Example.COM' }, 'RFC 3461 4.2'],
  ['ORCPT=rfc822;a+2Bb@c.example', { orcpt: 'rfc822;a+2Bb@c.example' }, 'xtext as it was written'],
  ['ORCPT=Bob@Example.COM', 501, 'no type'],
  ['ORCPT=rfc822;', 501, 'no address'],
  ['ORCPT=rfc822;a+0A@c.example', 501, 'a line end hidden in xtext'],
  ['ORCPT=rfc822;b\u00fcro@c.example', 501, 'beyond ASCII of the wrong type'],
  ['ORCPT=utf-8;b\u00fcro@c.example', { orcpt: 'utf-8;b\u00fcro@c.example' }, 'RFC 6533 3: with SMTPUTF8 as it is'],
  ['ORCPT=utf-8;b\\x{FC}ro@c.example', { orcpt: 'utf-8;b\\x{FC}ro@c.example' }, 'RFC 6533 3: in ASCII'],
  [`ORCPT=rfc822;${'x'.repeat(500)}`, 501, 'RFC 3461 4.2: 500 characters'],
  ['NOTIFY=NEVER NOTIFY=NEVER', 501, 'once'],
  ['SIZE=1', 555, 'a parameter of another command'],
];

for (const [parameters, expected, why] of rcpts) {
  test(`RCPT ${parameters.slice(0, 40)}: ${why}`, () => {
    const result = parseRcpt(`TO:<u@x.example> ${parameters}`, offered);
    const address = { localPart: 'u', domain: 'x.example', text: 'u@x.example', sourceRoute: null };
    assert.deepEqual(result.kind === 'ok' ? result.to : result.code, typeof expected === 'number' ? expected : { ...address, ...expected });
  });
}

test('beyond ASCII in ORCPT needs SMTPUTF8', () => {
  const result = parseRcpt('TO:<u@x.example> ORCPT=utf-8;b\u00fcro@c.example', { ...offered, smtputf8: false });
  assert.equal(result.kind === 'bad' ? result.code : 250, 501);
});

test('where DSN is not offered its parameters are not known', () => {
  for (const dsn of [false, undefined]) {
    const rules = dsn === undefined ? { smtputf8: true } : { smtputf8: true, dsn };
    for (const result of [
      parseMail('FROM:<a@b.example> RET=FULL', rules),
      parseMail('FROM:<a@b.example> ENVID=x', rules),
      parseRcpt('TO:<u@x.example> NOTIFY=NEVER', rules),
      parseRcpt('TO:<u@x.example> ORCPT=rfc822;u@x.example', rules),
    ]) {
      assert.equal(result.kind === 'bad' ? result.code : 250, 555);
    }
  }
});

test('PRDR and REQUIRETLS are words without a value, known where they are offered', () => {
  const answer = (parameter: string, rules: Parameters<typeof parseMail>[1]): object | number => {
    const result = parseMail(`FROM:<a@b.example> ${parameter}`, rules);
    return result.kind === 'ok' ? result.parameters : result.code;
  };
  const plain = { size: null, body: null, smtputf8: false, auth: null };
  assert.deepEqual(answer('PRDR', { smtputf8: false, prdr: true }), { ...plain, prdr: true });
  assert.deepEqual(answer('REQUIRETLS', { smtputf8: false, requireTls: true }), { ...plain, requireTls: true });
  assert.equal(answer('PRDR=1', { smtputf8: false, prdr: true }), 501);
  assert.equal(answer('REQUIRETLS=1', { smtputf8: false, requireTls: true }), 501);
  assert.equal(answer('PRDR', { smtputf8: false }), 555);
  assert.equal(answer('REQUIRETLS', { smtputf8: false }), 555, 'RFC 8689 2: not offered, not known; never dropped');
});
