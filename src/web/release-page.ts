// The release page: what a link in a letter about held mail opens. It shows and asks; only its button releases, because programs that look at
// mail follow links. Who may do it is proved by the signature in the link: no token of an operator, no script, nothing from anywhere else.
import { createHash } from 'node:crypto';
import type { DigestLanguage } from '../model/release.ts';
import { digestWords } from '../respond/digest/languages/catalogue.ts';
import { escapeHtml } from '../respond/digest/letter.ts';
import type { OfferedMessage, ReleaseDoor, ReleaseView } from '../respond/digest/release-view.ts';
import { dateText, filled, type PageWords } from '../respond/digest/words.ts';
import { RateTable, type Rate } from '../lib/gcra.ts';
import { networkOf } from '../lib/ip.ts';

/** A page for people, beside the table of the API. */
export interface HtmlPage {
  readonly method: 'GET' | 'POST';
  /** With parameters in braces. */
  readonly path: string;
  run(request: HtmlRequest): Promise<HtmlAnswer | null>;
}

export interface HtmlRequest {
  readonly params: Readonly<Record<string, string>>;
  /** Address of who asks. */
  readonly asker: string;
}

/** Null instead of it: there is no such page. */
export interface HtmlAnswer {
  readonly status: 200 | 403 | 404 | 409 | 410 | 429 | 503;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ReleasePageParts {
  /** Null: recipients do not release. */
  door(): ReleaseDoor | null;
  /** Our own fault, for the log. */
  onFault(error: unknown): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Requests of one address (IPv6: a /64): many at once, because a whole office may stand behind one, then one a second. */
const rate: Rate = { everyMs: 1000, burst: 60 };
/** Addresses remembered. */
const mostAskers = 10_000;

export const releasePath = '/release/';

export function releasePages({ door, onFault, now }: ReleasePageParts): readonly HtmlPage[] {
  const rates = new RateTable({ capacity: mostAskers, now });
  const page = (method: HtmlPage['method'], act: (open: ReleaseDoor, token: string, asker: string) => Promise<ReleaseView | null>): HtmlPage => ({
    method,
    path: `${releasePath}{token}`,
    run: async ({ params, asker }) => {
      const open = door();
      if (open === null) return null;
      if (!rates.accept(networkOf(asker, 32, 64), rate)) return told(open.language, 'tooMany', 429);
      try {
        const view = await act(open, params['token'] ?? '', asker);
        return view === null ? null : answerOf(view);
      } catch (error) {
        onFault(error);
        return told(open.language, 'trouble', 503);
      }
    },
  });
  return [page('GET', (open, token) => open.look(token)), page('POST', (open, token, asker) => open.release(token, asker))];
}

const statuses = {
  offered: 200,
  released: 200,
  ordered: 200,
  rejected: 409,
  used: 410,
  expired: 410,
  gone: 410,
  'not-offered': 403,
  forged: 404,
} as const satisfies Readonly<Record<ReleaseView['state'], number>>;

function answerOf(view: ReleaseView): HtmlAnswer {
  const { language, postmaster, state } = view;
  const { page } = digestWords[language];
  if (state === 'offered') return answer(language, statuses.offered, offerHtml(language, view.message));
  const said = state === 'not-offered' ? page.notOffered : page[state];
  return answer(language, statuses[state], `<p class="said ${state}" role="status">${escapeHtml(filled(said, { postmaster }))}</p>`);
}

const told = (language: DigestLanguage, what: keyof PageWords, status: HtmlAnswer['status']): HtmlAnswer =>
  answer(language, status, `<p class="said" role="status">${escapeHtml(digestWords[language].page[what])}</p>`);

function offerHtml(language: DigestLanguage, { recipient, from, subject, arrivedAt, keptUntil, reason }: OfferedMessage): string {
  const words = digestWords[language];
  const { labels, page } = words;
  const facts: readonly (readonly [label: string, value: string])[] = [
    [labels.from, from],
    [labels.subject, subject === '' ? words.noSubject : subject],
    [labels.arrived, dateText(words, arrivedAt)],
    [labels.reason, words.reasons[reason]],
    [labels.until, dateText(words, keptUntil)],
  ];
  return [
    '<dl>',
    ...facts.map(([label, value]) => `<dt>${escapeHtml(label)}</dt><dd><bdi>${escapeHtml(value)}</bdi></dd>`),
    '</dl>',
    `<p>${escapeHtml(filled(page.question, { recipient }))}</p>`,
    `<form method="post"><button>${escapeHtml(page.button)}</button></form>`,
    `<p class="caution">${escapeHtml(words.caution)}</p>`,
  ].join('\n');
}

const style = `:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:40rem;padding:1.5rem}
dt{font-weight:600}
dd{margin:0 0 .6rem;overflow-wrap:anywhere}
button{font:inherit;padding:.6rem 1.2rem;cursor:pointer}
.said{font-size:1.2rem}
.caution{opacity:.8}`;

/** Nothing is loaded, nothing runs, and the form leads back here (CSP level 3). The address holds a key: nobody is told where the visitor was. */
const headers: HtmlAnswer['headers'] = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex, nofollow',
};

function answer(language: DigestLanguage, status: HtmlAnswer['status'], content: string): HtmlAnswer {
  const words = digestWords[language];
  const title = escapeHtml(words.page.title);
  const html = `<!doctype html>
<html lang="${words.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return { status, html, headers: status === 429 ? { ...headers, 'retry-after': '60' } : headers };
}
