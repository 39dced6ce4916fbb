import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { fakeDns } from '../../test/harness/fake-dns.ts';
import { planOf } from './mx-plan.ts';

const rescue = { name: 'mx.rescue.example', trouble: null };
const none = { domain: 'customer.example', mx: [], mxTtl: null, a: [], aaaa: [], addressTtl: null };

test('a domain with addresses: dropping its MX is warned of, because mail would go there', () => {
  const plan = planOf(
    { ...none, mx: [{ exchange: 'mail.customer.example', priority: 10 }], mxTtl: 86_400, a: ['192.0.2.80'], aaaa: ['2001:db8::80'] },
    rescue,
  ).join('\n');
  assert.match(plan, /Never just remove the MX records: senders would deliver to 192\.0\.2\.80 and 2001:db8::80/);
  assert.match(plan, /wait 86400 s/);
  assert.match(plan, /customer\.example\. 300 IN MX 10 mx\.rescue\.example\./);
});

test('a domain without an MX: the plan says where its mail goes now', () => {
  assert.match(planOf({ ...none, a: ['192.0.2.80'] }, rescue).join('\n'), /Without an MX, senders deliver to 192\.0\.2\.80/);
});

test('a domain without addresses: nothing to fall back to', () => {
  assert.match(planOf(none, rescue).join('\n'), /no A or AAAA record to fall back to/);
});

test('a domain that had no MX, or said that it takes no mail: nothing is removed or put back that never was', () => {
  const without = planOf({ ...none, a: ['192.0.2.80'] }, rescue).join('\n');
  assert.doesNotMatch(without, /other MX records|old MX|Lower the TTL/);
  const refusing = planOf({ ...none, mx: [{ exchange: '', priority: 0 }], mxTtl: 3600 }, rescue).join('\n');
  assert.match(refusing, /remove "MX 0 \."/);
  assert.doesNotMatch(refusing, /other MX records|old MX/);
});

const zone = {
  'customer.example MX': ['10 mail.customer.example'],
  'mx.rescue.example A': ['192.0.2.25'],
  'alias.rescue.example CNAME': ['mx.rescue.example'],
  'empty.rescue.example TXT': ['nothing'],
};

/** The command as a shell runs it, with its own name server. */
async function run(context: TestContext, ...words: readonly string[]) {
  const dns = await fakeDns(context, zone);
  const program = `
    import { runCommandLine } from '${new URL('command-line.ts', import.meta.url).href}';
    import { mxPlan } from '${new URL('mx-plan.ts', import.meta.url).href}';
    await runCommandLine(process.argv.slice(1), { version: '0' }, [mxPlan]);`;
  const args = ['--input-type=module', '-e', program, '--', 'mx-plan', '--server', `127.0.0.1:${dns.port}`, ...words];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [code, out, err] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

const hosts: readonly [to: string, said: RegExp][] = [
  ['alias.rescue.example', /^FIRST: alias\.rescue\.example is an alias \(CNAME\) of mx\.rescue\.example/],
  ['empty.rescue.example', /^FIRST: empty\.rescue\.example has no address in DNS/],
  ['typo.rescue.example', /^FIRST: typo\.rescue\.example does not exist in DNS/],
  ['mx.rescue.example.', /^customer\.example now[^]*IN MX 10 mx\.rescue\.example\.\n/],
];
for (const [to, said] of hosts)
  test(`the new host ${to} is looked up before senders are sent to it`, async (context) => {
    const { out, code } = await run(context, 'customer.example', '--to', to);
    assert.match(out, said);
    assert.equal(code, 0);
  });

const wrong: readonly [words: readonly string[], said: RegExp][] = [
  [['customer.example', '--to', '203.0.113.5'], /--to 203\.0\.113\.5 is an address/],
  [['customer.exampel'], /customer\.exampel does not exist in DNS/],
  [['customer.example', '--server', 'localhost'], /--server localhost: write an address/],
];
for (const [words, said] of wrong)
  test(`no plan is made of ${words.join(' ')}`, async (context) => {
    const { out, err, code } = await run(context, ...words);
    assert.match(err, said);
    assert.deepEqual([out, code === 0], ['', false]);
  });
