import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import type { Config } from '../../config/options.ts';
import type { Client } from '../../model/client.ts';
import type { HubAbilities } from '../../model/delivery.ts';
import { Conversation } from './conversation.ts';
import { createSite, type SiteParts } from './site.ts';
import type { Offer } from './step.ts';

const tls = createSecureContext({});
const secured = { protocol: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' };
const able: HubAbilities = { reachable: true, smtputf8: true, eightBitMime: true, dsn: false, requireTls: false, maxBytes: null };

interface Case {
  readonly ip?: string;
  readonly tls?: SiteParts['tls'];
  readonly secure?: boolean;
  readonly user?: string;
  readonly auth?: boolean;
  readonly hub?: HubAbilities | null;
  readonly nextHop?: true;
  readonly role?: Client['role'];
  readonly inside?: boolean;
}

/** What a session is offered. */
function offered({
  ip = '192.0.2.7',
  tls: context = null,
  secure = false,
  user,
  auth = true,
  hub = able,
  nextHop,
  role = 'submission',
  inside = false,
}: Case): Offer {
  const config = { site: { hostname: 'mx.test' }, limits: { message: 1000 } } as unknown as Config; // the options it looks at
  const services = {
    auth: auth ? { mechanisms: () => ['PLAIN', 'LOGIN'] } : null,
    hubAbilities: () => hub,
    hopAbilities: () => (hub === null ? [] : [hub]),
    load: { level: () => 0 },
  } as unknown as SiteParts['services'];
  const listener = { name: 'mx', role: 'submission' } as SiteParts['listener'];
  const site = createSite({ config, listener, services, tls: context, mayXclient: (who) => who === '192.0.2.1', mayEtrn: (who) => who === '192.0.2.2' });
  const client = {
    ip,
    port: 1,
    localIp: '192.0.2.25',
    localPort: 25,
    listener: 'mx',
    role,
    inside,
    ...(nextHop && { nextHop }),
  } satisfies Client;
  const conversation = new Conversation('1M7YNPXHV1001', client, 0);
  if (secure) conversation.tls = secured;
  conversation.user = user ?? null;
  return site.offerFor(conversation);
}

const auths: readonly (readonly [title: string, given: Case, mechanisms: number, needsTls: boolean])[] = [
  ['no password travels in clear where TLS could be had', { tls }, 0, true],
  ['nor from loopback', { tls, ip: '127.0.0.1' }, 0, true],
  ['under TLS it may', { tls, secure: true }, 2, false],
  ['without a certificate it may on loopback only', { ip: '127.0.0.2' }, 2, false],
  ['and on IPv6 loopback', { ip: '::1' }, 2, false],
  ['but not from elsewhere', {}, 0, true],
  ['an address that looks like loopback is none', { ip: '1270::1' }, 0, true],
  ['once is enough', { tls, secure: true, user: 'carol' }, 0, false],
  ['where nobody checks passwords there is no AUTH', { tls, secure: true, auth: false }, 0, false],
];
for (const [title, given, mechanisms, needsTls] of auths) {
  test(`AUTH: ${title}`, () => {
    const offer = offered(given);
    assert.deepEqual([offer.mechanisms.length, offer.authNeedsTls], [mechanisms, needsTls]);
  });
}

test('STARTTLS is offered with a certificate, and not twice', () => {
  assert.deepEqual([offered({}).tls, offered({ tls }).tls, offered({ tls, secure: true }).tls], ['none', 'offered', 'on']);
});

test('SIZE is the smaller of ours and the hub’s: a client must not send what will be refused', () => {
  const size = (hub: HubAbilities | null): number => offered({ hub }).maxBytes;
  assert.deepEqual([size(null), size(able), size({ ...able, maxBytes: 400 }), size({ ...able, maxBytes: 4000 })], [1000, 1000, 400, 1000]);
});

test('our own servers are told of the room they have: what is larger than SIZE they bounce without asking', () => {
  assert.equal(offered({ hub: { ...able, maxBytes: 400 }, nextHop: true }).maxBytes, 400 + 1024 * 1024);
});

test('DSN is for those whose mail we bring into the world: a stranger would have the hub write to whom he names as sender', () => {
  const hub = { ...able, dsn: true };
  const dsn = (asked: Case): boolean => offered({ hub, role: 'mx', ...asked }).dsn;
  assert.equal(dsn({}), false, 'a stranger');
  assert.deepEqual([dsn({ inside: true }), dsn({ user: 'anna' }), dsn({ role: 'smarthost' }), dsn({ nextHop: true })], [true, true, true, true]);
  assert.equal(dsn({ role: 'submission' }), true, 'before AUTH: the offer of this EHLO holds behind it');
  assert.equal(dsn({ inside: true, hub: able }), false, 'and only where the hub takes it');
});

test('SMTPUTF8 is offered unless the hub is known not to take it', () => {
  assert.deepEqual([offered({ hub: null }).smtputf8, offered({}).smtputf8, offered({ hub: { ...able, smtputf8: false } }).smtputf8], [true, true, false]);
});

test('XCLIENT and ETRN are for those who are named', () => {
  assert.deepEqual([offered({ ip: '192.0.2.1' }).xclient, offered({ ip: '192.0.2.2' }).xclient], [true, false]);
  assert.deepEqual([offered({ ip: '192.0.2.1' }).etrn, offered({ ip: '192.0.2.2' }).etrn], [false, true]);
});
