// A real browser (headless Chromium) driven over its debugging protocol, with all that it asks for going through a proxy that writes it down:
// also what goes to this machine. Only named hosts are let through.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { peerPath } from './peer.ts';
import { atEnd, scratchDirectory, startProcess, type Owner } from './scratch.ts';
import { until, within } from './until.ts';

/** A browser asks its makers for the time and for updates, whatever is said. No page of ours and no mail of the tests names them. */
export const isOfMakers = (url: string): boolean => /^(?:https?:\/\/)?[a-z0-9.-]+\.(?:google|googleapis|gstatic)\.com(?:[:/]|$)/.test(url);

/** What a browser asked for, in order, as the proxy saw it. */
export interface Onlooker {
  readonly port: number;
  /** URLs; of what would be encrypted `host:port`. */
  readonly asked: readonly string[];
}

/** A proxy on loopback that lets only requests to these hosts (`127.0.0.1:8025`) through, and notes all. */
export async function startOnlooker(owner: Owner, hosts: readonly string[]): Promise<Onlooker> {
  const asked: string[] = [];
  const server = createServer((incoming, answer) => {
    const url = incoming.url ?? '';
    asked.push(url);
    const target = URL.parse(url);
    if (target === null || !hosts.includes(target.host)) {
      answer.writeHead(502).end();
      return;
    }
    const { method, headers } = incoming;
    const onward = request({ host: target.hostname, port: target.port, path: `${target.pathname}${target.search}`, method, headers, agent: false });
    onward.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    incoming.pipe(onward);
  });
  server.on('connect', (incoming, socket) => {
    asked.push(incoming.url ?? '');
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 502 No\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(owner, () => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, asked }; // it listens on TCP
}

export interface BrowserPage {
  /** The value of an expression in the page; a promise is awaited. Rejects where it throws. */
  evaluate<T>(expression: string): Promise<T>;
  /** Waits until the expression is true. */
  until(what: string, expression: string): Promise<void>;
  /** Goes to an address and waits until it has loaded. */
  goto(url: string): Promise<void>;
  /** Windows of `alert` and the like that a script opened; each was closed. */
  readonly dialogs: readonly string[];
  /** What the page itself asked for, also what was forbidden to it before it left. */
  readonly requests: readonly string[];
}

interface Told {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Nothing that a browser does of itself: only what its page makes it do is to be seen. */
const quiet = [
  '--headless=new',
  '--no-sandbox', // tests run as root
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-sync',
  '--metrics-recording-only',
  '--disable-client-side-phishing-detection',
  '--disable-features=NetworkTimeServiceQuerying,OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,CertificateTransparencyComponentUpdater',
];

/** Opens an empty page in a browser of its own, which asks for everything through the onlooker. */
export async function openBrowser(owner: Owner, onlooker: Pick<Onlooker, 'port'>): Promise<BrowserPage> {
  const profile = scratchDirectory(owner, 'chromium');
  const child = startProcess(
    owner,
    peerPath('chromium'),
    [
      ...quiet,
      `--proxy-server=http://127.0.0.1:${onlooker.port}`,
      '--proxy-bypass-list=<-loopback>',
      `--user-data-dir=${join(profile, 'profile')}`,
      '--remote-debugging-port=0',
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile } },
  );
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const address = await until('Chromium to listen', () => /DevTools listening on (ws:\S+)/.exec(said)?.[1] ?? false);
  return attach(owner, address);
}

async function attach(owner: Owner, address: string): Promise<BrowserPage> {
  const socket = new WebSocket(address);
  await within(
    10_000,
    'Chromium to answer',
    new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    }),
  );
  atEnd(owner, () => socket.close());
  const dialogs: string[] = [];
  const requests: string[] = [];
  const waiting = new Map<number, (told: Told) => void>();
  let [last, session] = [0, ''];
  const send = (method: string, params: object = {}): Promise<Record<string, unknown>> => {
    const id = ++last;
    socket.send(JSON.stringify({ id, method, params, ...(session === '' ? {} : { sessionId: session }) }));
    const answered = new Promise<Record<string, unknown>>((resolve, reject) =>
      waiting.set(id, ({ result, error }) => (result === undefined ? reject(new Error(`${method}: ${error?.message ?? 'no result'}`)) : resolve(result))),
    );
    return within(20_000, `Chromium to answer ${method}`, answered);
  };
  socket.addEventListener('message', ({ data }) => {
    const told = JSON.parse(String(data)) as Told; // the protocol's own form
    if (told.id !== undefined) waiting.get(told.id)?.(told);
    if (told.method === 'Network.requestWillBeSent') requests.push((told.params?.['request'] as { url: string } | undefined)?.url ?? ''); // as above
    if (told.method === 'Page.javascriptDialogOpening') {
      dialogs.push(String(told.params?.['message']));
      void send('Page.handleJavaScriptDialog', { accept: false });
    }
  });
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  session = String((await send('Target.attachToTarget', { targetId, flatten: true }))['sessionId']);
  for (const domain of ['Page', 'Network', 'Runtime']) await send(`${domain}.enable`);
  return pageOf(send, { dialogs, requests });
}

function pageOf(send: (method: string, params?: object) => Promise<Record<string, unknown>>, seen: Pick<BrowserPage, 'dialogs' | 'requests'>): BrowserPage {
  const evaluate = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: T }).value; // what the caller's expression gives
  };
  const waitFor = async (what: string, expression: string): Promise<void> => {
    await until(what, () => evaluate<boolean>(`Boolean(${expression})`).catch(() => false)); // between two pages there is nothing to ask
  };
  return {
    ...seen,
    evaluate,
    until: waitFor,
    goto: async (url) => {
      await send('Page.navigate', { url });
      await waitFor(`${url} to load`, `document.readyState === 'complete' && location.href.startsWith(${JSON.stringify(url.split('#')[0])})`);
    },
  };
}
