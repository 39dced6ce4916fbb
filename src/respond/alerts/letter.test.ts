import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hookBody, letterOf, subjectOf, syslogLines, textOf, type AlertBatch } from './letter.ts';
import { sampleIncident } from './sample-incident.ts';

const batch = (more: Partial<AlertBatch> = {}): AlertBatch => ({ items: [{ incident: sampleIncident(), step: 'opened' }], escalated: false, left: 0, ...more });
const addresses = { from: 'floodgate@mx.example.org', to: ['postmaster@example.org'], hostname: 'mx.example.org' };
const stamp = { at: Date.UTC(2026, 10, 21, 3, 5), id: '1ABC-1.alert' };

test('the subject names the reference, what is wrong and whom it hits; several incidents name several references', () => {
  assert.equal(subjectOf(batch()), '[FG-3FA94C01D2] subscription-bomb recipient=ann@example.org');
  const other = sampleIncident({ reference: 'FG-0000000001', level: 'severe' });
  const two = batch({
    items: [
      { incident: other, step: 'raised' },
      { incident: sampleIncident(), step: 'opened' },
    ],
  });
  assert.equal(subjectOf(two), '[FG-0000000001] worse: SEVERE subscription-bomb recipient=ann@example.org and 1 more [FG-3FA94C01D2]');
  assert.match(subjectOf(batch({ escalated: true })), /NOBODY HAS ANSWERED/);
});

test("what strangers wrote cannot start a header of its own, nor steer a reader's terminal", () => {
  const hostile = sampleIncident({ key: { sender: 'x\r\nBcc: victim@elsewhere.example\u001b[2J' }, because: 'evil\r\n.\r\nQUIT' });
  const letter = letterOf(batch({ items: [{ incident: hostile, step: 'opened' }] }), addresses, stamp);
  assert.equal(letter.split('\r\n').filter((line) => line.startsWith('Bcc')).length, 0);
  assert.ok(!letter.includes('\u001b'));
  assert.ok(/^[\x20-\x7e\r\n]*$/.test(letter));
  assert.ok(letter.split('\r\n').every((line) => line.length <= 998)); // RFC 5322 2.1.1
});

test('a letter is marked as made by a program, so that no other program answers it', () => {
  const letter = letterOf(batch(), addresses, stamp);
  const head = letter.split('\r\n\r\n')[0] ?? '';
  assert.match(head, /^Auto-Submitted: auto-generated$/m); // RFC 3834 5
  assert.match(head, /^Message-ID: <1ABC-1\.alert@mx\.example\.org>$/m);
  assert.match(head, /^Date: Sat, 21 Nov 2026 03:05:00 \+0000$/m);
});

test('the text says how it stands, what is done, and how to look and to undo', () => {
  const text = textOf(batch({ left: 3 }), 'mx.example.org');
  for (const part of ['24 counted', 'm-3fa94c01d2', 'domain shop.example (3)', 'incident ack', 'measure undo', '3 further incidents'])
    assert.ok(text.includes(part), part);
});

test('a measure that has refused nothing is not told as done, and what a person must know besides stands below', () => {
  const remark = 'NOTHING IS REFUSED before 2026-11-28 18:12 UTC: mode observe only records until then';
  const text = textOf(batch({ items: [{ incident: sampleIncident({ state: 'alert' }), step: 'opened', remarks: [remark] }] }), 'mx.example.org');
  assert.ok(!text.includes('done about it: m-'), text);
  assert.match(text, /in force, with nothing refused or held so far: m-3fa94c01d2\n {2}NOTHING IS REFUSED before/);
  assert.match(textOf(batch(), 'mx.example.org'), /done about it: m-3fa94c01d2/);
});

test('a webhook gets the fields of incident list, and a line that chat programs show', () => {
  const body = hookBody(batch(), 'mx.example.org') as { text: string; incidents: Record<string, unknown>[] };
  assert.equal(body.text, subjectOf(batch()));
  for (const field of ['id', 'reference', 'detector', 'key', 'state', 'level', 'openedAt', 'closedAt', 'count', 'measures'])
    assert.ok(field in (body.incidents[0] ?? {}), field);
});

test('a syslog line has the priority of what it tells', () => {
  const [line] = syslogLines(batch(), 'mx.example.org', stamp.at);
  assert.match(line ?? '', /^<20>1 2026-11-21T03:05:00\.000Z mx\.example\.org floodgate - alert - reference=FG-3FA94C01D2 /); // mail.warning
  const [severe] = syslogLines(batch({ items: [{ incident: sampleIncident({ level: 'severe' }), step: 'opened' }] }), 'mx', stamp.at);
  assert.match(severe ?? '', /^<18>1 /); // mail.crit
});
