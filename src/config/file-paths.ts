// Paths in a configuration file start at its folder, so that `check` and `run` mean the same file from whatever directory they are called.
import { isAbsolute, resolve } from 'node:path';
import type { Config, RelayTarget } from './options.ts';

/** The configuration with every path absolute; relative ones start at `folder`. */
export function withAbsolutePaths(config: Config, folder: string): Config {
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(folder, path));
  const folderOrWeb = (place: string): string => (/^https?:\/\//.test(place) ? place : absolute(place));
  const hop = <T extends RelayTarget>(target: T): T =>
    target.address.kind === 'maildir' ? { ...target, address: { kind: 'maildir', path: absolute(target.address.path) } } : target;
  return {
    ...config,
    state: absolute(config.state),
    hub: hop(config.hub),
    routes: Object.fromEntries(Object.entries(config.routes).map(([domain, target]) => [domain, hop(target)])),
    ...(config.outbound && { outbound: hop(config.outbound) }),
    ...(config.tls && {
      tls: {
        cert: absolute(config.tls.cert),
        key: absolute(config.tls.key),
        ...(config.tls.clientCa !== undefined && { clientCa: absolute(config.tls.clientCa) }),
      },
    }),
    ...(config.auth && {
      auth: {
        ...config.auth,
        ...(config.auth.users !== undefined && { users: absolute(config.auth.users) }),
        ...(config.auth.dovecot !== undefined && { dovecot: absolute(config.auth.dovecot) }),
        ...(config.auth.certificates !== undefined && { certificates: absolute(config.auth.certificates) }),
        ...(config.auth.contacts !== undefined && { contacts: absolute(config.auth.contacts) }),
      },
    }),
    ...(config.ownChecks !== undefined && { ownChecks: absolute(config.ownChecks) }),
    ...(config.quarantine.keyFile !== undefined && { quarantine: { ...config.quarantine, keyFile: absolute(config.quarantine.keyFile) } }),
    ...(config.bounces.countries !== undefined && { bounces: { ...config.bounces, countries: absolute(config.bounces.countries) } }),
    ...(config.kernel && { kernel: { socket: absolute(config.kernel.socket) } }),
    ...(config.telemetry && { telemetry: { module: absolute(config.telemetry.module) } }),
    places: {
      ...config.places,
      ...(config.places.country !== undefined && { country: absolute(config.places.country) }),
      ...(config.places.network !== undefined && { network: absolute(config.places.network) }),
    },
    abuseContacts: {
      ...config.abuseContacts,
      ...(config.abuseContacts.table !== undefined && { table: absolute(config.abuseContacts.table) }),
      ...(config.abuseContacts.rdap !== undefined && { rdap: folderOrWeb(config.abuseContacts.rdap) }),
    },
    intake: config.intake.map((each) => (each.recipients === undefined ? each : { ...each, recipients: absolute(each.recipients) })),
    lists: config.lists.map((list) => ({ ...list, file: absolute(list.file) })),
    logs: config.logs.map((log) => ({ ...log, path: absolute(log.path) })),
  };
}
