// Script of the landing page, as the browser gets it. Texts of strangers go into the page as text only, never as HTML.
export const pageScript = String.raw`'use strict';
const $ = (id) => document.getElementById(id);
const make = (tag, text, className) => {
  const node = document.createElement(tag);
  if (text !== undefined && text !== null) node.textContent = text;
  if (className) node.className = className;
  return node;
};
const sum = (counts, ...names) => names.reduce((all, name) => all + (counts[name] || 0), 0);
const size = (bytes) => (bytes < 1e6 ? Math.round(bytes / 1e3) + ' kB' : bytes < 1e9 ? (bytes / 1e6).toFixed(1) + ' MB' : (bytes / 1e9).toFixed(2) + ' GB');
// UTC throughout, as in the log and in explain: the reader compares.
const clock = (time) => new Date(time).toISOString().slice(11, 19);
const day = (time) => new Date(time).toISOString().slice(0, 16).replace('T', ' ') + ' UTC';

// Where the gateway does not listen on loopback it asks for a token; it is kept for this tab alone.
const withToken = (headers) => {
  const token = sessionStorage.getItem('token');
  return token ? { ...headers, authorization: 'Bearer ' + token } : headers;
};
function showTokenForm(answer) {
  $('login').hidden = answer.status !== 401;
  if (answer.status === 401) sessionStorage.removeItem('token');
}

async function ask(path) {
  const answer = await fetch(path, { headers: withToken({ accept: 'application/json' }) });
  const json = await answer.json();
  showTokenForm(answer);
  if (!answer.ok) throw new Error(json.error || 'the gateway answered ' + answer.status);
  return json;
}

function showStatus(status) {
  $('hostname').textContent = status.hostname;
  $('version').textContent = 'version ' + status.version;
  $('since').textContent = 'since ' + day(status.startedAt);
  $('mode').textContent = status.mode === 'observe' ? 'observing: abuse checks only record' : '';
  $('state').textContent = status.ready ? 'taking mail' : 'not ready';
  $('state').className = 'pill ' + (status.ready ? 'good' : 'bad');
  $('trouble').replaceChildren(...status.trouble.map((text) => make('li', text)));
  const minute = status.lastMinute;
  const total = status.total;
  const cards = [
    ['Sessions open', status.sessions.inside + status.sessions.outside, 'of ' + status.sessions.most + ', ' + status.sessions.inside + ' from inside'],
    ['Delivered', sum(minute.messages, 'delivered'), 'last minute; ' + sum(total.messages, 'delivered') + ' in all'],
    ['Refused by checks', sum(minute.findings, 'reject', 'defer', 'refuse-at-banner'), 'last minute; ' + sum(total.findings, 'reject', 'defer', 'refuse-at-banner') + ' in all'],
    ['Turned away', minute.connectionsRefused, 'connections, last minute; ' + total.connectionsRefused + ' in all'],
    ['Load level', status.loadLevel, status.loadLevel === 0 ? 'normal' : 'work is shed'],
    ['Journal', size(status.journal.bytes), status.journal.dropped === 0 ? 'complete' : status.journal.dropped + ' events lost'],
  ];
  $('cards').replaceChildren(...cards.map(([name, value, note]) => {
    const card = make('div');
    const number = make('dd', String(value));
    number.append(make('small', note));
    card.append(make('dt', name), number);
    return card;
  }));
  const hubs = status.hubs.map((hub) => ['next hop ' + hub.route, hub.address, { closed: 'well', open: 'away', 'half-open': 'away, tried again now', unknown: 'not asked yet' }[hub.state], hub.busy + ' busy, ' + hub.idle + ' idle']);
  const doors = status.doors.map((door) => ['door ' + door.name, '', door.state + ', lag ' + Math.round(door.lagMs) + ' ms', door.sessions + ' sessions']);
  $('parts').replaceChildren(...[...hubs, ...doors].map(row));
}

function row(cells) {
  const line = make('tr');
  line.append(...cells.map((cell) => (cell instanceof Node ? cell : make('td', cell))));
  return line;
}

function whatOf(event) {
  if (event.type === 'message-finished') return [event.outcome, event.outcome === 'delivered' ? 'good' : 'warn'];
  const decisive = (event.findings || []).find((each) => each.action === event.action) || (event.findings || [])[0];
  const why = decisive ? decisive.outcome.because || decisive.outcome.why : event.reason || event.error || event.why || '';
  const what = { 'connection-refused': 'turned away', 'command-refused': 'command refused', 'stage-judged': event.action + ' at ' + event.stage }[event.type] || event.type;
  return [what + (why ? ': ' + why : ''), event.reply ? 'bad' : 'warn'];
}

let shown = [];
function showEvents(events) {
  shown = events.slice(-30);
  if (shown.length === 0) return;
  $('last').replaceChildren(...shown.toReversed().map((event) => {
    const input = event.input || event;
    const to = input.to || (input.recipients || []).join(', ');
    const [what, className] = whatOf(event);
    const reference = make('td');
    if (event.ref) {
      const button = make('button', event.ref);
      button.type = 'button';
      button.addEventListener('click', () => explain(event.ref));
      reference.append(button);
    }
    const envelope = input.from === undefined ? '' : '<' + input.from + '>' + (to ? ' to <' + to + '>' : '');
    return row([clock(event.at), event.ip || event.route || '', envelope, make('td', what, className), reference]);
  }));
}

async function explain(id) {
  $('id').value = id;
  try {
    const { explanations, more } = await ask('/api/v1/explain/' + encodeURIComponent(id));
    $('answer').replaceChildren(...explanations.map(told), ...(more ? [make('p', 'Older sessions match too; give a time or reference.')] : []));
  } catch (error) {
    $('answer').replaceChildren(make('p', error.message, 'bad'));
  }
  $('answer').scrollIntoView({ block: 'nearest' });
}

function told(each) {
  const box = make('article', undefined, 'told');
  const list = make('dl');
  const add = (name, text) => { if (text) list.append(make('dt', name), make('dd', text)); };
  box.append(make('h3', each.outcome + (each.stage ? ' at ' + each.stage : '') + ': ' + each.decision.because));
  if (each.since) box.append(make('p', 'Since then, ' + each.since.at + ': ' + each.since.what));
  add('id', each.id);
  add('when', each.at);
  add('client', each.client.ip + (each.client.helo ? ', HELO ' + each.client.helo : '') + (each.client.user ? ', user ' + each.client.user : ''));
  if (each.from !== null) add('from', '<' + each.from + '>');
  add('to', each.to.map((to) => '<' + to + '>').join(' '));
  if (each.message) add('message', [each.message.messageId, each.message.subject].filter(Boolean).join(', '));
  add('heard', each.reply);
  add('check', each.decision.check);
  if (each.today) add('today', each.today.outcome + ': ' + each.today.because);
  for (const finding of each.findings) add('found', finding.stage + ' ' + finding.check + ': ' + finding.action + ': ' + finding.because + ' ' + JSON.stringify(finding.evidence));
  for (const [name, fact] of Object.entries(each.facts)) add('fact', name + ': ' + ('unknown' in fact ? 'unknown: ' + fact.unknown : JSON.stringify(fact.value)));
  for (const step of each.timeline) add(step.at.slice(11, 23), step.type + ' ' + step.text.map(([key, value]) => key + '=' + value).join(' '));
  box.append(list);
  return box;
}

// Decisions as they happen. While that works nobody asks for the last ones again.
let live = false;
async function follow() {
  live = true;
  try {
    const answer = await fetch('/api/v1/events/live', { headers: withToken({ accept: 'text/event-stream' }) });
    if (!answer.ok) return;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    showEvents((await ask('/api/v1/events?decisions=true&limit=30')).events);
    for (let rest = ''; ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      const messages = (rest + value).split('\n\n');
      rest = messages.pop();
      const events = messages.filter((text) => text.startsWith('data: ')).map((text) => JSON.parse(text.slice(6)));
      if (events.length > 0) showEvents([...shown, ...events]);
    }
  } catch {
    // The next refresh tries again.
  } finally {
    live = false;
  }
}

async function refresh() {
  try {
    showStatus(await ask('/api/v1/status'));
    if (!live) {
      showEvents((await ask('/api/v1/events?decisions=true&limit=30')).events);
      follow();
    }
  } catch (error) {
    $('state').textContent = 'no answer';
    $('state').className = 'pill bad';
  }
  // A page nobody looks at asks nothing.
  if (document.visibilityState === 'visible') setTimeout(refresh, 2000);
  else document.addEventListener('visibilitychange', refresh, { once: true });
}

$('login').addEventListener('submit', (submit) => {
  submit.preventDefault();
  sessionStorage.setItem('token', $('token').value.trim());
  $('token').value = '';
  location.reload();
});
$('why').addEventListener('submit', (submit) => {
  submit.preventDefault();
  explain($('id').value.trim());
});
refresh();
`;
