// The listeners among themselves, and what each role needs to be of use.
import type { Config, ListenerConfig } from '../options.ts';
import { type CrossCheck, error, repeated, warning } from '../cross-check.ts';
import { isLoopback, isWildcard } from '../address-space.ts';
import { type OptionPath, pathText } from '../problem.ts';
import { hostPortText } from '../value-types.ts';

const namesOnce: CrossCheck = {
  reads: ['listeners.*.name'],
  *find({ listeners }) {
    for (const { entry, index, first } of repeated(listeners.map(({ name }) => name))) {
      yield error(['listeners', index, 'name'], `${entry} is the name of listener ${first + 1} too`, 'give each listener a name of its own');
    }
  },
};

/** Every address we listen on, doors first. Port 0 (any free port) never collides. */
function listening(config: Config): readonly { readonly path: OptionPath; readonly address: string }[] {
  const doors = config.listeners.map(({ address }, index) => ({ path: ['listeners', index, 'address'], address }));
  const others = (['web', 'milter', 'policyService'] as const).flatMap((key) =>
    config[key] ? [{ path: [key, 'address'], address: config[key].address }] : [],
  );
  return [...doors, ...others].filter(({ address }) => address.port !== 0).map(({ path, address }) => ({ path, address: hostPortText(address) }));
}

const addressesOnce: CrossCheck = {
  reads: ['listeners.*.address', 'web.address', 'milter.address', 'policyService.address'],
  *find(config) {
    const places = listening(config);
    for (const { entry, index, first } of repeated(places.map(({ address }) => address))) {
      yield error(
        places[index]?.path ?? [],
        `${entry} is listened on twice; the first time at ${pathText(places[first]?.path ?? [])}`,
        'give each its own port or address',
      );
    }
  },
};

/** Certificates count as well: who has one needs no password. */
const hasPasswords = ({ auth }: Config): boolean =>
  auth !== undefined && (auth.users !== undefined || auth.dovecot !== undefined || auth.hub === true || auth.certificates !== undefined);

/** A submission listener that cannot check passwords, or must not take them in clear, serves nobody. On loopback that is only a trial. */
const submissionWorks: CrossCheck = {
  reads: ['listeners', 'auth', 'tls'],
  *find(config) {
    for (const [index, { role, address }] of config.listeners.entries()) {
      if (role !== 'submission') continue;
      const say = isLoopback(address.host) ? warning : error;
      if (!hasPasswords(config))
        yield say(
          ['listeners', index, 'role'],
          'is submission, but there is no auth: nobody can send here',
          'add auth: {users: users.txt}; `floodgate users add` writes the file',
        );
      if (!config.tls)
        yield say(
          ['listeners', index, 'role'],
          'is submission, but there is no tls: passwords would travel in clear, so AUTH is refused',
          'add tls: {cert: cert.pem, key: key.pem}',
        );
    }
  },
};

const implicitTls: CrossCheck = {
  reads: ['listeners', 'tls'],
  *find({ listeners, tls }) {
    if (tls) return;
    for (const [index, listener] of listeners.entries()) {
      if (listener.tls === 'implicit')
        yield error(['listeners', index, 'tls'], 'is implicit, but there is no certificate', 'add tls: {cert: cert.pem, key: key.pem}');
    }
  },
};

const oneAuth: CrossCheck = {
  reads: ['auth'],
  *find(config) {
    const { users, dovecot, hub } = config.auth ?? {};
    const given = [...(users === undefined ? [] : ['users']), ...(dovecot === undefined ? [] : ['dovecot']), ...(hub === true ? ['hub'] : [])];
    for (const more of given.slice(1))
      yield error(['auth', more], `does nothing beside auth.${given[0]}: one of them checks the passwords`, 'keep one of users, dovecot and hub');
    if (config.auth && !hasPasswords(config)) yield error(['auth'], 'does not say who checks the passwords', 'add users: users.txt');
  },
};

/** Who reaches a smarthost listener may relay: on every address of the host that is whoever finds the port. */
const smarthostOnOneAddress: CrossCheck = {
  reads: ['listeners'],
  *find({ listeners }: { readonly listeners: readonly ListenerConfig[] }) {
    for (const [index, { role, address }] of listeners.entries()) {
      if (role === 'smarthost' && isWildcard(address.host)) {
        yield warning(
          ['listeners', index, 'address'],
          'every address of this host: whoever reaches the port may relay',
          'listen on an inside address only, or be sure of the firewall',
        );
      }
    }
  },
};

const webAtHome: CrossCheck = {
  reads: ['web.address'],
  *find({ web }) {
    if (web && !isLoopback(web.address.host))
      yield warning(
        ['web', 'address'],
        'is not on loopback: others can reach the API, and tokens go in clear',
        'listen on 127.0.0.1 and put a TLS proxy in front',
      );
  },
};

export const doorChecks: readonly CrossCheck[] = [namesOnce, addressesOnce, submissionWorks, implicitTls, oneAuth, smarthostOnOneAddress, webAtHome];
