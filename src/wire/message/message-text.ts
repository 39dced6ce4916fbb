// A message as one string: a character an octet (Latin-1), every line end a line feed. RFC 5322 2.3 knows CRLF only; files and broken
// mailers bring LF, CR, CR CR LF and mixtures, and each must read like the others.

/** The first `maxBytes` octets with line feeds only. */
export function messageText(raw: Buffer, maxBytes: number): string {
  return withLineFeeds(raw.toString('latin1', 0, Math.min(raw.length, maxBytes)));
}

/** CRLF, CR and the CR CR LF of doubly converted files become LF. */
export function withLineFeeds(text: string): string {
  if (!text.includes('\r')) return text;
  const usual = text.replaceAll('\r\n', '\n');
  return usual.includes('\r') ? usual.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : usual;
}

/** Lines from `start` on, without their line feeds, one after the other. */
export function* linesOf(text: string, start = 0, end = text.length): Generator<string> {
  for (let from = start; from < end;) {
    const lf = text.indexOf('\n', from);
    const to = lf < 0 || lf > end ? end : lf;
    yield text.slice(from, to);
    from = to + 1;
  }
}
