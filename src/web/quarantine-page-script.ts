// Script of the page of held mail, as the browser gets it. Texts of strangers go into the page as text only: nothing here makes HTML, sets an address
// or a style from what was read.
export const quarantinePageScript = String.raw`'use strict';
const $ = (id) => document.getElementById(id);
// What would turn the direction of writing, or cannot be seen, as its code.
const visible = (text) => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => '\\u{' + char.codePointAt(0).toString(16) + '}');
const make = (tag, text, className) => {
  const node = document.createElement(tag);
  if (text !== undefined && text !== null) node.textContent = visible(text);
  if (className) node.className = className;
  return node;
};
const api = '/api/v1/quarantine';
const day = (time) => new Date(time).toISOString().slice(0, 16).replace('T', ' ');

// The token is kept for this tab alone. Reading the mail itself, and what is done with it, asks for one of an operator.
async function ask(method, path, body) {
  const token = sessionStorage.getItem('token');
  const answer = await fetch(path, {
    method,
    headers: { accept: 'application/json', ...(token ? { authorization: 'Bearer ' + token } : {}), ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const json = await answer.json();
  const needsToken = answer.status === 401 || answer.status === 403;
  if (needsToken) $('login').hidden = false;
  if (answer.status === 401) sessionStorage.removeItem('token');
  if (!answer.ok) throw new Error(json.error || 'the gateway answered ' + answer.status);
  return json;
}

function selected() {
  const select = {};
  for (const name of ['sender', 'recipient', 'subject', 'reason', 'incident', 'largerThan']) if ($(name).value.trim() !== '') select[name] = $(name).value.trim();
  for (const name of ['since', 'before']) if ($(name).value !== '') select[name] = $(name).value + ':00Z';
  if ($('which').value === 'refused') select.refused = 'true';
  return select;
}
const state = () => ($('which').value === 'trash' ? 'trash' : 'held');

let next = null;
async function search(after) {
  const query = new URLSearchParams({ ...selected(), state: state(), limit: '100', ...(after ? { after } : {}) });
  const answer = await ask('GET', api + '?' + query);
  next = answer.next;
  $('more').hidden = next === null;
  const rows = answer.items.map(row);
  if (after) $('list').append(...rows);
  else $('list').replaceChildren(...(rows.length === 0 ? [emptyRow()] : rows));
  $('release').disabled = state() === 'trash';
  $('discard').textContent = state() === 'trash' ? 'Bring all of these back ...' : 'Discard all of these ...';
}

function emptyRow() {
  const line = make('tr');
  const cell = make('td', 'nothing');
  cell.colSpan = 5;
  line.append(cell);
  return line;
}

function row(item) {
  const line = make('tr');
  const look = make('td');
  const button = make('button', item.id);
  button.type = 'button';
  button.addEventListener('click', () => told(() => preview(item)));
  look.append(button);
  const what = make('td');
  what.append(make('bdi', item.subject === null ? '(no subject)' : item.subject), make('br'), make('small', item.reason + (item.refused ? ' (refused)' : '')));
  line.append(make('td', day(item.queuedAt)), make('td', '<' + item.from + '> to ' + item.to.map((to) => '<' + to + '>').join(' ')), what, make('td', String(item.size)), look);
  return line;
}

async function preview(item) {
  $('preview').hidden = true;
  const shown = await ask('POST', api + '/' + encodeURIComponent(item.id) + '/preview');
  $('preview-title').textContent = item.id;
  $('envelope').replaceChildren();
  const add = (name, text) => { if (text) $('envelope').append(make('dt', name), make('dd', text)); };
  add('subject', shown.subject);
  add('author', shown.author);
  add('from', '<' + item.from + '>');
  add('to', item.to.map((to) => '<' + to + '>').join(' '));
  add('client', item.ip + (item.user ? ', user ' + item.user : ''));
  add('came', item.queuedAt);
  add('goes', item.expiresAt);
  add('reason', item.reason);
  add('incident', item.incident);
  if (item.refused) add('refused', 'its sender was told so; this is a copy');
  if (item.release) add('release', item.release.outcome + ' by ' + item.release.by + ': ' + item.release.why);
  $('readable').textContent = shown.kind === 'none' ? '(no text)' : shown.readable.join('\n');
  $('links').replaceChildren(...(shown.links.length === 0 ? [make('li', 'nothing')] : shown.links.map((link) => make('li', link))));
  $('parts').replaceChildren(...shown.parts.map((part) => make('li', part.type + ', ' + part.bytes + ' bytes' + (part.name ? ', ' + part.name : ''))));
  $('source').textContent = shown.header.join('\n') + '\n\n' + shown.text.join('\n') + (shown.more ? '\n(there is more)' : '');
  $('preview').hidden = false;
  $('preview').scrollIntoView({ block: 'start' });
}

const words = { release: 'released', discard: 'discarded', undo: 'brought back' };

// The number first; then portion by portion, and what was left.
let wanted = null;
async function rehearse(verb) {
  const select = selected();
  const body = Object.keys(select).length === 0 ? { all: true } : { select };
  const { messages, bytes } = await ask('POST', api + '/' + verb, { ...body, dryRun: true });
  wanted = { verb, body };
  $('number').textContent = messages + ' messages (' + bytes + ' bytes) would be ' + words[verb] + '. Do it?';
  $('sure').hidden = false;
}

async function act() {
  const { verb, body } = wanted;
  $('sure').hidden = true;
  let done = 0;
  const left = [];
  try {
    for (let after = null; ; ) {
      const answer = await ask('POST', api + '/' + verb, { ...body, ...(after ? { after } : {}) });
      for (const result of answer.results) if (result.ok) done += 1; else left.push(result.error);
      if (answer.next === null) break;
      after = answer.next;
    }
  } finally {
    $('state').textContent = done + ' ' + words[verb] + (left.length === 0 ? '' : ', ' + left.length + ' were not');
    $('result').replaceChildren(...left.slice(0, 20).map((error) => make('li', error)));
  }
  await search();
}

async function told(run) {
  $('result').replaceChildren();
  try {
    await run();
  } catch (error) {
    $('result').replaceChildren(make('li', error.message));
  }
}

$('search').addEventListener('submit', (submit) => {
  submit.preventDefault();
  $('sure').hidden = true;
  told(() => search());
});
$('more').addEventListener('click', () => told(() => search(next)));
$('release').addEventListener('click', () => told(() => rehearse('release')));
$('discard').addEventListener('click', () => told(() => rehearse(state() === 'trash' ? 'undo' : 'discard')));
$('yes').addEventListener('click', () => told(act));
$('no').addEventListener('click', () => { $('sure').hidden = true; });
$('login').addEventListener('submit', (submit) => {
  submit.preventDefault();
  sessionStorage.setItem('token', $('token').value.trim());
  $('token').value = '';
  $('login').hidden = true;
  told(() => search());
});
// A link may name what is looked for: /quarantine#incident=i-7.
for (const [name, value] of new URLSearchParams(location.hash.slice(1))) if (['sender', 'recipient', 'subject', 'reason', 'incident'].includes(name)) $(name).value = value;
told(() => search());
`;
