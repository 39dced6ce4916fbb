// Postfix, Exim, OpenSMTPD and Sendmail as the hub behind the gateway: mail gets through, unknown users are refused in the session, and
// not one bounce leaves the site (missions R1, B1).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway } from '../harness/gateway.ts';
import { hubProducts } from '../harness/hubs/all.ts';
import { bodyOf, letter, newToken, tokenOf } from '../harness/letter.ts';
import { peerPath, requirePeers } from '../harness/peer.ts';
import { relayTricks } from '../harness/relay-tricks.ts';
import { runProgram } from '../harness/scratch.ts';
import { smuggledDialogue, smugglingSequences } from '../harness/smuggling-sequences.ts';
import { deliverOnce, referenceIn, SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

for (const product of hubProducts) {
  test(`${product.name} as the hub`, async (t) => {
    if (!requirePeers(t, ...product.needs)) return;
    const hub = await product.start(t);
    const gateway = await startGateway(t, { hub: hub.address, config: { timeouts: { hubIdle: '2s' } } });
    const stranger = { port: gateway.port(), from: '127.0.0.2' };
    const insider = { port: gateway.port(), from: '127.0.0.1' };
    const send = (to: readonly string[], content: Buffer, who = stranger) => deliverOnce(t, who, { from: 'alice@sender.example', to, content });

    await t.test('mail gets through, and is what was sent', async () => {
      const content = letter({ body: 'Line one\r\n.\r\n..two\r\nFrom three\r\n' });
      const { end } = await send(['anna@hub.example'], content);
      assert.equal(end?.code, 250, end?.text);
      await hub.delivery('anna', tokenOf(content) ?? '');
      const got =
        hub
          .messages('anna')
          .find((one) => tokenOf(one) === tokenOf(content))
          ?.toString('latin1')
          .replaceAll('\r\n', '\n') ?? '';
      assert.match(got, /Line one\n\.\n\.\.two\n>?From three\n/);
      assert.match(got, /^Received: from client\.example \(.*\[127\.0\.0\.2\].*\)\n\tby mx\.hub\.example/m, 'our trace line names the stranger');
    });

    await t.test('an unknown user is refused at RCPT with the hub’s words and our reference', async () => {
      const client = await SmtpClient.greet(t, stranger);
      await client.ask('MAIL FROM:<alice@sender.example>');
      const answer = await client.ask('RCPT TO:<nobody-here@hub.example>');
      assert.match(`${answer.code} ${answer.lines.map((line) => line.slice(4)).join(' ')}`, product.unknownUser);
      const reference = referenceIn(answer);
      assert.ok(reference, answer.text);
      const explained = await until('the refusal to be explained', async () => {
        const lines = await gateway.explain(reference);
        return lines.length > 0 && lines;
      });
      assert.match(JSON.stringify(explained), /unknown-recipient/);
      await client.quit();
    });

    await t.test('several recipients, one of them unknown', async () => {
      const token = newToken();
      const { rcpt, end } = await send(['anna@hub.example', 'nobody-here@hub.example', 'bert@hub.example'], letter({ token }));
      assert.deepEqual(
        rcpt.map(({ code }) => code >= 500),
        [false, true, false],
      );
      assert.equal(end?.code, 250);
      await Promise.all([hub.delivery('anna', token), hub.delivery('bert', token)]);
    });

    await t.test('a customer’s user and postmaster', async () => {
      const token = newToken();
      assert.equal((await send(['anna@customer.example'], letter({ token }))).end?.code, 250);
      await hub.delivery('anna', token);
      assert.equal((await send(['postmaster@hub.example'], letter({ token }))).end?.code, 250);
      await hub.delivery('postmaster', token);
    });

    await t.test('1 MB', async () => {
      const content = letter({ body: bodyOf(1_000_000) });
      assert.equal((await send(['anna@hub.example'], content)).end?.code, 250);
      await hub.delivery('anna', tokenOf(content) ?? '');
    });

    await t.test('from inside to the world', async () => {
      const token = newToken();
      assert.equal((await send(['someone@far.example'], letter({ token }), insider)).end?.code, 250);
      const arrived = await hub.outside.arrival(token);
      assert.deepEqual(arrived.to, ['someone@far.example']);
    });

    await t.test('a null sender is taken', async () => {
      const token = newToken();
      assert.equal((await deliverOnce(t, stranger, { from: '', to: ['anna@hub.example'], content: letter({ token }) })).end?.code, 250);
      await hub.delivery('anna', token);
    });

    await t.test('the hub is restarted while the gateway holds connections to it', async () => {
      await hub.stop();
      const meanwhile = await send(['new-one@hub.example'], letter());
      assert.ok((meanwhile.rcpt[0]?.code ?? 0) >= 450 && (meanwhile.rcpt[0]?.code ?? 0) < 460, `put off: ${meanwhile.rcpt[0]?.text}`);
      const known = await send(['anna@hub.example'], letter());
      assert.equal(known.end?.code, 451, 'a known recipient is put off at the end');
      await hub.start();
      const token = newToken();
      await until('mail to flow again', async () => (await send(['anna@hub.example'], letter({ token }))).end?.code === 250, 30_000);
      await hub.delivery('anna', token);
    });

    await t.test('no relay trick gets past the gateway', async () => {
      const before = hub.outside.messages.length;
      for (const [rcpt, why] of relayTricks) {
        const client = await SmtpClient.greet(t, stranger);
        await client.ask('MAIL FROM:<alice@sender.example>');
        const answer = await client.ask(`RCPT TO:${rcpt}`);
        assert.ok(answer.code >= 500, `${why}: ${answer.code} ${answer.text}`);
        client.reset();
      }
      assert.equal(hub.outside.messages.length, before);
    });

    await t.test('no smuggling sequence makes two messages of one', async () => {
      const client = await SmtpClient.greet(t, stranger);
      const tokens: string[] = [];
      for (const sequence of smugglingSequences) {
        const token = newToken();
        await client.converse(`
          C: MAIL FROM:<honest@sender.example>
          S: 250
          C: RCPT TO:<bert@hub.example>
          S: 250
          C: DATA
          S: 354`);
        await client.send(`Subject: one\r\nX-Test-Token: ${token}\r\n\r\nfirst${sequence}${smuggledDialogue.replaceAll('anna', 'bert')}`);
        const { code } = await client.reply();
        if (code === 250) tokens.push(token);
        else assert.ok(code >= 500, `${JSON.stringify(sequence)} was answered ${code}`); // Postfix takes no NUL, and says so
      }
      assert.equal((await client.ask('NOOP')).code, 250, 'every reply had its command');
      await hub.delivery('bert', ...tokens);
      assert.ok(
        hub.messages('bert').every((message) => !/^Subject: smuggled/m.test(message.toString('latin1').split(/\r?\n\r?\n/, 1)[0] ?? '')),
        'no message begins where another should have ended',
      );
    });

    await t.test('nmap finds no open relay', async (t2) => {
      if (!requirePeers(t2, 'nmap')) return;
      // -S would need raw sockets: the scan comes from 127.0.0.1, so this gateway counts nobody as inside.
      const strict = await startGateway(t2, {
        hub: hub.address,
        config: { site: { networks: ['192.0.2.0/24'] }, limits: { errors: 1000, errorsBeforeDelay: 1000 } },
      });
      const { stdout } = await runProgram(
        peerPath('nmap'),
        [
          '-Pn',
          '-n',
          '-sT',
          '-p',
          String(strict.port()),
          '--script',
          '+smtp-open-relay',
          '--script-args',
          'smtp-open-relay.domain=victim.example,smtp-open-relay.to=relaytest',
          '127.0.0.1',
        ],
        { timeoutMs: 60_000 },
      );
      assert.match(stdout, /smtp-open-relay/, stdout);
      assert.doesNotMatch(stdout, /is an open relay/i, stdout);
      assert.equal(hub.outside.messages.filter(({ to }) => to.some((one) => /victim|relaytest/.test(one))).length, 0);
    });

    await t.test('no bounce has left the site', () => {
      assert.deepEqual(
        hub.outside.backscatter.map(({ to }) => to),
        [],
      );
    });
  });
}
