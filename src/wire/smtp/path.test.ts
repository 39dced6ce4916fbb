import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseForwardPath, parseMailbox, parseReversePath } from './path.ts';

const ascii = { smtputf8: false };
const utf8 = { smtputf8: true };

const good: readonly [path: string, localPart: string, domain: string, why: string][] = [
  ['<user@example.org>', 'user', 'example.org', 'the plain case'],
  ['<User@EXAMPLE.Org>', 'User', 'example.org', 'the domain is in lower case, the local part as it came'],
  ['<user@example.org.>', 'user', 'example.org', 'a trailing dot names the same host'],
  ['<user@localhost>', 'user', 'localhost', 'one label'],
  ['<user@mail_1.example>', 'user', 'mail_1.example', 'an underscore is tolerated, as such hosts send mail'],
  ['<a.b+c=d@example.org>', 'a.b+c=d', 'example.org', 'tags and VERP'],
  ['<user%dom@us.example>', 'user%dom', 'us.example', 'a percent route is an ordinary local part here; policy judges it'],
  ['<dom!user@us.example>', 'dom!user', 'us.example', 'so is a bang path'],
  ['<"user@dom"@us.example>', 'user@dom', 'us.example', 'a quoted @ shows in the local part'],
  ['<"a b"@example.org>', 'a b', 'example.org', 'quoted blanks'],
  ['<"a\\"\\\\>b"@example.org>', 'a"\\>b', 'example.org', 'quoted pairs, and a bracket that closes nothing'],
  ['<"user"@example.org>', 'user', 'example.org', 'needless quotes change nothing'],
  ['<""@example.org>', '', 'example.org', 'an empty quoted string is in the grammar'],
  ['<user@[192.0.2.1]>', 'user', '[192.0.2.1]', 'IPv4 literal'],
  ['<user@[IPv6:2001:DB8::0:1]>', 'user', '[IPv6:2001:db8::1]', 'IPv6 literal in its one form'],
  ['<user@[ipv6:::1]>', 'user', '[IPv6:::1]', 'the tag in any case'],
  ['<user@[IPv6:::ffff:192.0.2.1]>', 'user', '[192.0.2.1]', 'IPv4 in IPv6 is the IPv4 host'],
  ['<user@[x-tag:abc]>', 'user', '[x-tag:abc]', 'general literal'],
  ['<user@192.0.2.1>', 'user', '192.0.2.1', 'digits without brackets are a domain by the grammar'],
  ['<user@xn--bcher-kva.example>', 'user', 'xn--bcher-kva.example', 'an A-label stays'],
];

for (const [path, localPart, domain, why] of good) {
  test(`${path}: ${why}`, () => {
    const text = path.slice(1, -1);
    assert.deepEqual(parseForwardPath(path, ascii), { kind: 'ok', mailbox: { localPart, domain, text, sourceRoute: null }, rest: '' });
  });
}

