// Time stamps of log lines: BSD syslog, ISO 8601 and RFC 3339, 26/Oct/2024, Oct-26-24, TAI64N, seconds since the epoch. A stamp without a
// year is the latest such day that is not in the future; one without a zone is local time.
import { digitsAt, endOfDigits, isDigit } from './digits.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** TAI64 labels count from 2^62; TAI was 10 s ahead of UTC in 1970, and multilog's labels keep just these 10 s. */
const taiSecondsAhead = 10;

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const months = new Map(monthNames.map((name, month) => [name, month]));

/**
 * Reads the stamp at a place of a line. It keeps the last hour it worked out: lines come by the thousand for each, and asking the
 * system for local time costs more than the rest of the line.
 */
export class StampReader {
  /** What the last successful `read` found; milliseconds since the epoch. */
  at = 0;
  readonly #now: () => number;
  #hour = '';
  #hourAt = 0;

  /** `now`: milliseconds since the epoch, for stamps without a year. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Where the stamp at `from` ends (the place after it); -1 when there is none. */
  read(text: string, from: number): number {
    const first = text.charCodeAt(from);
    if (isDigit(first)) return this.#startingWithDigit(text, from);
    if (first === 64) return this.#tai64(text, from); // @
    return this.#startingWithMonth(text, from);
  }

