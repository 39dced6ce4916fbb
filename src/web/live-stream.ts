// Server-sent events (WHATWG HTML 9.2) from a watcher: the socket pulls, so that a slow reader fills its own queue and nothing else.
import type { LiveItem, LiveWatcher } from '../events/live.ts';

/** A comment this often, in ms: proxies close what is silent, and a dead peer is noticed. */
const usualKeepAliveMs = 15_000;

/** The stream of a watcher; the end of the one is the end of the other. */
export function liveStream(watcher: LiveWatcher, keepAliveMs = usualKeepAliveMs): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let coming: Promise<LiveItem> | null = null;
  return new ReadableStream(
    {
      start: (controller) => controller.enqueue(encoder.encode(': floodgate\n\n')), // so that the reader knows at once that it listens
      pull: async (controller) => {
        coming ??= watcher.next();
        const item = await orSilence(coming, keepAliveMs);
        if (item !== null) coming = null;
        if (item?.kind === 'closed') controller.close();
        else controller.enqueue(encoder.encode(item === null ? ': still here\n\n' : messageOf(item)));
      },
      cancel: () => watcher.close(),
    },
    { highWaterMark: 1 },
  );
}

const messageOf = (item: Exclude<LiveItem, { readonly kind: 'closed' }>): string =>
  item.kind === 'event' ? `data: ${item.line}\n\n` : `event: missed\ndata: {"missed":${item.missed}}\n\n`;

/** The item, or null when there is none for so long. */
async function orSilence(coming: Promise<LiveItem>, ms: number): Promise<LiveItem | null> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([coming, silence]);
  } finally {
    clearTimeout(timer);
  }
}
