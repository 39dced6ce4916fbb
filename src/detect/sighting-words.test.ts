import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sketchHash } from '../lib/sketch-hash.ts';
import { hostOf, netOf } from './caller-keys.ts';
import { mailboxOf, steadySender } from './envelope.ts';
import { SightingWords } from './sighting-words.ts';

const key = { k0: 1, k1: 2 };

test('a word is the same whether it is asked for once, again, or after another', () => {
  const words = new SightingWords(key, (domain) => domain.split('.').slice(-2).join('.'));
  for (const to of ['anna+x@hub.example', 'anna+x@hub.example', '', 'ben@hub.example', 'anna+x@hub.example'])
    assert.deepEqual(words.mailbox(to), { text: mailboxOf(to), hash: sketchHash(key, mailboxOf(to)) });
  for (const from of ['', 'prvs=1234=news@sender.example', 'news@sender.example', ''])
    assert.deepEqual(words.sender(from), { text: steadySender(from), hash: sketchHash(key, steadySender(from)) });
  for (const name of ['192.0.2.0/24', 'anna', 'anna', '192.0.2.0/24']) assert.deepEqual(words.origin(name), { text: name, hash: sketchHash(key, name) });
});

test('hosts and networks are counted as everywhere; a program of this host has neither', () => {
  const words = new SightingWords(key, (domain) => domain.split('.').slice(-2).join('.'));
  for (const ip of ['192.0.2.7', '192.0.2.7', '2001:db8::1', '', '192.0.2.8']) {
    assert.deepEqual(words.host({ ip }), { text: hostOf({ ip }), hash: sketchHash(key, hostOf({ ip })) });
    assert.deepEqual(words.network({ ip }), { text: netOf({ ip }), hash: sketchHash(key, netOf({ ip })) });
  }
});

test('an organisation is asked for once for all the detectors', () => {
  const asked: string[] = [];
  const words = new SightingWords(key, (domain) => `org.${asked.push(domain)}`);
  assert.deepEqual([words.organisation('a.example').text, words.organisation('a.example').text], ['org.1', 'org.1']);
  assert.deepEqual([words.organisation('').text, words.user('anna').hash], ['', sketchHash(key, 'anna')]);
  assert.deepEqual(asked, ['a.example']);
});

test('what one sort of word remembers is no answer for another', () => {
  const words = new SightingWords(key, (domain) => domain.split('.').slice(-2).join('.'));
  words.mailbox('anna+x@hub.example');
  assert.equal(words.sender('bounces-12@hub.example').text, 'bounces-0@hub.example');
  assert.equal(words.origin('anna+x@hub.example').text, 'anna+x@hub.example');
});
