import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ForgedSenderFold, type ForgedSenderCase } from '../incidents/forged-sender-case.ts';
import { forgedSenderText } from './forged-sender-text.ts';

const empty = new ForgedSenderFold({ domain: 'hub.example' }).result();
const cluster: ForgedSenderCase['clusters'][number] = {
  name: 'You "won"\u001b[2J',
  count: 800,
  sample: 'R-1',
  subjects: 200,
  alike: ['text', 'link pills.example'],
  networks: [{ name: '203.0.113.0/24', count: 800 }],
};

test('a campaign is told with what it has in common, where it came from and how to see one', () => {
  const text = forgedSenderText({ ...empty, clusters: [cluster] }, 'hub.example');
  assert.match(text, /800 x .* and 199 other subjects \(floodgate explain R-1\)\n {12}alike: text, link pills\.example; from 203\.0\.113\.0\/24 800\n/);
  assert.ok(!text.includes('\u001b'), 'a subject does not move the cursor');
});

test('a count that may be too high says by how much, and an estimate that it is one', () => {
  const text = forgedSenderText({ ...empty, reporters: [{ name: '192.0.2.1', count: 9, error: 3 }], reportersInAll: 30_000, inAllError: 0.1 }, 'hub.example');
  assert.match(text, /reporters {2}192\.0\.2\.1 9 \(-3\) \(about 30000 in all\)/);
});

test('what a list leaves out is counted', () => {
  const languages = ['en', 'fr', 'pt', 'de', 'it', 'es', 'nl'].map((name, index) => ({ name, count: 11 - index }));
  assert.match(forgedSenderText({ ...empty, languages }, 'hub.example'), /languages {2}en 11, fr 10, pt 9, de 8, it 7, 2 more 11\n/);
});

test('of what cannot be told the case is told as probable', () => {
  const fold = new ForgedSenderFold({ domain: 'hub.example' });
  fold.note({
    type: 'report-judged',
    at: 0,
    door: 'smtp-1',
    seq: 1,
    session: 's',
    ip: '192.0.2.1',
    ref: 'R-1',
    from: '',
    recipients: ['anna@hub.example'],
    returned: 'unproven',
    why: 'memory-too-young',
    kind: 'bounce',
    language: 'de',
    failed: [],
    original: { subject: 'You have won', messageId: null, originIp: '203.0.113.9', originName: null },
  });
  const text = forgedSenderText(fold.result(), 'hub.example');
  assert.match(text, /^probably forged mail in our name: 1 reports on it, 1970-01-01/);
  assert.match(text, /of none of the 1 can it be told for certain\n[^]*languages {2}de 1\n[^]*networks {3}203\.0\.113\.0\/24 1\n[^]*"You have won"/);
});

test('while nothing is refused it says why, and what to do until then', () => {
  const text = forgedSenderText({ ...empty, unproven: 130, untold: 'memory-too-young', toldFrom: '2026-11-26T09:01:00.000Z' }, 'anna@hub.example');
  assert.match(text, /NOTHING IS REFUSED before 2026-11-26 09:01 UTC/);
  assert.match(text, /floodgate measure add --sender "<>" --recipient anna@hub\.example --action hold/);
  assert.ok(!forgedSenderText(empty, 'hub.example').includes('NOTHING IS REFUSED'), 'nor does it frighten anybody afterwards');
});
