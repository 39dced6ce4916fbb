// When a signal asks the gateway to end: the first drains, a second one ends at once. A Ctrl-C is one request, however often it arrives.

/** Under `npm start` a terminal's Ctrl-C comes from the terminal and from npm, which passes on what it was sent itself. */
const echoMs = 1000;

export interface EndRequest {
  /** Finish what is under way. */
  drain(signal: NodeJS.Signals): void;
  /** Do not wait any longer. */
  atOnce(): void;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
}

/** What a process does with its SIGTERM and SIGINT. */
export function endRequest({ drain, atOnce, now }: EndRequest): (signal: NodeJS.Signals) => void {
  let asked: { readonly signal: NodeJS.Signals; readonly at: number } | null = null;
  return (signal) => {
    if (asked === null) {
      asked = { signal, at: now() };
      drain(signal);
    } else if (signal !== asked.signal || now() - asked.at >= echoMs) atOnce();
  };
}
