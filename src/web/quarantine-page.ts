// The page of held mail: search, a safe look, release and discard of one or of all that fit, the number first. What strangers wrote goes in as
// text only, and the policy of the page lets nothing be fetched from elsewhere even if it did not.
import type { PageFile } from './page.ts';
import { quarantinePageScript } from './quarantine-page-script.ts';

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Held mail - Floodgate</title>
<link rel="stylesheet" href="/floodgate.css">
<link rel="stylesheet" href="/quarantine.css">
<script src="/quarantine.js" defer></script>
</head>
<body>
<header>
<h1>Held mail</h1>
<p><a href="/">Floodgate</a> <span id="state" role="status"></span></p>
</header>
<main>
<form id="login" hidden>
<label for="token">Token of an operator (floodgate token add NAME --role operator)</label>
<div class="row"><input id="token" name="token" type="password" autocomplete="off" required><button>Open</button></div>
</form>
<form id="search" role="search">
<div class="fields">
<p><label for="sender">Sender: address or domain</label><input id="sender" name="sender" autocomplete="off"></p>
<p><label for="recipient">Recipient: address or domain</label><input id="recipient" name="recipient" autocomplete="off"></p>
<p><label for="subject">Words of the subject</label><input id="subject" name="subject" autocomplete="off"></p>
<p><label for="reason">Words of the reason</label><input id="reason" name="reason" autocomplete="off"></p>
<p><label for="incident">Incident</label><input id="incident" name="incident" autocomplete="off"></p>
<p><label for="since">Came since (UTC)</label><input id="since" name="since" type="datetime-local"></p>
<p><label for="before">Came before (UTC)</label><input id="before" name="before" type="datetime-local"></p>
<p><label for="largerThan">Larger than (bytes)</label><input id="largerThan" name="largerThan" type="number" min="0"></p>
<p><label for="which">Which</label><select id="which" name="which"><option value="held">held</option><option value="refused">copies of refused mail</option><option value="trash">discarded</option></select></p>
</div>
<div class="row"><button>Search</button> <button type="button" id="release">Release all of these ...</button> <button type="button" id="discard">Discard all of these ...</button></div>
</form>
<section id="sure" hidden aria-live="polite"><p id="number"></p><div class="row"><button type="button" id="yes">Yes</button> <button type="button" id="no">No</button></div></section>
<ul id="result" class="trouble" aria-live="polite"></ul>
<div class="scroll"><table><thead><tr><th>Came (UTC)</th><th>From and to</th><th>Subject and reason</th><th>Bytes</th><th>Look</th></tr></thead><tbody id="list"></tbody></table></div>
<p><button type="button" id="more" hidden>More</button></p>
<section id="preview" hidden aria-labelledby="preview-title">
<h2 id="preview-title"></h2>
<dl id="envelope" class="told"></dl>
<h3>As text</h3><pre id="readable"></pre>
<h3>Leads to, or would fetch (nothing is followed)</h3><ul id="links"></ul>
<h3>Parts</h3><ul id="parts"></ul>
<h3>As it stands</h3><pre id="source"></pre>
</section>
</main>
</body>
</html>
`;

const style = `.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0 .8rem; }
.fields p { margin: .3rem 0; } .fields input, .fields select { width: 100%; }
select { font: inherit; padding: .5rem .7rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--card); color: var(--ink); }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
#sure { border: 2px solid var(--warn); border-radius: .5rem; padding: .2rem .9rem .9rem; margin: .7rem 0; }
#links li, #parts li { overflow-wrap: anywhere; }
`;

/** What the page consists of, besides the style of the landing page. */
export const quarantinePageFiles: readonly PageFile[] = [
  { path: '/quarantine', contentType: 'text/html; charset=utf-8', text: html },
  { path: '/quarantine.css', contentType: 'text/css; charset=utf-8', text: style },
  { path: '/quarantine.js', contentType: 'text/javascript; charset=utf-8', text: quarantinePageScript },
];
