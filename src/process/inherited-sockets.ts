// Sockets handed over by the service manager (sd_listen_fds): descriptors from 3 on, named by FileDescriptorName=.
const FIRST_FD = 3;

/**
 * Descriptors by listener name, one set for each door thread: each thread takes one of its own (ReusePort=yes and a ListenStream
 * line for each thread), because a descriptor shared by two threads would be closed for both when one of them ends.
 * Empty without socket activation. `own` is the pid the manager meant.
 */
export function inheritedSockets(environment: Readonly<Record<string, string | undefined>>, own: number): readonly Readonly<Record<string, number>>[] {
  if (Number(environment['LISTEN_PID']) !== own) return [];
  const names = (environment['LISTEN_FDNAMES'] ?? '').split(':');
  const count = Number(environment['LISTEN_FDS'] ?? 0);
  const sets: Record<string, number>[] = [];
  for (let index = 0; index < count; index++) {
    const name = names[index] ?? 'unknown';
    const free = sets.find((each) => !(name in each));
    if (free === undefined) sets.push({ [name]: FIRST_FD + index });
    else free[name] = FIRST_FD + index;
  }
  return sets;
}
