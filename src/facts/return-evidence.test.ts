import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounce, forgedHeader } from '../../test/harness/bounce.ts';
import { dkimSigner } from '../../test/harness/dkim.ts';
import { mailboxOf } from '../../test/harness/policy-inputs.ts';
import type { ReportInHand } from '../model/report-judgement.ts';
import { understand } from '../wire/message/understand.ts';
import { createReturnEvidence, type ReturnEvidenceParts } from './return-evidence.ts';
import { heldSignatures } from './sender-proof.ts';

const signer = dkimSigner();
const ours = new Set(['hub.example']);
const now = Date.UTC(2026, 10, 21);
const header = forgedHeader({ from: 'anna@hub.example', to: 'x@far.example', subject: 'x', ip: '203.0.113.9' });
const whole = signer.sign({ header, body: 'Hello\r\n' }, { domain: 'hub.example', tags: `t=${now / 1000 - 60}; ` });
const signed = whole.slice(0, whole.indexOf('\r\n\r\n'));

function report(returned: string): ReportInHand {
  const content = bounce({ to: 'anna@hub.example', failed: 'x@far.example', returned });
  return { understanding: understand(content), text: content.toString('latin1'), from: null, recipients: [mailboxOf('anna@hub.example')] };
}

const evidence = (parts: Partial<ReturnEvidenceParts> = {}) =>
  createReturnEvidence({
    ours,
    verify: (message) => heldSignatures(message, ours, () => Promise.resolve({ kind: 'known', record: signer.record })),
    permits: () => Promise.resolve('pass'),
    timeoutMs: 1000,
    now: () => now,
    ...parts,
  });

test('there is something to look at where an origin or a signature of ours is named', () => {
  assert.equal(evidence().mayAdd(report(header), '203.0.113.9'), true);
  assert.equal(evidence({ permits: null }).mayAdd(report(header), '203.0.113.9'), false);
  assert.equal(evidence({ permits: null }).mayAdd(report(signed), null), true);
});

test('both answers come, for the domain that the report came to', async () => {
  let asked = '';
  const it = evidence({ permits: (ip, domain) => ((asked = `${ip} ${domain}`), Promise.resolve('fail')) });
  assert.equal(await it.signature(report(signed)), 'signed-header');
  assert.equal(await it.signature(report(header)), null);
  assert.equal(await it.origin(report(header), '203.0.113.9'), 'forbidden');
  assert.equal(asked, '203.0.113.9 hub.example');
});

test('DNS that never answers costs the timeout, and is no word for or against', async () => {
  const silent = (): Promise<never> => Promise.withResolvers<never>().promise;
  const it = evidence({ verify: silent, permits: silent, timeoutMs: 10 });
  assert.equal(await it.signature(report(signed)), 'unsure');
  assert.equal(await it.origin(report(header), '203.0.113.9'), null);
});

test('what cannot be read proves nothing, and keeps no report from being judged', async () =>
  assert.equal(await evidence({ verify: () => Promise.reject(new Error('broken')) }).signature(report(signed)), null));

test('a flood that claims our signature is verified a hundred times, not a thousand', async () => {
  let verified = 0;
  const it = evidence({ verify: () => (verified++, Promise.resolve({ held: [], unsure: false })) });
  const one = report(signed);
  for (let n = 0; n < 999; n++) await it.signature(one);
  assert.equal(await it.signature(one), 'unsure', 'not looked at is not absent: a real bounce of ours must not be forged for it');
  assert.equal(verified, 100);
});
