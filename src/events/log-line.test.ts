import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryOf, events } from './catalogue.ts';
import { logLine, logValue, type LogFormat } from './log-line.ts';
import { sampleEvents } from './sample-events.ts';

const stamp = { time: '2026-11-21T09:06:32.123Z', door: 'smtp-1' };
const judged = (helo: string) =>
  events.stageJudged({
    session: 'S',
    ip: '192.0.2.7',
    stage: 'helo',
    input: { helo },
    facts: {},
    action: 'reject',
    findings: [],
    ref: 'S-1',
    reply: '550 5.7.1 no (ref S-1)',
  });

const attacks: readonly [raw: string, why: string][] = [
  ['a\r\n2026-11-21T09:06:33.000Z info smtp-1 message-finished outcome=delivered', 'a line end would forge a second line'],
  ['a\u001b[2J', 'an escape sequence would drive the terminal'],
  ['a\u009b2J', 'C1 is an escape too on 8-bit terminals'],
  ['a\u2028b', 'some viewers break lines here'],
  ['a\u202egnp.exe', 'a direction mark shows another text than is there'],
  ['a\u0000b\u007f', 'NUL and DEL'],
  ['a" action=pass x="', 'a quote would end the value and forge a key'],
  ['\ud800', 'a lone surrogate is no UTF-8'],
];
const formats: readonly LogFormat[] = ['text', 'json', 'logfmt'];
for (const [raw, why] of attacks) {
  for (const format of formats) {
    test(`${format}, ${JSON.stringify(raw)}: ${why}`, () => {
      const line = logLine(format, stamp, 'info', judged(raw));
      assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\ud800]/);
      if (format === 'json') assert.equal((JSON.parse(line) as { helo: string }).helo, raw);
      else
        assert.equal(
          line.match(/(^| )(action|outcome)=/g)?.length,
          1 + (line.match(/"[^"]*outcome=/)?.length ?? 0) + (line.match(/\\" action=pass/)?.length ?? 0),
        );
    });
  }
}

test('the keys of a refusal are stable and in this order', () => {
  assert.equal(
    logLine('text', stamp, 'info', judged('mail.example')),
    '2026-11-21T09:06:32.123Z info smtp-1 stage-judged session=S ip=192.0.2.7 ref=S-1 stage=helo action=reject helo=mail.example reply="550 5.7.1 no (ref S-1)"',
  );
});

test('the null sender is shown, not left out: bounces are told apart from what has no sender yet', () => {
  const body = events.transactionAborted({ session: 'S', ip: '192.0.2.7', ref: 'S-1', why: 'gone', from: '', recipients: ['a@b.example'], bytes: 1 });
  assert.match(logLine('text', stamp, 'info', body), / from="" to=a@b.example /);
});

test('plain values stand bare', () => assert.equal(logValue('a@b.example'), 'a@b.example'));

for (const body of Object.values(sampleEvents)) {
  for (const format of ['text', 'logfmt'] as const) {
    test(`a ${format} line of ${body.type} has no key twice: whoever reads by key would have one of the two`, () => {
      const line = logLine(format, stamp, 'info', body).replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
      const keys = [...line.matchAll(/(?:^| )([^ =]+)=/g)].map(([, key]) => key);
      assert.deepEqual(keys, [...new Set(keys)]);
    });
  }

  test(`a json line of ${body.type} keeps time, level, door and type of the log: nothing of the event takes their place`, () => {
    const { at, level, door, event } = JSON.parse(logLine('json', stamp, 'info', body)) as Record<string, unknown>;
    assert.deepEqual({ at, level, door, event }, { at: stamp.time, level: 'info', door: stamp.door, event: body.type });
    const keys = entryOf(body)
      .line(body)
      .map(([key]) => key);
    assert.deepEqual(keys, [...new Set(keys)]);
  });
}
