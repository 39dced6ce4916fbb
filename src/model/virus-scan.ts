// What a virus scanner says of a message.
import type { Content } from './delivery.ts';

/** `found` holds the scanner's name of what it found. */
export type VirusScan = { readonly kind: 'clean' } | { readonly kind: 'found'; readonly found: string } | { readonly kind: 'unknown'; readonly why: string };

/** Looks at whole messages. Never rejects. */
export interface VirusScanner {
  scan(content: Content): Promise<VirusScan>;
}