  #startingWithDigit(text: string, from: number): number {
    const separator = text.charCodeAt(from + 4);
    if ((separator === 45 || separator === 47) && text.charCodeAt(from + 7) === separator) return this.#iso(text, from);
    const end = endOfDigits(text, from);
    if (end - from === 10 && text.charCodeAt(end) === 46) return this.#epoch(text, from, end);
    return end - from <= 2 ? this.#dayMonthYear(text, from, end) : -1;
  }

  /** `Oct 26 18:13:50`, also with a year or a fraction; `Oct-26-24 18:13:50`. */
  #startingWithMonth(text: string, from: number): number {
    // The same hour as the line before: nothing but minutes and seconds is new.
    if (this.#hour !== '' && text.startsWith(this.#hour, from) && text.charCodeAt(from + 9) === 58) return this.#clock(text, from + 9, this.#hourAt);
    const month = months.get(text.slice(from, from + 3));
    if (month === undefined) return -1;
    const separator = text.charCodeAt(from + 3);
    if (separator === 45) return this.#monthDayYear(text, from, month);
    if (separator !== 32) return -1;
    const dayFrom = text.charCodeAt(from + 4) === 32 ? from + 5 : from + 4;
    const dayEnd = endOfDigits(text, dayFrom);
    const day = dayEnd - dayFrom > 2 ? -1 : digitsAt(text, dayFrom, dayEnd - dayFrom);
    if (day < 1 || day > 31 || text.charCodeAt(dayEnd) !== 32) return -1;
    const year = text.charCodeAt(dayEnd + 5) === 32 ? digitsAt(text, dayEnd + 1, 4) : -1;
    const hourFrom = year < 0 ? dayEnd + 1 : dayEnd + 6;
    const hour = digitsAt(text, hourFrom, 2);
    if (hour < 0 || hour > 23 || text.charCodeAt(hourFrom + 2) !== 58) return -1;
    const hourAt = localHour(year < 0 ? this.#yearOf(month, day) : year, month, day, hour);
    if (hourFrom + 2 === from + 9) {
      this.#hour = text.slice(from, from + 9);
      this.#hourAt = hourAt;
    }
    return this.#clock(text, hourFrom + 2, hourAt);
  }

  /** The latest year in which this day exists and is not later than today. */
  #yearOf(month: number, day: number): number {
    const today = new Date(this.#now());
    const wanted = new Date(today.getFullYear(), month, day);
    let year = wanted.getTime() > today.getTime() ? today.getFullYear() - 1 : today.getFullYear();
    // 29 February: go back to a leap year.
    for (let tries = 0; tries < 8 && new Date(year, month, day).getMonth() !== month; tries++) year--;
    return year;
  }

  /** `:mm:ss` with or without a fraction, at the colon. */
  #clock(text: string, from: number, hourAt: number): number {
    const minute = digitsAt(text, from + 1, 2);
    const second = digitsAt(text, from + 4, 2);
    // 60 is a leap second.
    if (minute < 0 || minute > 59 || second < 0 || second > 60 || text.charCodeAt(from + 3) !== 58) return -1;
    this.at = hourAt + minute * 60_000 + second * 1000;
    return this.#fraction(text, from + 6);
  }

  /** `.123456` or `,123`: added to `at`. */
  #fraction(text: string, from: number): number {
    const mark = text.charCodeAt(from);
    if ((mark !== 46 && mark !== 44) || !isDigit(text.charCodeAt(from + 1))) return from;
    const end = endOfDigits(text, from + 1);
    this.at += milliseconds(text, from + 1, end);
    return end;
  }

  /** `2024-10-31T12:38:21.817+01:00`, `2024-10-31 12:38:21 +0100`, `2024/10/31 12:38:21`, with or without fraction and zone. */
  #iso(text: string, from: number): number {
    const year = digitsAt(text, from, 4);
    const month = digitsAt(text, from + 5, 2);
    const day = digitsAt(text, from + 8, 2);
    const hour = digitsAt(text, from + 11, 2);
    const between = text.charCodeAt(from + 10);
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23) return -1;
    if (between !== 84 && between !== 32 && between !== 116) return -1;
    const end = this.#clock(text, from + 13, 0);
    return end < 0 ? -1 : this.#zoned(text, end, { year, month: month - 1, day, hour });
  }

  /** Reads the zone at `from`, if any, and puts `at` (within the hour until now) where it belongs. */
  #zoned(text: string, from: number, when: Hour): number {
    const spaced = text.charCodeAt(from) === 32 && isSign(text.charCodeAt(from + 1)) && isDigit(text.charCodeAt(from + 2));
    const at = spaced ? from + 1 : from;
    const mark = text.charCodeAt(at);
    if (mark === 90) {
      this.at += utcHour(when); // Z
      return at + 1;
    }
    const hours = isSign(mark) ? digitsAt(text, at + 1, 2) : -1;
    const colon = text.charCodeAt(at + 3) === 58 ? 1 : 0;
    const minutes = hours < 0 ? -1 : digitsAt(text, at + 3 + colon, 2);
    if (minutes < 0) {
      this.at += this.#localHour(when);
      return from;
    }
    const offset = (hours * 60 + minutes) * 60_000;
    this.at += utcHour(when) - (mark === 45 ? -offset : offset);
    return at + 5 + colon;
  }

  #localHour({ year, month, day, hour }: Hour): number {
    const name = `${year} ${month} ${day} ${hour}`;
    if (name !== this.#hour) {
      this.#hour = name;
      this.#hourAt = localHour(year, month, day, hour);
    }
    return this.#hourAt;
  }

  /** `26/Oct/2024 18:13:50`, `26-Oct-2024 18:13:50.123`, `26/Oct/2024:18:13:50 +0200`. */
  #dayMonthYear(text: string, from: number, dayEnd: number): number {
    const day = digitsAt(text, from, dayEnd - from);
    const separator = text.charCodeAt(dayEnd);
    const month = months.get(text.slice(dayEnd + 1, dayEnd + 4));
    if (month === undefined || (separator !== 45 && separator !== 47) || text.charCodeAt(dayEnd + 4) !== separator) return -1;
    const year = digitsAt(text, dayEnd + 5, 4);
    const gap = text.charCodeAt(dayEnd + 9);
    const hour = digitsAt(text, dayEnd + 10, 2);
    if (year < 0 || day < 1 || hour < 0 || hour > 23 || (gap !== 32 && gap !== 58)) return -1;
    const end = this.#clock(text, dayEnd + 12, 0);
    return end < 0 ? -1 : this.#zoned(text, end, { year, month, day, hour });
  }

  /** `Oct-26-24 18:13:50`. */
  #monthDayYear(text: string, from: number, month: number): number {
    const day = digitsAt(text, from + 4, 2);
    const year = digitsAt(text, from + 7, 2);
    const hour = digitsAt(text, from + 10, 2);
    if (day < 1 || year < 0 || hour < 0 || text.charCodeAt(from + 9) !== 32) return -1;
    return this.#clock(text, from + 12, localHour(2000 + year, month, day, hour));
  }

  /** `@400000004c91b044077a9e94`: 16 hexadecimal digits of seconds, 8 of nanoseconds. */
  #tai64(text: string, from: number): number {
    const seconds = Number.parseInt(text.slice(from + 9, from + 17), 16);
    const nanoseconds = Number.parseInt(text.slice(from + 17, from + 25), 16);
    if (!text.startsWith('@40000000', from) || !Number.isFinite(seconds) || !Number.isFinite(nanoseconds)) return -1;
    this.at = (seconds - taiSecondsAhead) * 1000 + Math.floor(nanoseconds / 1e6);
    return from + 25;
  }

  #epoch(text: string, from: number, dot: number): number {
    const end = endOfDigits(text, dot + 1);
    if (end === dot + 1) return -1;
    this.at = digitsAt(text, from, dot - from) * 1000 + milliseconds(text, dot + 1, end);
    return end;
  }
}

interface Hour {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
}

const isSign = (code: number): boolean => code === 43 || code === 45;

const localHour = (year: number, month: number, day: number, hour: number): number => new Date(year, month, day, hour).getTime();

/** Days since the epoch by the rule of 400 years, without a Date: a line with a zone needs no calendar of the system. */
function utcHour({ year, month, day, hour }: Hour): number {
  const y = month < 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 10) % 12) + 2) / 5) + day - 1;
  const days = 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
  return days * dayMs + hour * hourMs;
}

/** The first three digits of a fraction. */
function milliseconds(text: string, from: number, end: number): number {
  const count = Math.min(3, end - from);
  return digitsAt(text, from, count) * (count === 1 ? 100 : count === 2 ? 10 : 1);
}
