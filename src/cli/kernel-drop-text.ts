// What `explain` says of an address whose connection attempts the kernel drops: it hears nothing, so nothing of it stands in the journal.
import { escapeUnsafe } from '../events/log-line.ts';
import type { KernelDrop } from '../web/house.ts';

/** For a terminal; whatever a person or a detector wrote is escaped. */
export function kernelDropText({ address, network, where, why, measures, count }: KernelDrop): string {
  const inKernel = where === 'kernel';
  const first = inKernel
    ? `${address} is dropped in the kernel, as part of ${network}: its connection attempts never reach the gateway, and it hears nothing`
    : `${address} is to be dropped in the kernel, as part of ${network}, but is not: it hears 554 at the banner (${why ?? 'the kernel does not have it'})`;
  const lines = measures.map(({ id, client, by, reason, since, expiresAt, incident }) =>
    escapeUnsafe(`measure   ${id} drop ${client} by ${by} since ${since} until ${expiresAt}: ${reason}${incident === null ? '' : ` (incident ${incident})`}`),
  );
  const counted =
    count === null
      ? 'packets   not counted for single networks by this kernel; `floodgate status` has the sum'
      : `packets   ${count.packets} connection attempts of ${network} (${count.bytes} bytes) since ${count.since}; counted anew each minute`;
  const undo = measures.map(({ id }) => `undo      floodgate measure undo ${id}`);
  return `${[escapeUnsafe(first), ...lines, ...(inKernel ? [counted] : []), ...undo].join('\n  ')}\n`;
}
