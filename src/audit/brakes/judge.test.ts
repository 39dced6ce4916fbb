import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrakeVerdict, HubProduct, Machine } from './brake.ts';
import { judgeBrakes } from './judge.ts';
import { brakesText, linesToPaste } from './report.ts';

const machine: Machine = { processors: 4, memoryMiB: 4096, gatewayConnections: 50, gatewayAddress: '192.0.2.1', messageBytes: 25 * 1024 ** 2 };
const good = 'smtpd_client_event_limit_exceptions = 192.0.2.1\n';

const cases: readonly [hub: HubProduct, text: string, setting: string, verdict: BrakeVerdict, why: string][] = [
  ['postfix', 'default_process_limit = 40', 'default_process_limit', 'harms the gateway', 'fifty connections do not fit into forty processes'],
  ['postfix', 'default_process_limit = 4000', 'default_process_limit', 'too high', 'memory carries 204'],
  ['postfix', 'default_process_limit = 0', 'default_process_limit', 'missing', 'zero is no limit'],
  ['postfix', 'smtp inet n - y - 20 smtpd', 'default_process_limit', 'harms the gateway', 'master.cf gives the service fewer processes'],
  ['postfix', 'submission inet n - y - 20 smtpd', 'default_process_limit', 'good', 'the service of the users is not the one of the gateway'],
  ['postfix', 'mynetworks = 192.0.2.0/24', 'smtpd_client_event_limit_exceptions', 'good', 'the default excepts mynetworks'],
  ['postfix', 'mynetworks = 10.0.0.0/8', 'smtpd_client_event_limit_exceptions', 'harms the gateway', 'the gateway is in none of them'],
  ['postfix', 'smtpd_client_event_limit_exceptions =', 'smtpd_client_event_limit_exceptions', 'harms the gateway', 'an empty list excepts nobody'],
  ['postfix', 'mynetworks = 10.0.0.0/8', 'smtpd_client_connection_count_limit', 'harms the gateway', 'the default of fifty counts all strangers as one'],
  ['postfix', good, 'smtpd_client_connection_count_limit', 'good', 'the gateway is not counted'],
  [
    'postfix',
    'smtpd_client_message_rate_limit = 1000000',
    'smtpd_client_message_rate_limit',
    'harms the gateway',
    'any rate of one client is too small for the world',
  ],
  ['postfix', `${good}smtpd_client_message_rate_limit = 50`, 'smtpd_client_message_rate_limit', 'good', 'the gateway is not counted'],
  ['postfix', 'smtpd_authorized_xclient_hosts = 192.0.2.1', 'smtpd_client_connection_count_limit', 'good', 'whoever may say XCLIENT is not counted'],
  ['postfix', '', 'smtpd_hard_error_limit', 'harms the gateway', 'the default is one error under stress'],
  ['postfix', 'smtpd_hard_error_limit = 100', 'smtpd_hard_error_limit', 'good', 'a plain number holds under stress too'],
  ['postfix', 'smtpd_timeout = 1h', 'smtpd_timeout', 'too high', 'a silent client holds a process for an hour'],
  ['postfix', 'smtpd_timeout = ${stress?1}${stress:300}s', 'smtpd_timeout', 'harms the gateway', 'one second under stress'],
  ['postfix', 'smtp inet n - y - 1 postscreen', 'postscreen', 'harms the gateway', 'its sessions wait for the greeting test'],
  ['postfix', 'mynetworks = 192.0.2.1\nsmtp inet n - y - 1 postscreen', 'postscreen', 'good', 'permit_mynetworks is the default'],
  ['postfix', 'message_size_limit = 10240000', 'message_size_limit', 'harms the gateway', 'the gateway takes 25 MiB'],
  ['exim', '', 'smtp_accept_max', 'harms the gateway', 'the default is twenty'],
  ['exim', 'smtp_accept_max = 0', 'smtp_accept_max', 'missing', 'zero is no limit'],
  ['exim', 'smtp_accept_max_per_host = 5', 'smtp_accept_max_per_host', 'harms the gateway', 'the gateway is one host'],
  ['exim', 'smtp_accept_max_per_host = ${lookup{x}}', 'smtp_accept_max_per_host', 'missing', 'an expression is not evaluated, and not called good'],
  ['exim', 'smtp_accept_reserve = 60', 'smtp_accept_reserve', 'harms the gateway', 'kept for others'],
  ['exim', 'smtp_accept_reserve = 60\nsmtp_reserve_hosts = 127.0.0.1 : 192.0.2.1', 'smtp_accept_reserve', 'good', 'kept for the gateway'],
  ['exim', 'smtp_ratelimit_hosts = *\nsmtp_ratelimit_mail = 2,0.5s,1.05,4m', 'smtp_ratelimit_mail', 'harms the gateway', 'all strangers share the delay'],
  ['exim', 'smtp_ratelimit_hosts = !192.0.2.1 : *\nsmtp_ratelimit_mail = 2,0.5s,1.05,4m', 'smtp_ratelimit_mail', 'good', 'the gateway is spared'],
  ['exim', 'check_spool_space = 100M', 'check_spool_space', 'good', 'four large messages'],
  ['exim', 'check_spool_space = 1024', 'check_spool_space', 'too low', 'kilobytes without a letter'],
  ['sendmail', 'O MaxDaemonChildren=12', 'MaxDaemonChildren', 'harms the gateway', 'fewer than the gateway opens'],
  ['sendmail', 'O ConnectionRateThrottle=1', 'ConnectionRateThrottle', 'harms the gateway', 'the pool would open in fifty seconds'],
  ['sendmail', 'O DelayLA=1', 'DelayLA', 'harms the gateway', 'every command a second later'],
  ['sendmail', 'O QueueLA=40\nO RefuseLA=32', 'RefuseLA', 'too low', 'refuses before it queues'],
  ['sendmail', 'O BadRcptThrottle=1', 'BadRcptThrottle', 'harms the gateway', 'verification serves many clients'],
  ['sendmail', 'O Timeout.ident=5s', 'Timeout.ident', 'too high', 'each session waits'],
  ['sendmail', 'O Timeout.ident=0', 'Timeout.ident', 'good', 'ident is of no use'],
  ['sendmail', 'O MinFreeBlocks=100', 'MinFreeBlocks', 'too low', 'not one large message'],
];

