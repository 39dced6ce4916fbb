import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from './command.ts';

const cases: readonly [line: string, verb: string, argument: string, why: string][] = [
  ['QUIT', 'QUIT', '', 'a verb alone'],
  ['mail FROM:<A@b.example> SIZE=1', 'MAIL', 'FROM:<A@b.example> SIZE=1', 'the verb in any case, the argument untouched'],
  ['NOOP  ', 'NOOP', '', 'RFC 5321 4.1.1: trailing blanks are tolerated'],
  ['EHLO  host.example\t', 'EHLO', 'host.example', 'blanks around the argument are none of it'],
  ['', '', '', 'an empty line has no verb'],
  [' NOOP', '', 'NOOP', 'a leading blank is an empty verb, and so unknown'],
  ['maıl x', 'MAıL', 'x', 'only ASCII has another case here: no letter becomes an I'],
  ['NOOP \u00a0x\u00a0', 'NOOP', '\u00a0x\u00a0', 'white space beyond ASCII is not trimmed away unseen'],
];

for (const [line, verb, argument, why] of cases) {
  test(`${JSON.stringify(line)}: ${why}`, () => assert.deepEqual(parseCommand(line), { verb, argument }));
}
