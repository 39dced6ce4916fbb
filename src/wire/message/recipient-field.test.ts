import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs } from '../../../test/harness/processor-time.ts';
import { recipientOf } from './recipient-field.ts';

const cases: readonly (readonly [value: string, expected: string | null, why: string])[] = [
  ['rfc822;user@dom.example', 'user@dom.example', 'as RFC 3464 writes it'],
  ['RFC822 ; user@DOM.Example', 'user@dom.example', 'blanks and capitals; the domain is in lower case'],
  ['user@dom.example', 'user@dom.example', 'the type is missing'],
  ['rfc822;<user@dom.example>', 'user@dom.example', 'in brackets'],
  ['rfc822; User Name <user@dom.example>', 'user@dom.example', 'with a name'],
  ['rfc822;User@dom.example', 'User@dom.example', 'RFC 5321 2.4: the local part as it is written'],
  ['rfc822;<@relay.example:user@dom.example>', 'user@dom.example', 'a source route'],
  ['rfc822;@a.example,@b.example:user@dom.example', 'user@dom.example', 'a source route of two hosts'],
  ['rfc822;"john doe"@dom.example', '"john doe"@dom.example', 'a quoted local part'],
  ['rfc822;"a@b"@dom.example', '"a@b"@dom.example', 'a quoted local part with an @ in it'],
  ['rfc822;"a\\"b(c)"@dom.example', '"a\\"b(c)"@dom.example', 'a quoted local part with what would be a comment outside'],
  ['rfc822;user@dom.example (was old@other.example)', 'user@dom.example', 'a comment that names another'],
  ['rfc822;user@dom.example (a (b) old@other.example)', 'user@dom.example', 'a comment in a comment'],
  ['rfc822;(old@other.example) user@dom.example', 'user@dom.example', 'a comment in front'],
  ['rfc822;user@dom.example (never closed', 'user@dom.example', 'a comment without an end'],
  ['rfc822;user@[192.0.2.7]', 'user@[192.0.2.7]', 'an address literal'],
  ['rfc822;user@[IPv6:2001:db8::7]', 'user@[ipv6:2001:db8::7]', 'an address literal of IPv6'],
  ['rfc822;/G=John/S=Doe/O=Firm/C=GB/@gw.example', '/G=John/S=Doe/O=Firm/C=GB/@gw.example', 'an X.400 name inside of a gateway address'],
  [
    'rfc822;IMCEAEX-_O=FIRM_OU=X_CN=RECIPIENTS_CN=USER@dom.example',
    'IMCEAEX-_O=FIRM_OU=X_CN=RECIPIENTS_CN=USER@dom.example',
    'an Exchange name inside of an address',
  ],
  ["rfc822;o'neil@dom.example", "o'neil@dom.example", 'an apostrophe'],
  ['rfc822;=odd=*@dom.example', '=odd=*@dom.example', 'characters that open a phrase in free text are part of a mailbox here'],
  ['utf-8;\\x{442}\\x{435}\\x{441}\\x{442}@\\x{43F}\\x{440}.example', 'тест@пр.example', 'RFC 6533, escaped'],
  ['utf-8; тест@пр.example', 'тест@пр.example', 'RFC 6533, in UTF-8'],
  ['rfc822;user+2Btag@dom.example', 'user+tag@dom.example', 'a plus that was left in xtext'],
  ['rfc822;user+40dom.example', 'user@dom.example', 'an @ that was left in xtext'],
  ['rfc822;user+tag@dom.example', 'user+tag@dom.example', 'a plus that is none'],
  ['x400;/C=GB/ADMD= /PRMD=FIRM/O=FIRM/S=DOE/', null, 'an X.400 name alone'],
  ['LOCAL;<bob>', null, "a host's own user"],
  ['unknown;undisclosed-recipients', null, 'nobody'],
  ['', null, 'nothing'],
  ['rfc822;', null, 'a type alone'],
];
for (const [value, expected, why] of cases) test(`${why}: ${value}`, () => assert.equal(recipientOf(value), expected));

test('a hostile value is read in time linear in its length', () => {
  for (const filler of ['(', '"', '<', '@a,', '\\x{41}', '+2B', 'a@']) {
    const started = processorMs();
    recipientOf(`rfc822;${filler.repeat(100_000)}`);
    assert.ok(processorMs() - started < 50, filler);
  }
});
