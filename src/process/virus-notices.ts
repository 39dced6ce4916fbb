// Tells the postmaster that messages with a virus are kept: at once, then at most once an hour, however many there are. Never the author,
// whose address a virus has made up.
import type { Config } from '../config/options.ts';
import type { Event } from '../model/events.ts';
import { plain, plainLetter } from '../respond/alerts/plain-letter.ts';
import type { OwnPost } from './own-post.ts';

/** Time between two letters, in ms. */
const everyMs = 3_600_000;
/** One of these stands in every line that counts. */
const signs = ['"check":"virus-found"', '"virus":true'] as const;
const hasSign = (text: string): boolean => signs.some((sign) => text.includes(sign));
/** References a letter names. */
const mostNamed = 20;

export interface VirusNoticeParts {
  config(): Config;
  readonly post: Pick<OwnPost, 'send' | 'newId'>;
  /** What goes wrong, in words. */
  trouble(why: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface VirusNotices {
  /** Lines of the journal. */
  take(journal: string): void;
  stop(): void;
}

const heldFor = (check: string): string => (check === 'virus-found' ? '' : `  held for ${check} as well`);

export function createVirusNotices({ config, post, trouble, now }: VirusNoticeParts): VirusNotices {
  let references: string[] = [];
  let count = 0;
  let waiting: NodeJS.Timeout | null = null;
  const tell = (): void => {
    const { hostname, postmaster } = config().site;
    const letter = plainLetter(
      {
        from: `floodgate@${hostname}`,
        to: [postmaster],
        hostname,
        subject: count === 1 ? 'A message with a virus is kept' : `${count} messages with a virus are kept`,
        text: [
          'The virus scanner found something in mail that is now in the quarantine.',
          'Nobody else was told. Look at it, and throw it away:',
          '',
          '  floodgate quarantine list --check virus-found',
          '  floodgate quarantine discard --check virus-found',
          '',
          ...references.map((line) => `  ${line}`),
          ...(count > references.length ? [`  and ${count - references.length} more`] : []),
          '',
          'A machine of ours that sends such mail is infected: `client` and `user` above name it.',
          '',
        ].join('\n'),
      },
      { at: now(), id: `${post.newId()}.virus` },
    );
    references = [];
    count = 0;
    post.send([postmaster], letter).catch((error: unknown) => trouble(`the postmaster could not be told of a virus: ${String(error)}`));
  };
  const later = (): void => {
    waiting = setTimeout(() => {
      waiting = null;
      if (count === 0) return;
      tell();
      later();
    }, everyMs).unref();
  };
  return {
    take: (journal) => {
      if (!hasSign(journal)) return; // nearly always
      for (const line of journal.split('\n')) {
        if (!hasSign(line)) continue;
        const event = JSON.parse(line) as Event; // a recorder of ours wrote it
        // Whatever finding decided: a rule that holds it too must not keep the virus from him.
        if (event.type !== 'message-quarantined' || (event.check !== 'virus-found' && event.virus !== true)) continue;
        count += 1;
        if (references.length < mostNamed) references.push(plain(`${event.ref}  client ${event.ip}  from <${event.from}>${heldFor(event.check)}`, 200));
      }
      if (count === 0 || waiting !== null) return;
      tell();
      later();
    },
    stop: () => {
      if (waiting !== null) clearTimeout(waiting);
    },
  };
}
