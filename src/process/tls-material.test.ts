import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { testCertificate } from '../../test/harness/certificate.ts';
import { readTlsMaterial, secureContextOf } from './tls-material.ts';

const scratch = (t: { after(end: () => void): void }): string => {
  const directory = mkdtempSync(join(tmpdir(), 'floodgate-tls-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
};

test('without TLS in the configuration there is none', () => assert.equal(readTlsMaterial(undefined), null));

test('certificate and key are read as text, for they must cross to the door threads', (t) => {
  const material = readTlsMaterial(testCertificate(scratch(t)));
  assert.ok(material);
  assert.match(material?.cert ?? '', /BEGIN CERTIFICATE/);
  assert.match(material?.key ?? '', /BEGIN (EC )?PRIVATE KEY/);
  assert.ok(secureContextOf(structuredClone(material)));
});

test('a file that is missing is named', (t) => {
  const files = testCertificate(scratch(t));
  assert.throws(() => readTlsMaterial({ ...files, key: '/nowhere/key.pem' }), /\/nowhere\/key\.pem/);
});

test('a reload with half a certificate throws before any door sees it', (t) => {
  const files = testCertificate(scratch(t));
  writeFileSync(files.cert, '-----BEGIN CERTIFICATE-----\nMIIB');
  assert.throws(() => readTlsMaterial(files));
});
