// The operator's own rules and checks (mission R11): they act, they are seen when they fail, and a reload takes their changes.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { atEnd, scratchDirectory } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';

test('a rule refuses, a check that throws is recorded and lets nothing pass unseen, rules try tells what would have been', async (t) => {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const folder = join(scratchDirectory(t, 'own-checks'), 'checks');
  mkdirSync(folder);
  writeFileSync(join(folder, 'broken.ts'), "export default { stage: 'mail', run() { throw new Error('oh no'); } };");
  const rules = [{ id: 'no-spam-example', when: { from: '@spam\\.example$' }, action: 'reject', because: 'known' }];
  const gateway = await startGateway(t, { hub: `127.0.0.1:${hub.port}`, config: { rules, ownChecks: folder } });
  const client = await SmtpClient.connect(t, { port: gateway.port(), from: '127.0.0.2' });
  await client.converse(`
    S: 220
    C: EHLO a.example
    S: 250
    C: MAIL FROM:<x@spam.example>
    S: 550 5.7.1
    C: MAIL FROM:<x@good.example>
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: QUIT
    S: 221`);
  const passed = await gateway.event('stage-judged', ({ stage, input }) => stage === 'mail' && input.from === 'x@good.example');
  assert.match(JSON.stringify(passed.findings), /broken.*unsure.*oh no/);

  const tried = await gateway.command('rules', 'try', '--json', '--config', gateway.configFile);
  assert.deepEqual(JSON.parse(tried.stdout), {
    id: 'no-spam-example',
    action: 'reject',
    hits: 1,
    delivered: 0,
    samples: (JSON.parse(tried.stdout) as { samples: unknown }).samples,
  });

  writeFileSync(join(folder, 'broken.ts'), "export default { stage: 'mail', ");
  assert.equal(await gateway.reload(), 'config-refused', 'a file that cannot be loaded changes nothing');
});
