// Client certificates at the real gateway: asked for, never required, and worth a user only where they are verified and known.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect, type ConnectionOptions } from 'node:tls';
import { clientAuthority, type ClientIdentity } from '../harness/client-certificates.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { missing } from '../harness/peer.ts';
import { scratchDirectory } from '../harness/scratch.ts';
import { within } from '../harness/until.ts';

const skip = missing('openssl');

interface Said {
  readonly text: string;
  readonly session: Buffer | null;
  readonly resumed: boolean;
}

/** Says the lines under TLS, one after each reply, to an implicit-TLS listener. */
function say(port: number, lines: readonly string[], options: ConnectionOptions & { readonly from?: string }): Promise<Said> {
  const { from = '127.0.0.1', ...tls } = options;
  return within(
    10_000,
    'the dialogue',
    new Promise((resolve, reject) => {
      const plain = connectPlain({ port, host: '127.0.0.1', localAddress: from });
      const socket = connect({ socket: plain, rejectUnauthorized: false, ...tls });
      let [text, session]: [string, Buffer | null] = ['', null];
      const left = [...lines, 'QUIT'];
      socket.on('session', (ticket: Buffer) => (session = ticket));
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (/^\d{3} .*\r\n$/m.test(chunk) && left.length > 0) socket.write(`${left.shift()}\r\n`);
      });
      socket.on('error', reject);
      socket.on('end', () => resolve({ text, session, resumed: socket.isSessionReused() }));
    }),
  );
}

const identity = ({ cert, key }: ClientIdentity): ConnectionOptions => ({ cert: readFileSync(cert), key: readFileSync(key) });
const hello = ['EHLO client.example', 'AUTH EXTERNAL =', 'MAIL FROM:<anna@hub.example>', 'RCPT TO:<x@elsewhere.example>'];

test('client certificates', { skip }, async (t) => {
  const [ours, theirs] = [clientAuthority(t), clientAuthority(t)];
  const anna = ours.issue('anna');
  const known = join(scratchDirectory(t, 'certificates'), 'certificates.txt');
  writeFileSync(known, `# laptops\nanna@hub.example sha256 ${anna.fingerprint}\nprinter-3 subject O=Example\\, Inc.,CN=printer-3\n`);
  const gateway: Gateway = await startGateway(t, {
    hub: '127.0.0.1:1',
    listeners: { mx: { tls: 'implicit' } },
    tls: true,
    config: { tls: { clientCa: ours.ca }, auth: { certificates: known } },
  });
  const port = gateway.port();
  const stranger = '127.0.0.2';

  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    await t.test(`${maxVersion}: the certificate of a user is that user, who may send to anyone; so it is in a session that is resumed`, async () => {
      const first = await say(port, hello, { ...identity(anna), from: stranger, maxVersion });
      assert.match(first.text, /^250.AUTH EXTERNAL\r$/m);
      assert.match(first.text, /^235 2\.7\.0 /m);
      assert.doesNotMatch(first.text, /relay/i);
      assert.ok(first.session);
      const again = await say(port, hello, { ...identity(anna), from: stranger, maxVersion, session: first.session });
      assert.equal(again.resumed, true);
      assert.match(again.text, /^235 2\.7\.0 /m);
    });
  }

  await t.test('known by its name', async () => {
    const said = await say(port, hello, { ...identity(ours.issue('printer-3')), from: stranger });
    assert.match(said.text, /^235 2\.7\.0 /m);
    await gateway.event('auth-tried', ({ mechanism, user, ok }) => mechanism === 'EXTERNAL' && user === 'printer-3' && ok);
    await gateway.event('tls-started', ({ certificate }) => certificate?.endsWith('subject O=Example\\, Inc.,CN=printer-3') === true);
  });

  const nobodies: readonly (readonly [why: string, options: ConnectionOptions])[] = [
    ['none at all: on port 25 that is everybody', {}],
    ['one of ours that stands for nobody', identity(ours.issue('somebody'))],
    ["the right name under another's authority", identity(theirs.issue('printer-3'))],
    ['one that was made for a server', identity(ours.issue('printer-3', { purpose: 'serverAuth' }))],
    ['one that has ended', identity(ours.issue('printer-3', { days: -1 }))],
  ];
  for (const [why, options] of nobodies) {
    await t.test(`${why}: welcome, and nobody`, async () => {
      const said = await say(port, hello, { ...options, from: stranger });
      assert.doesNotMatch(said.text, /AUTH EXTERNAL/);
      assert.match(said.text, /^50[24] 5\.5\.[14] /m);
      assert.match(said.text, /^250 2\.1\.0 /m);
      assert.match(said.text, /^5\d\d 5\.7\.1 /m, 'relaying is refused');
    });
  }

  await t.test('nobody acts for another', async () => {
    const said = await say(port, ['EHLO client.example', `AUTH EXTERNAL ${Buffer.from('bert').toString('base64')}`], { ...identity(anna), from: stranger });
    assert.match(said.text, /^535 5\.7\.8 /m);
  });
});
