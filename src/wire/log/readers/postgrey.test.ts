import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogLine } from '../line.ts';
import { postgrey } from './postgrey.ts';

const line = (text: string): LogLine => ({ at: 0, host: 'mx', program: 'postgrey', pid: '7', text, raw: text });

test('greylisting names who was put off and is not hostile: honest hosts come back', () => {
  const read = postgrey.open();
  const said = read(
    line('action=greylist, reason=new, client_name=out.shop.example, client_address=192.0.2.7, sender=a@shop.example, recipient=b@hub.example'),
  );
  assert.partialDeepStrictEqual(said, {
    type: 'reject',
    hostile: false,
    outcome: 'deferred',
    client: { ip: '192.0.2.7', name: 'out.shop.example' },
    from: 'a@shop.example',
    to: 'b@hub.example',
    reason: 'new',
  });
});
