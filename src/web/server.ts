// The web door: mounts the table of routes over TCP (as access.ts allows) and over control.sock (everything). The only file that knows Hono.
import { chmodSync, rmSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { isLoopback } from '../config/address-space.ts';
import { canonicalIp } from '../lib/ip.ts';
import { socketPath } from '../lib/socket-path.ts';
import type { TcpAccess, Where } from './access.ts';
import { guardTcp } from './guard.ts';
import type { WebHouse } from './house.ts';
import { openApi } from './openapi.ts';
import { pageFiles } from './page.ts';
import { releasePages, type HtmlPage } from './release-page.ts';
import { refused, type ApiAnswer, type ApiRequest, type Route } from './route.ts';
import { apiRoutes } from './routes.ts';

export interface WebOptions {
  readonly version: string;
  /** Names under which a browser may ask, besides addresses and localhost; read at each request, because a reload may change them. */
  allowedHosts(): readonly string[];
  /** Who may do what over TCP. */
  readonly access: TcpAccess;
  /** Routes of other parts of the house. */
  readonly furtherRoutes?: readonly Route[];
  /** Pages for people beside the landing page. */
  readonly pages?: readonly HtmlPage[];
  /** A route threw: our own fault, for the log. */
  onFault(error: unknown, path: string): void;
}

export interface Web {
  /** Rejects when the address cannot be had. Gives the port it really has. */
  listen(address: { readonly host: string; readonly port: number }): Promise<{ readonly host: string; readonly port: number }>;
  /** Opens the socket for the command line; only the daemon's own user may use it. A leftover of a crash is replaced: the state directory is locked. */
  listenControl(path: string): Promise<void>;
  /** Stops listening and cuts what is open. */
  close(): Promise<void>;
}

const maxBodyBytes = 1024 * 1024;
/** Browsers, a scraper and a few commands at once; more is a leak or an attack. */
const maxConnections = 200;
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;

export function createWeb(house: WebHouse, options: WebOptions): Web {
  const routes = [...apiRoutes(house), ...(options.furtherRoutes ?? [])];
  const pages = releasePages({ door: () => house.releases(), onFault: (error) => options.onFault(error, 'a release page'), now: Date.now });
  const servers: { readonly server: Server; release(): void }[] = [];
  const open = async (where: Where, listen: (server: Server) => void, release: () => void): Promise<Server> => {
    // createAdaptorServer gives a plain HTTP server unless told otherwise.
    const server = createAdaptorServer({ fetch: createApp(routes, where, { ...options, pages }).fetch }) as Server;
    Object.assign(server, { maxConnections, headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs });
    await listening(server, listen);
    servers.push({ server, release });
    return server;
  };
  return {
    listen: async ({ host, port }) => {
      const server = await open(
        isLoopback(host) ? 'loopback' : 'network',
        (opened) => opened.listen(port, host),
        () => undefined,
      );
      const address = server.address();
      return { host, port: typeof address === 'object' && address ? address.port : port };
    },
    listenControl: async (path) => {
      rmSync(path, { force: true });
      const socket = socketPath(path);
      await open('control', (opened) => opened.listen(socket.path), socket.release);
      chmodSync(path, 0o600);
    },
    close: async () => {
      await Promise.all(servers.splice(0).map(closed));
    },
  };
}

function listening(server: Server, listen: (server: Server) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    listen(server);
  });
}

function closed({ server, release }: { readonly server: Server; release(): void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      release();
      resolve();
    });
    server.closeAllConnections();
  });
}

interface Environment {
  /** As the adaptor gives it; nothing when the application is called without a socket. */
  readonly Bindings?: { readonly incoming?: IncomingMessage };
  /** Who asks, for the record. */
  readonly Variables: { by: string };
}
type Asked = Context<Environment>;

