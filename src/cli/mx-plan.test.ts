import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planOf } from './mx-plan.ts';

const none = { domain: 'customer.example', mx: [], mxTtl: null, a: [], aaaa: [], addressTtl: null };

test('a domain with addresses: dropping its MX is warned of, because mail would go there', () => {
  const plan = planOf(
    { ...none, mx: [{ exchange: 'mail.customer.example', priority: 10 }], mxTtl: 86_400, a: ['192.0.2.80'], aaaa: ['2001:db8::80'] },
    'mx.rescue.example',
  ).join('\n');
  assert.match(plan, /Never just remove the MX records: senders would deliver to 192\.0\.2\.80 and 2001:db8::80/);
  assert.match(plan, /wait 86400 s/);
  assert.match(plan, /customer\.example\. 300 IN MX 10 mx\.rescue\.example\./);
});

test('a domain without an MX: the plan says where its mail goes now', () => {
  assert.match(planOf({ ...none, a: ['192.0.2.80'] }, 'mx').join('\n'), /Without an MX, senders deliver to 192\.0\.2\.80/);
});

test('a domain without addresses: nothing to fall back to', () => {
  assert.match(planOf(none, 'mx').join('\n'), /no A or AAAA record to fall back to/);
});
