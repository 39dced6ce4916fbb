// Logs that Exim, Sendmail and OpenSMTPD write while a stranger delivers, guesses a user and tries to relay: the readers must name the
// stranger for the two refusals, and for the delivery as its sender.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eximHub } from '../harness/hubs/exim.ts';
import type { Hub, HubOptions } from '../harness/hubs/hub.ts';
import { opensmtpdHub } from '../harness/hubs/opensmtpd.ts';
import { sendmailHub } from '../harness/hubs/sendmail.ts';
import { letter, tokenOf } from '../harness/letter.ts';
import { logEventsOf } from '../harness/log-events-of.ts';
import { type PeerName, requirePeers } from '../harness/peer.ts';
import type { Owner } from '../harness/scratch.ts';
import { syslogHeard } from '../harness/simulated-machine.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

interface Program {
  readonly name: string;
  readonly needs: readonly PeerName[];
  readonly start: (owner: Owner, options: HubOptions) => Promise<Hub>;
  /** What it logs goes to syslog. */
  readonly speaksToSyslog?: true;
}

const programs: readonly Program[] = [
  { name: 'exim', needs: ['exim'], start: eximHub },
  { name: 'sendmail', needs: ['sendmail', 'm4', 'perl'], start: sendmailHub, speaksToSyslog: true },
  { name: 'opensmtpd', needs: ['opensmtpd'], start: opensmtpdHub },
];

/** Nobody here may relay. */
const networks = ['192.0.2.0/24'];

for (const program of programs) {
  test(`${program.name}: its own log names the stranger`, async (t) => {
    if (!requirePeers(t, ...program.needs)) return;
    const syslog = program.speaksToSyslog === true ? await syslogHeard(t) : null;
    const hub = await program.start(t, { networks, overlays: syslog?.overlays ?? [] });
    const stranger = { port: hub.port, from: '127.0.0.2' };
    const events = () => logEventsOf((syslog?.log() ?? hub.log()).split('\n'));

    const content = letter({});
    const { end } = await deliverOnce(t, stranger, { from: 'alice@sender.example', to: ['anna@hub.example'], content });
    assert.equal(end?.code, 250, end?.text);
    await hub.delivery('anna', tokenOf(content) ?? '');
    for (const to of ['nobody-here@hub.example', 'joe@far.example']) {
      const client = await SmtpClient.greet(t, stranger);
      await client.ask('MAIL FROM:<alice@sender.example>');
      const { code } = await client.ask(`RCPT TO:<${to}>`);
      assert.ok(code >= 500, `${to}: ${code}`);
      await client.quit();
      const found = await until(`the refusal of ${to} in the log`, () => events().find((event) => event.hostile && event.to === to && event.client !== null));
      assert.equal(found.client?.ip, '127.0.0.2', JSON.stringify(found));
      assert.equal(found.outcome, 'refused');
    }
    const delivered = await until('the delivery in the log', () => events().find(({ type, outcome }) => type === 'delivery' && outcome === 'delivered'));
    assert.partialDeepStrictEqual(delivered, { to: 'anna@hub.example', from: 'alice@sender.example', hostile: false, client: { ip: '127.0.0.2' } });
    const unread = events().filter(({ type }) => type === 'other');
    assert.deepEqual(unread, []);
  });
}
