// What a virus scanner says of a message.
import type { Content } from './delivery.ts';

/** `found` holds the scanner's name of what it found. `too-large`: nobody looked, and that was the sender's choice. */
export type VirusScan =
  | { readonly kind: 'clean' }
  | { readonly kind: 'found'; readonly found: string }
  | { readonly kind: 'too-large' | 'unknown'; readonly why: string };

/** Looks at whole messages. Never rejects. */
export interface VirusScanner {
  scan(content: Content): Promise<VirusScan>;
}