for (const [hub, text, setting, verdict, why] of cases) {
  test(`${hub}: ${JSON.stringify(text)}: ${setting} is ${verdict}: ${why}`, () => {
    const found = judgeBrakes(hub, [text], machine).find((one) => one.setting === setting);
    assert.equal(found?.verdict, verdict, found?.why);
  });
}

for (const hub of ['postfix', 'exim', 'sendmail'] as const) {
  for (const processors of [1, 4, 64]) {
    test(`${hub}: what is proposed for ${processors} processors is good when it stands there`, () => {
      const here = { ...machine, processors };
      const lines = linesToPaste(judgeBrakes(hub, [''], here));
      assert.deepEqual(
        judgeBrakes(hub, [lines], here).filter(({ verdict }) => verdict !== 'good'),
        [],
      );
    });
  }
}

test('without the address of the gateway no limit by address is proposed that would count it', () => {
  const proposed = judgeBrakes('postfix', ['smtpd_client_message_rate_limit = 50'], { ...machine, gatewayAddress: null });
  const of = (name: string) => proposed.find(({ setting }) => setting === name)?.line ?? null;
  assert.equal(of('smtpd_client_message_rate_limit'), 'smtpd_client_message_rate_limit = 0');
  assert.equal(of('smtpd_client_connection_count_limit'), 'smtpd_client_connection_count_limit = 60');
  assert.equal(of('smtpd_client_connection_rate_limit'), null);
});

test('the .mc gets define() lines, the .cf O lines', () => {
  const line = (text: string) => judgeBrakes('sendmail', [text], machine).find(({ setting }) => setting === 'QueueLA')?.line;
  assert.equal(line("define(`confQUEUE_LA', `4')dnl"), "define(`confQUEUE_LA', `32')dnl");
  assert.equal(line('O QueueLA=4'), 'O QueueLA=32');
});

test('a memory that does not carry the gateway is said, with the connections it carries', () => {
  const small = { ...machine, memoryMiB: 512 };
  assert.match(brakesText(judgeBrakes('exim', [''], small), small), /set hub\.connections there to 15\./);
});

test('Postfix is proposed as much free space as it would keep by itself: else it warns of the proposal', () => {
  const small: Machine = { processors: 1, memoryMiB: 100, gatewayConnections: 2, gatewayAddress: null, messageBytes: 4096 };
  const proposed = (text: string, of: Machine) => judgeBrakes('postfix', [text], of).find(({ setting }) => setting === 'queue_minfree')?.proposed;
  assert.equal(proposed('', small), String(1.5 * (4096 + 65_536)), 'of the limit that is proposed');
  assert.equal(proposed('', { ...small, messageBytes: 1024 ** 2 }), String(1.5 * 10_240_000), 'of the limit that stands');
  assert.equal(proposed('', { ...small, messageBytes: 50 * 1024 ** 2 }), String(200 * 1024 ** 2));
});
