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
  const listed = await openListedRecipients({ intake: [{ domain: 'customer.example', recipients: file, keepFor: 1 }] });
  assert.deepEqual(
    ['ann@customer.example', 'ANN@customer.example', 'bob@customer.example', 'ann@hub.example'].map((address) => listed.isListed(mailbox(address))),
    [true, true, false, null],
  );
});

test('a list that is empty or has lines nobody understands refuses nobody: whom it does not name is asked for elsewhere', async (t) => {
  const file = join(scratchDirectory(t, 'listed'), 'people.txt');
  const isListed = async (text: string, address: string) => {
    writeFileSync(file, text);
    return (await openListedRecipients({ intake: [{ domain: 'customer.example', recipients: file, keepFor: 1 }] })).isListed(mailbox(address));
  };
  assert.equal(await isListed('', 'bob@customer.example'), null);
  assert.equal(await isListed('ann@customer.example\nbob\n', 'bob@customer.example'), null);
  assert.equal(await isListed('ann@customer.example\nbob\n', 'ann@customer.example'), true);
});

test('a list that cannot be read is an error: all of its mail would be refused', async () => {
  await assert.rejects(openListedRecipients({ intake: [{ domain: 'customer.example', recipients: '/nowhere/people.txt', keepFor: 1 }] }));
});
