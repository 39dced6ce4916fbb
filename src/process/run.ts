// `floodgate run`: configuration, keeper, web and signals put together; what the operator sees of starting and stopping.
import { join } from 'node:path';
import { summary, reportOf } from '../cli/check.ts';
import { CliError } from '../cli/command-line.ts';
import type { Config } from '../config/options.ts';
import { isLoopback } from '../config/address-space.ts';
import { findConfig } from '../config/find.ts';
import { loadConfig, type ConfigProblem, type ConfigSource, type LoadContext } from '../config/load.ts';
import { hostPortText } from '../config/value-types.ts';
import { createMailbox } from '../delivery/maildir/mailboxes.ts';
import type { Web } from '../web/server.ts';
import { CannotStart, startKeeper, type Keeper } from './keeper.ts';
import { endRequest } from './end-request.ts';
import { readHeldKeys } from './held-keys.ts';
import type { DoorSettings } from './messages.ts';
import { faultTeller } from './own-faults.ts';
import { createReload, noteLoaded } from './reload.ts';
import { openSystemdLink, type SystemdLink, type Standing } from './systemd-link.ts';
import { readTlsMaterial } from './tls-material.ts';
import { ownChecks } from './own-checks.ts';
import { openTelemetry } from './telemetry.ts';
import { whatToTry } from './what-to-try.ts';

export interface RunOptions {
  readonly config?: string;
}

interface Loaded {
  readonly settings: DoorSettings;
  readonly source: ConfigSource;
  readonly warnings: readonly ConfigProblem[];
}

/** How a person calls this program: a checkout has sources and no place in the PATH. */
const ownName = import.meta.url.endsWith('.ts') ? 'bin/floodgate' : 'floodgate';

/** Runs until a signal ends it. Prints `floodgate ready` and the addresses on standard output once every listener is open. */
export async function run(options: RunOptions, about: { readonly version: string; readonly context: LoadContext }): Promise<void> {
  // Whoever read our output may go: that is no reason to stop taking mail.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const manager = openSystemdLink({ env: process.env, pids: [process.pid, process.ppid] });
  const file = findConfig(options.config);
  const loaded = load(file, about.context);
  const { config } = loaded.settings;
  await ownChecks(config).catch((error: unknown) => {
    throw new CliError(error instanceof Error ? error.message : String(error));
  });
  // The web's modules are read while the doors start on the other processors.
  const [keeper, makeWeb] = await Promise.all([startKeeper(loaded.settings, about), loadWeb()]).catch((error: unknown) => {
    throw error instanceof CannotStart ? new CliError(error.message) : error;
  });
  process.on('unhandledRejection', faultTeller({ record: keeper.recorder.record, steady: () => performance.now() }));
  noteLoaded(keeper, loaded);
  if (file === null) await makeFirstMailboxes(loaded.settings);
  const { web, standing } = makeWeb(keeper, about.version);
  await web.listenControl(join(config.state, 'control.sock'));
  const webAddress = await openWeb(web, config).catch(async (error: unknown) => {
    await keeper.stop('cannot start');
    await web.close();
    throw error;
  });
  const telemetry = config.telemetry && (await openTelemetry({ ...config.telemetry, watch: keeper.live, record: keeper.recorder.record }));
  const ended = untilSignal(keeper, manager, async () => {
    await telemetry?.close();
    await web.close();
  });
  const reload = createReload(keeper, file, about.context);
  process.on('SIGHUP', () => {
    manager.reloading();
    void reload().finally(manager.ready);
  });
  const addresses = keeper.listeners.map(({ name, host, port }) => `${name}=${hostPortText({ host, port })}`);
  process.stdout.write(`floodgate ready ${[...addresses, ...webAddress].join(' ')}\n`);
  manager.ready();
  manager.watch(standing);
  if (file === null) process.stderr.write(whatToTry(config, ownName));
  await ended;
  process.exit(0);
}

interface WebAndStanding {
  readonly web: Web;
  standing(): Standing;
}

async function loadWeb(): Promise<(keeper: Keeper, version: string) => WebAndStanding> {
  const [{ createWeb }, { createAccess }, { webHouse }] = await Promise.all([import('../web/server.ts'), import('../web/access.ts'), import('./web-house.ts')]);
  return (keeper, version) => {
    const house = webHouse(keeper, { version });
    const web = createWeb(house, {
      version,
      access: createAccess({ bearerOf: keeper.tokens.bearerOf, isLoopback, record: keeper.recorder.record, now: Date.now }),
      allowedHosts: () => hostsOf(keeper.settings().config),
      onFault: (error, path) => process.stderr.write(`floodgate: web: ${path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
    });
    const standing = (): Standing => {
      const { ready, reasons } = house.ready();
      return { ready, lives: keeper.supervisor.figures().some(({ alive }) => alive), trouble: reasons };
    };
    return { web, standing };
  };
}

/** Names under which browsers come: ours, and the one in the links of letters. */
function hostsOf({ site, quarantine: { digest } }: Config): readonly string[] {
  return digest?.link === undefined ? [site.hostname] : [site.hostname, new URL(digest.link).hostname];
}

/** `web=address` once it listens; nothing where no web is configured. */
async function openWeb(web: Web, { web: wanted }: Config): Promise<readonly string[]> {
  if (wanted === undefined) return [];
  try {
    return [`web=${hostPortText(await web.listen(wanted.address))}`];
  } catch (error) {
    throw new CliError(`web cannot listen on ${hostPortText(wanted.address)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Resolves when a signal has ended the gateway in good order; a second signal ends it at once. */
function untilSignal(keeper: Keeper, manager: SystemdLink, closeOthers: () => Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const end = endRequest({
      drain: (signal) => {
        manager.stopping();
        manager.close();
        void keeper.stop(signal).then(closeOthers).then(resolve);
      },
      atOnce: () => process.exit(1),
      now: () => performance.now(),
    });
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
  });
}

function load(file: string | null, context: LoadContext): Loaded {
  const result = loadConfig(file, context);
  if (!result.ok) {
    process.stderr.write(reportOf(file ?? 'first-run set-up', result));
    throw new CliError(summary(file, result.errors.length));
  }
  const { config, source, warnings } = result;
  return { settings: { config, tls: readTlsMaterial(config.tls), heldKeys: readHeldKeys(config.quarantine) }, source, warnings };
}

/** The first run has mailboxes to try: postmaster and alice of the first domain. */
async function makeFirstMailboxes({ config }: DoorSettings): Promise<void> {
  const { address } = config.hub;
  const [domain] = config.site.domains;
  if (address.kind !== 'maildir' || domain === undefined) return;
  await createMailbox(address.path, `postmaster@${domain}`);
  await createMailbox(address.path, `alice@${domain}`);
}
