// Who checks the passwords of one door, as the configuration says: made anew at a reload, and what holds a connection stays while its
// settings do. What cannot be opened leaves the door without AUTH, and says so.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../config/options.ts';
import { createHubAuth } from '../delivery/hub/authenticate.ts';
import { authSecret } from '../facts/auth-secret.ts';
import { createCertificateAuth } from '../facts/certificate-auth.ts';
import { createDovecotAuth, type DovecotAuth } from '../facts/dovecot-auth.ts';
import { triedPassword } from '../facts/tried-password.ts';
import { createUsersAuth } from '../facts/users-auth.ts';
import type { AuthService } from '../model/auth.ts';
import type { Recorder } from '../model/events.ts';

export interface AuthDesk {
  /** The service for a configuration; null: AUTH is not offered. */
  use(config: Config): Promise<AuthService | null>;
  close(): void;
}

/** The name of those who know the passwords in events and metrics of failure, beside the names of routes. */
const ROUTE = 'auth';

export function openAuthDesk(record: Recorder): AuthDesk {
  const trouble =
    (who: string) =>
    (why: string): void =>
      record({ type: 'hub-failed', route: ROUTE, why: `${who}: ${why}` });
  let dovecot: { readonly socket: string; readonly auth: DovecotAuth } | null = null;

  function dovecotAt(socket: string): AuthService {
    if (dovecot?.socket === socket) return dovecot.auth;
    dovecot?.auth.close();
    // Door threads share a process id, which Dovecot wants to be another for each connection.
    dovecot = { socket, auth: createDovecotAuth({ socket, newConnectionId: () => randomInt(1, 2 ** 31 - 1), onTrouble: trouble('Dovecot') }) };
    return dovecot.auth;
  }

  async function passwordsOf(config: Config): Promise<AuthService | null> {
    const { users, dovecot: socket, hub } = config.auth ?? {};
    if (socket !== undefined) return dovecotAt(socket);
    dovecot?.auth.close();
    dovecot = null;
    if (hub === true) return hubOf(config, trouble('hub'));
    return users === undefined
      ? null
      : fromFile(users, record, async (onTrouble) =>
          createUsersAuth({ file: users, secret: await authSecret(join(config.state, 'auth-secret')), now: Date.now, onTrouble }),
        );
  }

  return {
    async use(config) {
      const passwords = await passwordsOf(config);
      const certificates = config.auth?.certificates;
      const service =
        certificates === undefined
          ? passwords
          : ((await fromFile(certificates, record, (onTrouble) => createCertificateAuth({ file: certificates, passwords, now: Date.now, onTrouble }))) ??
            passwords);
      if (service === null) return null;
      const file = join(config.state, 'auth-secret');
      const siteSecret = await fromFile(file, record, () => authSecret(file));
      return siteSecret === null ? service : rememberingTries(service, siteSecret);
    },
    close: () => dovecot?.auth.close(),
  };
}

/** The service, with what the record keeps of a password that was tried. */
const rememberingTries = (service: AuthService, siteSecret: Buffer): AuthService => ({
  mechanisms: (peer) => service.mechanisms(peer),
  verify: (user, password, peer) => service.verify(user, password, peer),
  begin: (mechanism, peer) => service.begin(mechanism, peer),
  triedPassword: triedPassword(siteSecret),
});

/** Null where the hub has no AUTH: the configuration was refused for it. */
function hubOf({ hub, site, timeouts }: Config, onTrouble: (why: string) => void): AuthService | null {
  const { address, tls } = hub;
  if (address.kind !== 'smtp') return null;
  const target = { protocol: 'smtp', host: address.host, port: address.port, tls } as const;
  return createHubAuth({ target, hostname: site.hostname, connectMs: timeouts.hubConnect, commandMs: timeouts.hubCommand, now: Date.now, onTrouble });
}

/** What rests on a file; null, and told, where the file cannot be used. */
async function fromFile<T>(file: string, record: Recorder, open: (onTrouble: (errors: readonly string[]) => void) => Promise<T>): Promise<T | null> {
  const broken = (why: string): void => record({ type: 'list-broken', list: file, why });
  try {
    return await open((errors) => broken(errors.join('; ')));
  } catch (error) {
    broken(error instanceof Error ? error.message : String(error));
    return null;
  }
}
