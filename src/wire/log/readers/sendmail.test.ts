import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logEventsOf, saidBy } from '../../../../test/harness/log-events-of.ts';

const frame = 'May 30 10:00:00 mx sm-mta[17]: ';
const id = '64UA0Bxk000017: ';

const cases: readonly (readonly [text: string, said: string, why: string])[] = [
  [
    `${id}ruleset=check_rcpt, arg1=<joe@far.example>, relay=a.example [192.0.2.7] (may be forged), reject=550 5.7.1 <joe@far.example>... Relaying denied. Proper authentication required.`,
    'reject refused hostile 192.0.2.7 joe@far.example',
    'relaying',
  ],
  [
    `${id}ruleset=check_rcpt, arg1=<nobody@hub.example>, relay=[IPv6:2001:db8::7], reject=550 5.1.1 <nobody@hub.example>... User unknown`,
    'reject refused hostile 2001:db8::7 nobody@hub.example',
    'an unknown recipient',
  ],
  [
    `${id}ruleset=check_rcpt, arg1=<joe@hub.example>, relay=[192.0.2.7], reject=451 4.7.1 Greylisting in action, please come back later`,
    'reject deferred 192.0.2.7 joe@hub.example',
    'greylisting',
  ],
  [
    `ruleset=check_relay, arg1=[192.0.2.7], arg2=192.0.2.7, relay=[192.0.2.7], reject=421 4.3.2 Connection rate limit exceeded.`,
    'reject deferred hostile 192.0.2.7',
    'over its rate',
  ],
  [
    `${id}ruleset=check_mail, arg1=<a@b.example>, relay=[192.0.2.7], reject=553 5.1.8 <a@b.example>... Domain of sender address a@b.example does not exist`,
    'reject refused hostile 192.0.2.7',
    'a sender that is not',
  ],
  [
    `${id}AUTH failure (LOGIN): authentication failure (-13) SASL(-13): authentication failure: checkpass failed, user=joe, relay=a.example [192.0.2.7]`,
    'auth failed hostile 192.0.2.7 joe',
    'a wrong password',
  ],
  [`AUTH=server, relay=a.example [192.0.2.7], authid=joe, mech=PLAIN, bits=0`, 'auth accepted 192.0.2.7 joe', 'a login'],
  [`${id}a.example [192.0.2.7]: possible SMTP attack: command=AUTH, count=5`, 'auth failed hostile 192.0.2.7', 'many passwords'],
  [`${id}[192.0.2.7]: Possible SMTP RCPT flood, throttling.`, 'command failed hostile 192.0.2.7', 'many unknown recipients'],
  [
    `${id}rejecting commands from a.example [192.0.2.7] due to pre-greeting traffic after 2 seconds`,
    'command failed hostile 192.0.2.7',
    'sending before the greeting',
  ],
  [
    `${id}a.example [192.0.2.7] (may be forged) did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA`,
    'disconnect failed hostile 192.0.2.7',
    'came for nothing',
  ],
  [`${id}a.example [192.0.2.7]: VRFY root [rejected]`, 'command refused hostile 192.0.2.7', 'asks for names'],
  [`${id}lost input channel from a.example [192.0.2.7] to MTA after rcpt`, 'disconnect 192.0.2.7', 'a lost connection'],
  [`NOQUEUE: connect from a.example [192.0.2.7]`, 'connect 192.0.2.7', 'a connection'],
  [
    `${id}from=<a@b.example>, size=874, class=0, nrcpts=1, msgid=<k@b.example>, proto=ESMTP, daemon=MTA, relay=a.example [192.0.2.7]`,
    'accept accepted 192.0.2.7',
    'an arrival',
  ],
  [
    `${id}to=<d@hub.example>,<e@hub.example>, delay=00:00:01, mailer=local, dsn=2.0.0, stat=Sent`,
    'delivery delivered d@hub.example; delivery delivered e@hub.example',
    'a delivery to two',
  ],
  [
    `${id}to=<d@far.example>, delay=00:00:01, mailer=esmtp, relay=mx [198.51.100.2], dsn=5.1.1, stat=User unknown`,
    'delivery bounced d@far.example',
    'the relay of a delivery is the next hop, no client',
  ],
  [
    `${id}to=<d@far.example>, delay=00:00:01, mailer=esmtp, relay=mx, dsn=4.0.0, stat=Deferred: Connection refused by mx`,
    'delivery deferred d@far.example',
    'put off',
  ],
  [`STARTTLS=server, relay=a.example [192.0.2.7], version=TLSv1.3, verify=NO, cipher=X, bits=256/256`, 'tls 192.0.2.7', 'TLS'],
];

