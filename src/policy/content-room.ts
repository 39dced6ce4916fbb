// How large content may be, by who brings it. What was taken from a stranger comes again on its way out, where it is forwarded, with what our
// servers have written above it: refused there, they would bounce it to whoever stands in its envelope. Pure.
import type { Config } from '../config/options.ts';
import type { HeloInput } from '../model/stage-input.ts';
import { bringsTakenMail } from './relay.ts';

/** Limits of one message's content: octets of it all, octets and lines of its header. */
export type ContentLimits = Readonly<Pick<Config['limits'], 'message' | 'header' | 'headerLines'>>;

/** What a server of ours may add: trace lines, the marks of its filters, signatures, results. A long chain of filters writes some 20 KiB. */
const room: ContentLimits = { message: 1024 ** 2, header: 64 * 1024, headerLines: 256 };

/** The limits that hold for what this client brings. */
export function contentLimitsFor({ message, header, headerLines }: ContentLimits, who: Pick<HeloInput, 'client' | 'user'>): ContentLimits {
  if (!bringsTakenMail(who)) return { message, header, headerLines };
  return { message: message + room.message, header: header + room.header, headerLines: headerLines + room.headerLines };
}
