import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mailbox } from '../../test/harness/delivery-request.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { openListedRecipients } from './listed-recipients.ts';

test('a list speaks of its domain and of no other; case, comments and empty lines count for nothing', async (t) => {
  const file = join(scratchDirectory(t, 'listed'), 'people.txt');
  writeFileSync(file, '# people\r\nAnn@Customer.example # since 2019\n\n');
  const listed = await openListedRecipients({ intake: [{ domain: 'customer.example', recipients: file, recipientDelimiter: '+' }] });
  assert.deepEqual(
    ['ann@customer.example', 'ANN@customer.example', 'bob@customer.example', 'ann@hub.example'].map((address) => listed.isListed(mailbox(address))),
    [true, true, false, null],
  );
});

test('a list that is empty or has lines nobody understands refuses nobody: whom it does not name is asked for elsewhere', async (t) => {
  const file = join(scratchDirectory(t, 'listed'), 'people.txt');
  const isListed = async (text: string, address: string) => {
    writeFileSync(file, text);
    return (await openListedRecipients({ intake: [{ domain: 'customer.example', recipients: file, recipientDelimiter: '+' }] })).isListed(mailbox(address));
  };
  assert.equal(await isListed('', 'bob@customer.example'), null);
  assert.equal(await isListed('ann@customer.example\nbob\n', 'bob@customer.example'), null);
  assert.equal(await isListed('ann@customer.example\nbob\n', 'ann@customer.example'), true);
});

test('a list that cannot be read refuses nobody, and a door that is replaced comes up without it', async () => {
  const listed = await openListedRecipients({ intake: [{ domain: 'customer.example', recipients: '/nowhere/people.txt', recipientDelimiter: '+' }] });
  assert.equal(listed.isListed(mailbox('ann@customer.example')), null);
});

for (const [delimiter, address, expected, why] of [
  ['+', 'ann+shop@customer.example', true, 'her own server would take it'],
  ['+', 'bob+shop@customer.example', false, 'Bob is nobody, with or without an addition'],
  ['+', 'ann-shop@customer.example', false, 'it is another address'],
  ['+-', 'Ann-shop@customer.example', true, 'that server divides there as well'],
  ['+', '+shop@customer.example', false, 'there is nothing before it'],
  ['', 'ann+shop@customer.example', false, 'that server knows no additions'],
  ['', 'me+you@customer.example', true, 'it is listed as it stands'],
  ['+', 'PostMaster@customer.example', true, 'each server has one (RFC 5321 4.5.1)'],
] as const)
  test(`${address}, divided at "${delimiter}": ${expected ? 'taken' : 'refused'}, for ${why}`, async (t) => {
    const file = join(scratchDirectory(t, 'listed'), 'people.txt');
    writeFileSync(file, 'ann@customer.example\nme+you@customer.example\n');
    const listed = await openListedRecipients({ intake: [{ domain: 'customer.example', recipients: file, recipientDelimiter: delimiter }] });
    assert.equal(listed.isListed(mailbox(address)), expected);
  });