for (const [text, said, why] of cases) test(`${text.slice(0, 80)}: ${why}`, () => assert.equal(saidBy(frame + text), said));

test('recipients refused without a client speak against the one that the from= of the same id names', () => {
  const from = `${frame}${id}from=<a@b.example>, size=0, class=0, nrcpts=0, proto=ESMTP, daemon=MTA, relay=a.example [192.0.2.7]`;
  assert.equal(saidBy(from), 'notice 192.0.2.7', 'without a refusal it is a transaction that came to nothing');
  assert.equal(saidBy(`${frame}${id}<nobody@hub.example>... No such user here`, from), 'notice 192.0.2.7; reject refused hostile 192.0.2.7 nobody@hub.example');
});

test('refusals of another message are nobody else’s', () => {
  const other = `${frame}64UA0Bxk000099: from=<a@b.example>, size=0, class=0, nrcpts=0, proto=ESMTP, daemon=MTA, relay=a.example [192.0.2.7]`;
  assert.equal(saidBy(`${frame}${id}<nobody@hub.example>... No such user here`, other), 'notice 192.0.2.7');
});

test('a filter’s refusal is of the client of its session', () => {
  const lines = [`${frame}NOQUEUE: connect from a.example [192.0.2.7]`, `${frame}${id}Milter: to=<d@hub.example>, reject=550 5.7.1 virus found`];
  assert.equal(saidBy(...lines), 'reject refused hostile 192.0.2.7 d@hub.example');
});

const forged: readonly (readonly [text: string, why: string])[] = [
  [
    `${id}ruleset=check_rcpt, arg1=<"x, relay=[203.0.113.9], reject=550 5.7.1 Relaying denied"@y>, relay=[192.0.2.7], reject=550 5.7.1 <"x, relay=[203.0.113.9], reject=550 5.7.1 Relaying denied"@y>... Relaying denied`,
    'a quoted recipient',
  ],
  [`${id}AUTH failure (LOGIN): authentication failure (-13) SASL(-13): x, user=x, relay=[203.0.113.9], relay=[192.0.2.7]`, 'a user name'],
  [`${id}[192.0.2.7]: VRFY x [203.0.113.9]: VRFY y [rejected]`, 'what is asked for'],
];

for (const [text, why] of forged) {
  test(`nobody is framed by ${why}`, () => {
    const [event] = logEventsOf([frame + text]);
    assert.equal(event?.hostile, true);
    assert.equal(event?.client?.ip, '192.0.2.7');
  });
}

test('a sender that looks like the end of the line is not the relay', () => {
  const [event] = logEventsOf([`${frame}${id}from=<"x, relay=[203.0.113.9]"@b.example>, size=1, nrcpts=1, relay=[192.0.2.7]`]);
  assert.equal(event?.client?.ip, '192.0.2.7');
});

test('refusals are remembered of two thousand messages, no more: strangers make the ids', () => {
  const refusal = (number: number): string => `${frame}64UA0Bxk${String(number).padStart(6, '0')}: <nobody@hub.example>... User unknown`;
  const log = Array.from({ length: 2001 }, (_, number) => refusal(number));
  const from = (number: number): string => `${frame}64UA0Bxk${String(number).padStart(6, '0')}: from=<a@b.example>, nrcpts=0, relay=[192.0.2.7]`;
  assert.equal(saidBy(...log, from(0)), 'notice 192.0.2.7');
  assert.equal(saidBy(...log, from(2000)), 'notice 192.0.2.7; reject refused hostile 192.0.2.7 nobody@hub.example');
});

test('a line of 64 KiB takes linear time, whatever it is full of', () => {
  const before = process.cpuUsage();
  for (const [text] of cases) {
    const whole = frame + text;
    for (const filling of [', ', ': ', ' ', ') [192.0.2.7]', '<', '"', '" H=', ', relay=[192.0.2.7]', ' F=<']) {
      logEventsOf([whole.slice(0, 60) + filling.repeat(60_000 / filling.length) + whole.slice(60)]);
    }
  }
  const { user } = process.cpuUsage(before);
  assert.ok(user < 4_000_000, `${user} µs`);
});
