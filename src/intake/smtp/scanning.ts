// Looking for viruses at the end of content, before anything is accepted.
import type { Content } from '../../model/delivery.ts';
import type { VirusScan } from '../../model/virus-scan.ts';
import type { DoorServices } from './services.ts';

export interface ScanningParts {
  readonly session: string;
  readonly ip: string;
  readonly reference: string;
  readonly content: Content;
  readonly services: Pick<DoorServices, 'viruses' | 'record'>;
}

/** What policy is told; nothing where there is no scanner. What is found, or could not be looked at, is recorded whatever is done about it. */
export async function scanFor({ session, ip, reference, content, services: { viruses, record } }: ScanningParts): Promise<{ readonly scan?: VirusScan }> {
  if (viruses === null) return {};
  const scan = await viruses.scan(content);
  if (scan.kind !== 'clean')
    record({
      type: 'virus-scanned',
      session,
      ip,
      ref: reference,
      found: scan.kind === 'found' ? scan.found : null,
      why: scan.kind === 'found' ? '' : scan.why,
    });
  return { scan };
}

/** The trait that detectors see. */
export const virusTrait = ({ scan }: { readonly scan?: VirusScan }): { readonly virus?: string } => (scan?.kind === 'found' ? { virus: scan.found } : {});
