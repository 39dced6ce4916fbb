// The landing page: how the gateway does now, its last decisions, and "why?" for an id. No external resource, no inline script.
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { quarantinePageFiles } from './quarantine-page.ts';

export interface PageFile {
  readonly path: string;
  readonly contentType: string;
  readonly text: string;
}

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Floodgate</title>
<link rel="stylesheet" href="/floodgate.css">
<script src="/floodgate.js" defer></script>
</head>
<body>
<header>
<h1>Floodgate <small id="hostname"></small></h1>
<p><span id="state" class="pill" role="status">asking</span> <span id="mode"></span> <span id="since"></span></p>
</header>
<main>
<form id="login" hidden>
<label for="token">Token (floodgate token add NAME --role reader)</label>
<div class="row"><input id="token" name="token" type="password" autocomplete="off" required><button>Open</button></div>
</form>
<ul id="trouble" class="trouble" aria-label="Trouble"></ul>
<section aria-labelledby="now-title">
<h2 id="now-title">Now</h2>
<dl class="cards" id="cards"></dl>
</section>
<section aria-labelledby="why-title">
<h2 id="why-title">Why?</h2>
<form id="why" role="search">
<label for="id">Reference, queue id, Message-ID, address or time</label>
<div class="row"><input id="id" name="id" autocomplete="off" autocapitalize="off" spellcheck="false" required><button>Explain</button></div>
</form>
<div id="answer" aria-live="polite"></div>
</section>
<section aria-labelledby="last-title">
<h2 id="last-title">Last decisions</h2>
<div class="scroll"><table><thead><tr><th>Time (UTC)</th><th>Client</th><th>From and to</th><th>What</th><th>Reference</th></tr></thead><tbody id="last"><tr><td colspan="5">none yet</td></tr></tbody></table></div>
</section>
<section aria-labelledby="parts-title">
<h2 id="parts-title">Next hops and doors</h2>
<div class="scroll"><table><thead><tr><th>Part</th><th>Where</th><th>State</th><th>At work</th></tr></thead><tbody id="parts"></tbody></table></div>
</section>
</main>
<footer><a href="/quarantine">Held mail</a> <a href="/metrics">Metrics</a> <a href="/api/v1/openapi.json">API</a> <a href="/readyz">Ready?</a> <span id="version"></span></footer>
</body>
</html>
`;

/** What the page consists of. */
export const pageFiles: readonly PageFile[] = [
  { path: '/', contentType: 'text/html; charset=utf-8', text: html },
  { path: '/floodgate.css', contentType: 'text/css; charset=utf-8', text: pageStyle },
  { path: '/floodgate.js', contentType: 'text/javascript; charset=utf-8', text: pageScript },
  ...quarantinePageFiles,
];
