// How much work something is. A clock would also count what other programs of the machine did meanwhile.

/** Processor time of all threads of this process so far, in milliseconds: taken before and after. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage(); // in microseconds
  return (user + system) / 1000;
}
