import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StampReader } from './stamp.ts';

const now = new Date(2026, 10, 21, 12, 0, 0).getTime();
const read = (text: string, at = now) => {
  const reader = new StampReader(() => at);
  const end = reader.read(text, 0);
  return end < 0 ? null : { at: reader.at, rest: text.slice(end) };
};
const local = (...parts: [number, number, number, number?, number?, number?, number?]) => new Date(...(parts as [number, number, number])).getTime();

const cases: readonly [text: string, at: number, why: string][] = [
  ['Oct 26 18:13:50 mx', local(2026, 9, 26, 18, 13, 50), 'BSD syslog, this year'],
  ['Oct  6 08:03:05 mx', local(2026, 9, 6, 8, 3, 5), 'a day of one digit is filled with a space'],
  ['Mar 7 02:09:33 mx', local(2026, 2, 7, 2, 9, 33), 'or not'],
  ['Nov 21 12:00:01 mx', local(2026, 10, 21, 12, 0, 1), 'a clock one second ahead is not a year behind'],
  ['Nov 22 00:00:01 mx', local(2025, 10, 22, 0, 0, 1), 'a day in the future was last year'],
  ['Feb 29 10:00:00 mx', local(2024, 1, 29, 10, 0, 0), 'a leap day is in a leap year'],
  ['Oct 26 2019 18:13:50 mx', local(2019, 9, 26, 18, 13, 50), 'a year that is given is taken'],
  ['Oct 26 18:13:50.250 mx', local(2026, 9, 26, 18, 13, 50) + 250, 'a fraction'],
  ['2024-10-31T12:38:21.817327+00:00 mx', Date.UTC(2024, 9, 31, 12, 38, 21, 817), 'RFC 3339'],
  ['2024-10-31T12:38:21Z mx', Date.UTC(2024, 9, 31, 12, 38, 21), 'Zulu'],
  ['2024-10-31T12:38:21+0530 mx', Date.UTC(2024, 9, 31, 7, 8, 21), 'zone without a colon, as journalctl writes it'],
  ['2024-02-29 23:30:00 -0200 mx', Date.UTC(2024, 2, 1, 1, 30), 'zone after a space, as Exim writes it'],
  ['2024-10-31 12:38:21 mx', local(2024, 9, 31, 12, 38, 21), 'no zone is local time'],
  ['2021-03-03 19:51:53,762 INFO', local(2021, 2, 3, 19, 51, 53) + 762, 'a fraction after a comma'],
  ['2022/04/02 13:39:55 [info]', local(2022, 3, 2, 13, 39, 55), 'slashes'],
  ['18/Jan/2014 06:41:25] SMTP', local(2014, 0, 18, 6, 41, 25), 'day, month, year'],
  ['24/Mar/2013:08:58:32 +0100] "', Date.UTC(2013, 2, 24, 7, 58, 32), 'as web servers write it'],
  ['11-Aug-2013 03:36:11.372 error', local(2013, 7, 11, 3, 36, 11) + 372, 'as name servers write it'],
  ['Apr-07-13 07:08:36 [SSL', local(2013, 3, 7, 7, 8, 36), 'month, day, short year'],
  ['@400000004c91b044077a9e94 imap', Date.UTC(2010, 8, 16, 5, 50, 50, 125), 'TAI64N'],
  ['1157519909.633171 qmail', 1_157_519_909_633, 'seconds since the epoch'],
];

for (const [text, at, why] of cases) {
  test(`${text}: ${why}`, () => {
    assert.equal(new Date(read(text)?.at ?? 0).toISOString(), new Date(at).toISOString());
  });
}

for (const text of [
  '',
  'Oct',
  'Oct 26',
  'Oct 32 18:13:50',
  'Oct 26 24:13:50',
  'Okt 26 18:13:50',
  '2024-13-01 00:00:00',
  '2024-10-31',
  '@4000',
  '12',
  '2024-10-31X12:00:00',
])
  test(`"${text}" is no stamp`, () => assert.equal(read(text), null));

test('the hour that is kept does not leak into the next hour, day or form', () => {
  const reader = new StampReader(() => now);
  const at = (text: string) => (reader.read(text, 0) < 0 ? null : reader.at);
  assert.deepEqual(['Oct 26 18:13:50', 'Oct 26 18:59:59', 'Oct 26 19:00:00', '2024-10-31 18:00:00', 'Oct 26 18:13:51', 'Oct 27 18:13:51'].map(at), [
    local(2026, 9, 26, 18, 13, 50),
    local(2026, 9, 26, 18, 59, 59),
    local(2026, 9, 26, 19, 0, 0),
    local(2024, 9, 31, 18, 0, 0),
    local(2026, 9, 26, 18, 13, 51),
    local(2026, 9, 27, 18, 13, 51),
  ]);
});

test('days are counted as the calendar does, over leap years and centuries', () => {
  for (let at = Date.UTC(1999, 11, 30, 5); at < Date.UTC(2105, 0, 1); at += 86_400_000 * 13) {
    const iso = new Date(at).toISOString();
    assert.equal(read(iso)?.at, at, iso);
  }
});