/** The application as a function of requests, without a socket. */
export function createApp(routes: readonly Route[], where: Where, options: WebOptions): Hono<Environment> {
  const app = new Hono<Environment>();
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(safeHeaders)) context.header(name, value);
    const { req } = context;
    context.set('by', req.header('x-floodgate-user') ?? 'operator');
    if (where === 'control') return next();
    const refusal = guardTcp({ path: req.path, header: (name) => req.header(name) }, options.allowedHosts());
    if (refusal) return context.json({ error: refusal.error }, refusal.status);
    const peer = context.env?.incoming?.socket.remoteAddress;
    const access = options.access({ method: req.method, path: req.path, peer, authorization: req.header('authorization') }, where);
    if (access.kind === 'refused') {
      if (access.status === 401) context.header('www-authenticate', 'Bearer realm="floodgate"');
      return context.json({ error: access.error }, access.status);
    }
    context.set('by', `token ${access.bearer?.name ?? 'none'}`);
    return next();
  });
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: (context) => context.json({ error: 'the body is larger than 1 MiB' }, 413) }));
  for (const route of routes) {
    const path = honoPath(route.path);
    if (where === 'control' || route.controlOnly !== true) app.on(route.method, path, (context) => serve(context, route));
    else app.on(route.method, path, (context) => context.json({ error: 'only over control.sock in the state directory' }, 403));
  }
  const described = openApi(routes, options);
  app.get('/api/v1/openapi.json', (context) => context.json(described));
  for (const page of options.pages ?? []) app.on(page.method, honoPath(page.path), (context) => servePage(context, page));
  for (const file of pageFiles) app.get(file.path, (context) => context.body(file.text, 200, { 'content-type': file.contentType }));
  app.notFound((context) => context.json({ error: 'no such page; see /api/v1/openapi.json' }, 404));
  app.onError((error, context) => {
    options.onFault(error, context.req.path);
    return context.json({ error: 'something went wrong here; the log tells what' }, 500);
  });
  return app;
}

/** The page needs its own script and style, and nothing from anywhere else. */
const safeHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/** The last parameter takes the rest of the path: a Message-ID may hold a slash. */
const honoPath = (path: string): string => path.replace(/\{(\w+)\}$/, ':$1{.+}').replace(/\{(\w+)\}/g, ':$1');

async function serve(context: Asked, route: Route): Promise<Response> {
  const body = await readBody(context, route);
  const answer = 'wrong' in body ? refused(400, body.wrong) : await route.run(requestOf(context, body.value));
  return send(context, answer);
}

async function servePage(context: Asked, page: HtmlPage): Promise<Response> {
  const peer = context.env?.incoming?.socket.remoteAddress;
  const answer = await page.run({ params: context.req.param() as Record<string, string>, asker: askerOf(peer, context.req.header('x-forwarded-for')) });
  if (answer === null) return context.notFound();
  return context.body(answer.html, answer.status, { ...answer.headers });
}

/** Who asks: the peer; where that is on this machine, a server that speaks TLS in front of us, whom it names last. */
function askerOf(peer: string | undefined, forwardedFor: string | undefined): string {
  const ip = canonicalIp(peer ?? '');
  const named = isLoopback(ip) ? canonicalIp(forwardedFor?.split(',').at(-1)?.trim() ?? '') : '';
  return named === '' ? ip : named;
}

function requestOf(context: Asked, body: unknown): ApiRequest {
  return { params: context.req.param() as Record<string, string>, query: context.req.query(), body, by: context.get('by') };
}

async function readBody(context: Asked, { body }: Route): Promise<{ readonly value: unknown } | { readonly wrong: string }> {
  if (!body) return { value: undefined };
  try {
    return { value: JSON.parse(await context.req.text()) as unknown };
  } catch {
    return { wrong: 'the body is no JSON' };
  }
}

function send(context: Asked, answer: ApiAnswer): Response {
  if ('stream' in answer) return context.body(answer.stream, answer.status, { 'content-type': answer.contentType });
  return 'text' in answer ? context.body(answer.text, answer.status, { 'content-type': answer.contentType }) : context.json(answer.json, answer.status);
}
