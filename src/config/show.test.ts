import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig, loadConfigText } from './load.ts';
import { asWritten } from './show.ts';
import { yamlText } from './yaml-file.ts';

const text = `site: {hostname: mx.example.org, networks: ["::1"], domains: [example.org], customerDomains: [c.example], postmaster: p@example.org}
hub: {address: "lmtp://[::1]:24"}
routes: {c.example: {address: "maildir:/var/mail"}}
listeners: [{name: mx, address: "[::1]:2525", role: mx, proxyProtocol: {trusted: [10.0.0.1]}}]
mode: observe
observeUntil: 2100-01-01
limits: {message: 3000}
dns: {servers: ["127.0.0.1:53"]}
smtp: {probeSender: probe@example.org}
`;

test('what is shown loads again as exactly the same configuration', () => {
  const first = loadConfigText(text, 'floodgate.yaml', { checkIds: [] });
  assert.ok(first.ok);
  const second = loadConfigText(yamlText(asWritten(first.config)), 'floodgate.yaml', { checkIds: [] });
  assert.ok(second.ok);
  assert.deepEqual(second.config, first.config);
});

test('the first-run set-up can be shown too', () => {
  const first = loadConfig(null, { checkIds: [] });
  assert.ok(first.ok);
  assert.equal(asWritten(first.config).listeners[0]?.address, '127.0.0.1:2525');
});
