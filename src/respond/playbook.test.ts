// Whom each answer means, by the key of its alarm; and that nobody is hurt on evidence that he did not make.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm, AlarmKey } from '../model/alarm.ts';
import type { MeasureScope } from '../model/measure.ts';
import { proposalFor } from './playbook.ts';

const alarm = (detector: string, key: AlarmKey, more: Partial<Alarm> = {}): Alarm => ({
  detector,
  key,
  level: 'severe',
  at: 0,
  onsetAt: 0,
  count: 1,
  statistic: { name: 'n', value: 1, threshold: 1 },
  confidence: 'high',
  spoofable: false,
  counts: {},
  origins: [],
  samples: ['mx-1#1'],
  because: 'because',
  ...more,
});
const from = (origin: string): Partial<Alarm> => ({ origins: [{ origin, est: 1, err: 0 }] });

const cases: readonly [detector: string, key: AlarmKey, more: Partial<Alarm>, scope: MeasureScope | null, why: string][] = [
  ['relay-attempts', { ip: '192.0.2.7' }, {}, { client: '192.0.2.7/32' }, 'one host'],
  ['relay-attempts', { network: '2001:db8::/64' }, {}, { client: '2001:db8::/64' }, 'of IPv6 what one customer has'],
  ['directory-harvest', { domain: 'evil.example' }, {}, { hostname: '.evil.example' }, 'all machines of a house by their confirmed names'],
  [
    'single-source-bomb',
    { recipient: 'a@hub.example', domain: 'evil.example' },
    from('x@mail.evil.example'),
    { sender: 'mail.evil.example', recipient: 'a@hub.example', direction: 'in' },
    'the house writes in its own name',
  ],
  [
    'single-source-bomb',
    { recipient: 'a@hub.example', domain: 'evil.example' },
    from('x@notevil.example'),
    { hostname: '.evil.example', recipient: 'a@hub.example', direction: 'in' },
    'the names it gives are others’: its machines are meant, not the others',
  ],
  ['single-source-bomb', { recipient: 'a@hub.example', message: 'h1' }, {}, null, 'a text names nobody'],
  ['connection-flood', { site: true }, {}, null, 'the whole world is not shut out'],
  ['password-guessing', { user: 'anna' }, {}, null, 'whose password is guessed has done nothing'],
  ['password-guessing', { network: '192.0.2.0/24' }, {}, { client: '192.0.2.0/24' }, 'who guesses is shut out'],
  ['virus-storm', { user: 'anna' }, {}, { user: 'anna', direction: 'out' }, 'mail of an infected machine is kept'],
  ['virus-storm', { message: 'Eicar' }, {}, null, 'a virus is no client'],
  [
    'subscription-bomb',
    { recipient: 'a@hub.example' },
    {},
    { recipient: 'a@hub.example', direction: 'in', content: 'subscription' },
    'only that class of mail',
  ],
  [
    'backscatter-flood',
    { domain: 'hub.example' },
    {},
    { recipient: 'hub.example', direction: 'in', content: 'forged-bounce' },
    'only reports that are not ours',
  ],
];
for (const [detector, key, more, scope, why] of cases) {
  test(`${detector} about ${JSON.stringify(key)} means ${JSON.stringify(scope)}: ${why}`, () =>
    assert.deepEqual(proposalFor(alarm(detector, key, more), {}, 0)?.scope ?? null, scope));
}

for (const key of [{ network: '192.0.2.0/24' }, { domain: 'evil.example' }] as const) {
  test(`evidence that anybody could have made up shuts out nobody by ${Object.keys(key)[0]}, whatever the operator says`, () => {
    const proposal = proposalFor(alarm('directory-harvest', key, { spoofable: true }), { 'directory-harvest': { carryOut: true } }, 0);
    assert.equal(proposal?.dryRun, true);
  });
}