const bad: readonly [path: string, problem: 'syntax' | 'too-long' | 'not-ascii', why: string][] = [
  ['user@example.org', 'syntax', 'angle brackets are needed'],
  ['', 'syntax', 'nothing'],
  ['<user@example.org', 'syntax', 'not closed'],
  ['<user@dom@us.example>', 'syntax', 'two @: a relay trick'],
  ['<user>', 'syntax', 'no domain'],
  ['<@example.org>', 'syntax', 'no local part'],
  ['<user@>', 'syntax', 'empty domain'],
  ['<user@.>', 'syntax', 'a dot alone'],
  ['<user@example..org>', 'syntax', 'empty label'],
  ['<user@example.org..>', 'syntax', 'two trailing dots'],
  ['<user@-example.org>', 'syntax', 'label begins with a hyphen'],
  ['<user@example-.org>', 'syntax', 'label ends with one'],
  ['<.user@example.org>', 'syntax', 'dot at the start'],
  ['<user.@example.org>', 'syntax', 'dot at the end'],
  ['<us..er@example.org>', 'syntax', 'dots together'],
  ['<us er@example.org>', 'syntax', 'blank'],
  ['<user@exam ple.org>', 'syntax', 'blank in the domain'],
  ['<us(c)er@example.org>', 'syntax', 'comment'],
  ['< user@example.org>', 'syntax', 'blank at the start'],
  ['<us\ter@example.org>', 'syntax', 'control character'],
  ['<"us\ter"@example.org>', 'syntax', 'control character in quotes'],
  ['<"us\\\ner"@example.org>', 'syntax', 'control character behind a backslash'],
  ['<us\u007fer@example.org>', 'syntax', 'DEL'],
  ['<"user@example.org>', 'syntax', 'quote not closed'],
  ['<"user"x@example.org>', 'syntax', 'text behind the quote'],
  ['<us"er"@example.org>', 'syntax', 'quote in the middle'],
  ['<user@[192.0.2.256]>', 'syntax', 'no IPv4 address'],
  ['<user@[192.0.2]>', 'syntax', 'three numbers'],
  ['<user@[192.0.2.01]>', 'syntax', 'a leading zero reads as octal elsewhere'],
  ['<user@[2001:db8::1]>', 'syntax', 'IPv6 without its tag is no known literal'],
  ['<user@[IPv6:fe80::1%eth0]>', 'syntax', 'a zone'],
  ['<user@[IPv6:192.0.2.1]>', 'syntax', 'IPv4 under the tag of IPv6'],
  ['<user@[192.0.2.1>', 'syntax', 'literal not closed'],
  ['<user@example.org/x>', 'syntax', 'URL syntax'],
  ['<user@exam%70le.org>', 'syntax', 'percent encoding'],
  ['<üser@example.org>', 'not-ascii', 'needs SMTPUTF8'],
  ['<user@bücher.example>', 'not-ascii', 'so does an IDN'],
  [`<${'x'.repeat(243)}@example.org>`, 'too-long', 'RFC 5321 4.5.3.1.3: 257 octets with brackets, all but a few of them local part'],
  [`<u@${'x.'.repeat(126)}x>`, 'too-long', 'RFC 5321 4.5.3.1.3: 257 octets with brackets'],
  [`<u@${'x'.repeat(64)}.example>`, 'syntax', 'RFC 1035: a label has at most 63 octets'],
];

for (const [path, problem, why] of bad) {
  test(`${JSON.stringify(path.slice(0, 60))} is refused: ${why}`, () => {
    const result = parseForwardPath(path, ascii);
    assert.equal(result.kind === 'bad' ? result.problem : 'accepted', problem);
  });
}

test('a local part of a VERP sender passes: 64 octets is what RFC 5321 4.5.3.1.1 promises, not where it ends; 256 of path do', () => {
  assert.equal(parseForwardPath(`<${'x'.repeat(242)}@example.org>`, ascii).kind, 'ok');
  assert.equal(parseReversePath('<bounces+1234567-9f8e-some.body=a-long-customer-domain.example=weekly-letter-2026-11@mailer.example>', ascii).kind, 'ok');
  assert.equal(parseForwardPath(`<uu@${'x.'.repeat(125)}x>`, ascii).kind, 'ok');
});

test('the null sender is a reverse path only, <postmaster> a forward path only', () => {
  assert.deepEqual(parseReversePath('<> SIZE=1', ascii), { kind: 'ok', mailbox: null, rest: ' SIZE=1' });
  assert.equal(parseForwardPath('<>', ascii).kind, 'bad');
  assert.deepEqual(parseForwardPath('<PostMaster>', ascii), {
    kind: 'ok',
    mailbox: { localPart: 'PostMaster', domain: '', text: 'PostMaster', sourceRoute: null },
    rest: '',
  });
  assert.equal(parseReversePath('<postmaster>', ascii).kind, 'bad');
});

