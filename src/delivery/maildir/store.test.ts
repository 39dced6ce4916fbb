import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { link, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { contentOf, deliveryRequest, mailbox, type RequestParts } from '../../../test/harness/delivery-request.ts';
import { createMailbox, listMailboxes } from './mailboxes.ts';
import { createMaildirStore } from './store.ts';

const base = mkdtempSync(join(tmpdir(), 'maildir-'));
after(() => rmSync(base, { recursive: true }));

async function storeWith(...addresses: readonly string[]): Promise<string> {
  const root = mkdtempSync(join(base, 'root-'));
  for (const address of addresses) await createMailbox(root, address);
  return root;
}
const request = (root: string, parts: Omit<RequestParts, 'route'> = {}) =>
  deliveryRequest({ route: { key: 'hub', address: { kind: 'maildir', path: root } }, prependedHeaders: 'Received: x\r\n', ...parts });

/** Every file below the root but directories. */
const files = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const noFailure = { publish: async (from: string, to: string) => (await link(from, to), unlink(from)), sync: async () => {} };

test('a message arrives in `new`: Return-Path, our headers, the content without its stuffing, CRLF kept; `tmp` is empty', async () => {
  const root = await storeWith('user@hub.example');
  const outcome = await createMaildirStore(root).deliver(request(root, { content: 'Subject: x\r\n\r\n..dot\r\n...\r\nno .dot\r\n\u0000\u00e4\r\n' }));
  assert.equal(outcome.kind, 'delivered');
  const [file = '', ...more] = files(root);
  assert.deepEqual(more, []);
  assert.ok(file.startsWith(join(root, 'hub.example/user/new/')));
  assert.equal(
    readFileSync(file, 'utf8'),
    'Return-Path: <sender@client.example>\r\nReceived: x\r\nSubject: x\r\n\r\n.dot\r\n..\r\nno .dot\r\n\u0000\u00e4\r\n',
  );
});

test('the null sender has an empty Return-Path', async () => {
  const root = await storeWith('user@hub.example');
  await createMaildirStore(root).deliver(request(root, { from: null }));
  assert.match(readFileSync(files(root)[0] ?? '', 'utf8'), /^Return-Path: <>\r\n/);
});

test('stuffing is removed wherever the chunks are cut', async () => {
  const wire = '..a\r\n...\r\nb.\r\n..\r\n';
  for (let cut = 1; cut < wire.length; cut++) {
    const root = await storeWith('user@hub.example');
    await createMaildirStore(root).deliver(request(root, { content: contentOf(wire, cut), prependedHeaders: '' }));
    assert.equal(
      readFileSync(files(root)[0] ?? '', 'utf8')
        .split('\r\n')
        .slice(1)
        .join('\r\n'),
      '.a\r\n..\r\nb.\r\n.\r\n',
      `cut at ${cut}`,
    );
  }
});

const probes: readonly [address: string, kind: string, why: string][] = [
  ['user@hub.example', 'accepted', 'it is there'],
  ['USER@hub.example', 'accepted', 'case does not count'],
  ['user+tag@hub.example', 'accepted', 'a subaddress falls back to its mailbox'],
  ['other+tag@hub.example', 'accepted', 'or has a mailbox of its own'],
  ['other@hub.example', 'refused', 'whose base has none'],
  ['nobody@hub.example', 'refused', 'it is not there'],
  ['user@elsewhere.example', 'refused', 'another domain is another mailbox'],
  ['..@hub.example', 'refused', 'no way up'],
  ['.@hub.example', 'refused', 'nor sideways'],
  ['../hub.example/user@hub.example', 'refused', 'a slash is a letter like any other'],
  ['user/new@hub.example', 'refused', 'also here'],
  ['user@..', 'refused', 'nor through the domain'],
  ['user\u0000@hub.example', 'refused', 'NUL does not end the name'],
  ['+@hub.example', 'refused', 'a tag of nobody'],
  [`${'x'.repeat(300)}@hub.example`, 'refused', 'longer than a name may be'],
];

for (const [address, kind, why] of probes) {
  test(`${JSON.stringify(address.slice(0, 40))} is ${kind}: ${why}`, async () => {
    const root = await storeWith('user@hub.example', 'other+tag@hub.example');
    const outcome = await createMaildirStore(root).probe(mailbox(address));
    assert.equal(outcome.kind, kind);
    if (outcome.kind === 'refused') assert.equal(outcome.hubReply.enhanced, '5.1.1');
  });
}

test('<postmaster>, the one address without a domain, is some domain’s postmaster (RFC 5321 4.5.1)', async () => {
  const postmaster = { ...mailbox('postmaster@x'), domain: '', text: 'postmaster' };
  const root = await storeWith('user@a.example', 'postmaster@b.example');
  assert.equal((await createMaildirStore(root).probe(postmaster)).kind, 'accepted');
  assert.equal((await createMaildirStore(await storeWith('user@a.example')).probe(postmaster)).kind, 'refused');
  assert.equal((await createMaildirStore(root).probe({ ...postmaster, localPart: 'user' })).kind, 'refused');
});

test('a store that is not mounted is trouble, not an unknown user: 5xx would make senders give up', async () => {
  const store = createMaildirStore(join(base, 'not-there'));
  assert.equal((await store.probe(mailbox('user@hub.example'))).kind, 'unreachable');
  assert.equal((await store.deliver(request(join(base, 'not-there')))).kind, 'unavailable');
});

test('a mailbox we may not write to is trouble as well', { skip: process.getuid?.() === 0 && 'root may write everywhere' }, async () => {
  const root = await storeWith('user@hub.example');
  chmodSync(join(root, 'hub.example/user/new'), 0o500);
  assert.equal((await createMaildirStore(root).probe(mailbox('user@hub.example'))).kind, 'unreachable');
});

test('several recipients: one copy each, and one only where two addresses share a mailbox', async () => {
  const root = await storeWith('a@hub.example', 'b@hub.example');
  const outcome = await createMaildirStore(root).deliver(request(root, { to: ['a@hub.example', 'b@hub.example', 'a+x@hub.example'] }));
  assert.equal(outcome.kind, 'delivered');
  assert.equal(files(root).length, 2);
});

test('an unknown one among several: mixed, nobody gets anything', async () => {
  const root = await storeWith('a@hub.example');
  const outcome = await createMaildirStore(root).deliver(request(root, { to: ['a@hub.example', 'nobody@hub.example'] }));
  assert.ok(outcome.kind === 'mixed' && outcome.at === 'rcpt');
  assert.deepEqual(
    outcome.perRecipient.map(({ hubReply }) => hubReply.code),
    [250, 550],
  );
  assert.deepEqual(files(root), []);
});

test('all unknown: refused', async () => {
  const root = await storeWith('a@hub.example');
  assert.equal((await createMaildirStore(root).deliver(request(root, { to: ['nobody@hub.example'] }))).kind, 'refused');
});

test('the second of two mailboxes fails: the first copy is withdrawn, or a retry would make it two', async () => {
  const root = await storeWith('a@hub.example', 'b@hub.example');
  const store = createMaildirStore(root, {
    ...noFailure,
    publish: (from, to) => (to.includes('/b/') ? Promise.reject(new Error('EIO')) : noFailure.publish(from, to)),
  });
  const outcome = await store.deliver(request(root, { to: ['a@hub.example', 'b@hub.example'] }));
  assert.deepEqual(outcome, { kind: 'unavailable', why: 'Error: EIO' });
  assert.deepEqual(files(root), []);
});

test('the directory cannot be synced: not delivered, for a crash could take the name back; all copies are withdrawn', async () => {
  const root = await storeWith('a@hub.example', 'b@hub.example');
  const synced: string[] = [];
  const store = createMaildirStore(root, {
    ...noFailure,
    sync: (path) => (synced.push(path), path.includes('/b/') ? Promise.reject(new Error('EIO')) : Promise.resolve()),
  });
  assert.equal((await store.deliver(request(root, { to: ['a@hub.example', 'b@hub.example'] }))).kind, 'unavailable');
  assert.deepEqual(synced, [join(root, 'hub.example/a/new'), join(root, 'hub.example/b/new')]);
  assert.deepEqual(files(root), []);
});

test('content that cannot be read again: unavailable, `tmp` is empty', async () => {
  const root = await storeWith('user@hub.example');
  const content = {
    ...contentOf('x\r\n'),
    *chunks() {
      yield Buffer.from('x');
      throw new Error('EIO');
    },
  };
  assert.equal((await createMaildirStore(root).deliver(request(root, { content }))).kind, 'unavailable');
  assert.deepEqual(files(root), []);
});

test('mailboxes are made once and listed by their addresses', async () => {
  const root = await storeWith('b@hub.example', 'User.Name+x@hub.example', '"a b"@other.example', 'b@hub.example');
  await createMailbox(root, 'jürgen@hub.example');
  assert.deepEqual(await listMailboxes(root), ['"a b"@other.example', 'b@hub.example', 'jürgen@hub.example', 'user.name+x@hub.example']);
  assert.deepEqual(await listMailboxes(join(base, 'not-there')), []);
  for (const none of ['nobody', '@hub.example', 'a@', `${'x'.repeat(300)}@hub.example`]) await assert.rejects(createMailbox(root, none), /no mailbox address/);
});

test('no address makes a directory outside of the store', async () => {
  const root = await storeWith();
  await createMailbox(root, '../../evil@..');
  assert.ok(!existsSync(join(root, '..', 'evil')));
  assert.deepEqual(readdirSync(root), ['%2E.']);
});
