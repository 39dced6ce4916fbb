// What a reader of one program's log lines is: one file a program in readers/, one row in catalogue.ts.
import type { LogLine, Reading } from './line.ts';

/** One for each event of the line (a delivery to several recipients: one each); null: not understood, counted as unknown. */
export type ReadResult = Reading | readonly Reading[] | null;

export interface LogReader {
  /** The word for `--format`. */
  readonly format: string;
  /** Names of its programs in syslog, lower case, without what follows the first slash: `exim`, `exim4`. */
  readonly programs: readonly string[];
  /** For programs that no list can hold (`mx-out/smtpd`); asked once a program name, after the lists of all readers. */
  claims?(program: string): boolean;
  /** For logs that name no program in their lines (Exim's mainlog, multilog, CSV): is this line one that only this program writes? */
  owns?(line: LogLine): boolean;
  /** What a line without a program is said to come from. */
  readonly program: string;
  /** A reader with an empty memory, for one log. Whatever it remembers must be bounded: strangers write its keys. */
  open(): (line: LogLine) => ReadResult;
}
