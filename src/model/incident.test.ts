import assert from 'node:assert/strict';
import { test } from 'node:test';
import { incidentIdOf } from './incident.ts';

test('an incident has one id, however a person writes it', () => {
  for (const name of ['FG-6F30B5DD41', 'fg-6f30b5dd41', 'i-6f30b5dd41', ' I-6F30B5DD41 ']) assert.equal(incidentIdOf(name), 'i-6f30b5dd41');
  assert.equal(incidentIdOf('fg-nope'), 'fg-nope', 'what is none stays what it is');
});
