// What a mail log says, whichever program wrote it: one record a happening. Names and meanings of the fields are fixed (interfaces, "Log events").

export type LogEventType = 'connect' | 'disconnect' | 'tls' | 'auth' | 'command' | 'reject' | 'accept' | 'delivery' | 'notice' | 'other';

/** `refused` is 5xx, `deferred` 4xx or a delivery put off, `failed` authentication, TLS or protocol. */
export type LogOutcome = 'accepted' | 'refused' | 'deferred' | 'delivered' | 'bounced' | 'expired' | 'failed';

export interface LogClient {
  readonly ip: string;
  /** Null where the log does not tell. */
  readonly port: number | null;
  /** Null where the log says "unknown". */
  readonly name: string | null;
}

/** A value that the log does not give is null. What is joined from several lines carries the number of the line that completed it. */
export interface LogEvent {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The log's own time, in milliseconds since the epoch; null where the line has none. */
  readonly at: number | null;
  /** As the log names it: `postfix/smtpd`, `exim`, `dovecot`. */
  readonly program: string;
  readonly type: LogEventType;
  /** The line by itself speaks against the client. */
  readonly hostile: boolean;
  readonly client: LogClient | null;
  readonly user: string | null;
  /** Envelope sender; '' is the null sender. */
  readonly from: string | null;
  /** One envelope recipient. */
  readonly to: string | null;
  readonly queueId: string | null;
  readonly messageId: string | null;
  readonly outcome: LogOutcome | null;
  readonly replyCode: string | null;
  /** Enhanced status code (RFC 3463), only if the log gives it. */
  readonly status: string | null;
  /** The log's own words. */
  readonly reason: string | null;
}