test('a source route is kept, and told from the address', () => {
  assert.deepEqual(parseForwardPath('<@us.example,@b.example:user@dom.example> X', ascii), {
    kind: 'ok',
    mailbox: { localPart: 'user', domain: 'dom.example', text: '@us.example,@b.example:user@dom.example', sourceRoute: '@us.example,@b.example' },
    rest: ' X',
  });
  for (const route of [
    '@us.example:',
    '@us.example,user@dom.example',
    '@us.example user@dom.example',
    '@:user@dom.example',
    '@a.example,b.example:user@dom.example',
    '@us..example:u@dom.example',
  ])
    assert.equal(parseForwardPath(`<${route}>`, ascii).kind, 'bad', route);
});

const international: readonly [address: string, domain: string | null, why: string][] = [
  ['üser@bücher.example', 'xn--bcher-kva.example', 'IDN as A-labels'],
  ['user@BÜCHER.example.', 'xn--bcher-kva.example', 'case and trailing dot'],
  ['user@例え。example', 'xn--r8jz45g.example', 'the ideographic full stop is a dot'],
  ['user@faß.example', 'xn--fa-hia.example', 'not transitional: ß is not ss'],
  ['user@１.２.３.４', '1.2.3.4', 'digits in full width are digits, no IPv4 address in short form'],
  ['user@０x7f.１', '0x7f.1', 'nor one in hexadecimal'],
  ['user@a\u200d.example', null, 'a joiner where none may stand'],
  ['user@a％2e.example', null, 'a percent sign in full width is no encoding'],
  ['user@ａ／b.example', null, 'a slash in full width ends no host'],
  ['user@bücher.example/x', null, 'URL syntax does not reach the converter'],
  ['user@bücher.x/y', null, 'not even where the label added for it would hide that'],
  ['user@bücher.example:25', null, 'nor does a port'],
  ['user@b%C3%BCcher.é.example', null, 'nor an encoding'],
  ['us\u0085er@example.org', null, 'C1 control character'],
  ['us\u2028er@example.org', null, 'line separator'],
  ['us\ud800er@example.org', null, 'half a character'],
  ['"\\ü"@example.org', null, 'RFC 6531 3.3 widens no quoted pair'],
];

for (const [address, domain, why] of international) {
  test(`${JSON.stringify(address)} with SMTPUTF8: ${why}`, () => {
    const result = parseMailbox(address, utf8);
    assert.equal(result.kind === 'ok' ? result.mailbox.domain : null, domain);
    if (result.kind === 'ok') assert.equal(result.mailbox.text, address, 'sent on as written');
  });
}

const quoted = (local: string): string => `"${local.replace(/["\\]/g, '\\$&')}"`;

test('any printable local part survives quoting, brackets, and what follows', () => {
  const local = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 30 });
  fc.assert(
    fc.property(local, (text) => {
      const result = parseForwardPath(`<${quoted(text)}@example.org> SIZE=1`, ascii);
      assert.ok(result.kind === 'ok');
      assert.equal(result.mailbox.localPart, text);
      assert.equal(result.rest, ' SIZE=1');
    }),
  );
});

test('what is accepted is accepted again as it is sent on, with the same meaning', () => {
  const piece = fc.constantFrom('a', 'B', '1', '@', '.', ':', ',', '"', '\\', '>', '<', '[', ']', '-', 'ü', '例', ' ', 'IPv6:', '127.0.0.1', 'example.org');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const first = parseForwardPath(`<${pieces.join('')}>`, utf8);
      if (first.kind === 'bad') return;
      assert.deepEqual(parseForwardPath(`<${first.mailbox.text}>`, utf8), { ...first, rest: '' });
    }),
    { numRuns: 2000 },
  );
});

test('without brackets, as in configuration and lists, the local part has a limit of its own', () => {
  assert.equal(parseMailbox(`${'x'.repeat(254)}@example.org`).kind, 'ok');
  const tooLong = parseMailbox(`${'x'.repeat(255)}@example.org`);
  assert.equal(tooLong.kind === 'bad' ? tooLong.problem : '', 'too-long');
});
