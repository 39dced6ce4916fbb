import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMailbox } from '../../model/abuse-contact.ts';
import { readRdapNetwork } from './answer.ts';

const card = (...mailboxes: readonly string[]): readonly unknown[] => [
  'vcard',
  [['version', {}, 'text', '4.0'], ...mailboxes.map((each) => ['email', {}, 'text', each])],
];
const entity = (roles: readonly string[], more: object = {}): object => ({ objectClassName: 'entity', handle: 'NOC1-TEST', roles, ...more });
const network = (...entities: readonly unknown[]): object => ({
  objectClassName: 'ip network',
  startAddress: '45.0.2.0',
  endAddress: '45.0.2.255',
  entities,
});

test('the mailbox of whoever has the role abuse, and of nobody else', () => {
  const answer = network(
    entity(['registrant'], { vcardArray: card('boss@isp.example') }),
    entity(['technical', 'abuse'], { vcardArray: card('abuse@isp.example') }),
  );
  assert.deepEqual(readRdapNetwork(answer), { first: '45.0.2.0', last: '45.0.2.255', mailboxes: ['abuse@isp.example'], unnamed: [] });
});

test('a contact within a contact within a contact', () => {
  const inner = entity(['abuse'], { vcardArray: card('abuse@isp.example', 'cert@isp.example') });
  const answer = network(entity(['registrant'], { entities: [entity(['administrative'], { entities: [inner] })] }));
  assert.deepEqual(readRdapNetwork(answer)?.mailboxes, ['abuse@isp.example', 'cert@isp.example']);
});

test('who has no other role comes first; domains in lower case, none twice', () => {
  const everything = entity(['technical', 'abuse'], { vcardArray: card('noc@ISP.example', 'abuse@isp.example') });
  const desk = entity(['abuse'], { vcardArray: card('abuse@ISP.example') });
  assert.deepEqual(readRdapNetwork(network(everything, desk))?.mailboxes, ['abuse@isp.example', 'noc@isp.example']);
});

test('an address that is written as a network of one', () => {
  assert.equal(readRdapNetwork({ ...network(), startAddress: '45.0.2.0/32', endAddress: '45.0.2.255/32' })?.first, '45.0.2.0');
});

test('of a contact without a mailbox the name is given, and where it is to be had', () => {
  const href = 'https://rdap.example/entity/NOC1-TEST';
  const answer = network(entity(['abuse'], { links: [{ rel: 'self', href }] }));
  assert.deepEqual(readRdapNetwork(answer)?.unnamed, [{ handle: 'NOC1-TEST', self: href }]);
  assert.deepEqual(readRdapNetwork(entity([], { vcardArray: card('abuse@isp.example') }))?.mailboxes, ['abuse@isp.example'], 'asked for by its name');
});

test('what is in no order is nothing, and an error is no network', () => {
  assert.deepEqual(
    readRdapNetwork(network(null, 5, entity(['abuse'], { vcardArray: 'x' }), entity(['abuse'], { vcardArray: card('no mailbox') })))?.mailboxes,
    [],
  );
  for (const answer of [null, [], 'x', { errorCode: 404 }]) assert.equal(readRdapNetwork(answer), null);
});

test('a hostile answer with contacts without end is given up', () => {
  const loop: { roles: string[]; entities: unknown[] } = { roles: ['x'], entities: [] };
  for (let each = 0; each < 300; each += 1) loop.entities.push(loop);
  assert.deepEqual(readRdapNetwork(network(loop))?.mailboxes, []);
});

for (const wrong of [
  'a@b',
  'a b@isp.example',
  'a@isp.example, b@isp.example',
  '<a@isp.example>',
  'a@isp.example\r\nBcc: x',
  'a..b@isp.example',
  'ü@isp.example',
  `${'a'.repeat(65)}@isp.example`,
])
  test(`no mailbox of ours to write to: ${JSON.stringify(wrong).slice(0, 40)}`, () => assert.equal(isMailbox(wrong), false));
