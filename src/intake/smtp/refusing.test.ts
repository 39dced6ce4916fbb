// What a refusal costs. The session around it is a list of what was said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../../test/harness/policy-inputs.ts';
import { reply } from '../../model/reply.ts';
import { Conversation } from './conversation.ts';
import { Refusing } from './refusing.ts';
import type { SmtpSite } from './site.ts';

function refusing() {
  const said: string[] = [];
  const client = { ip: '192.0.2.7', port: 40_000, localIp: '192.0.2.1', localPort: 25, listener: 'mx', role: 'mx', inside: false } as const;
  const conversation = new Conversation('S-1', client, 0);
  const site = { config: configOf({ limits: { errors: 20, errorsBeforeDelay: 10 } }), services: { record: () => {} } } as unknown as SmtpSite; // all that is asked of it
  const it = new Refusing({
    conversation,
    channel: {
      afterMs: (ms, next) => {
        said.push(`${ms} ms`);
        next();
      },
    },
    site: () => site,
    say: ({ code }) => void said.push(String(code)),
    end: ({ code }) => void said.push(`${code}, closed`),
  });
  return { it, said, conversation };
}

const comeAgain = reply(452, '4.5.3', 'Too many recipients; send the rest in another message');

test('RFC 5321 4.5.3.1.10: recipients that are put off are no errors, or those taken before would be lost with the session', () => {
  const { it, said, conversation } = refusing();
  for (let number = 0; number < 1000; number++) it.say(comeAgain);
  assert.deepEqual([said.length, [...new Set(said)], conversation.conduct.errors], [1000, ['452'], 0]);
});

test('whoever goes on for ever is stopped like any other', () => {
  const { it, said } = refusing();
  for (let number = 0; number < 1020; number++) it.say(comeAgain);
  assert.deepEqual([said.at(-1), said.filter((each) => each === '1000 ms').length], ['421, closed', 9]);
});

test('no room is a refusal like any other: 452 alone says nothing', () => {
  const { it, conversation } = refusing();
  it.say(reply(452, '4.3.1', 'No room'));
  assert.equal(conversation.conduct.errors, 1);
});
