// The four products by name, for tests that hold for each of them.
import type { PeerName } from '../peer.ts';
import type { Owner } from '../scratch.ts';
import { eximHub } from './exim.ts';
import type { Hub, HubOptions } from './hub.ts';
import { opensmtpdHub } from './opensmtpd.ts';
import { postfixHub } from './postfix.ts';
import { sendmailHub } from './sendmail.ts';

export interface HubProduct {
  readonly name: Hub['product'];
  readonly needs: readonly PeerName[];
  readonly start: (owner: Owner, options?: HubOptions) => Promise<Hub>;
  /** What it says of an unknown user. */
  readonly unknownUser: RegExp;
}

export const hubProducts: readonly HubProduct[] = [
  { name: 'postfix', needs: ['postfix'], start: postfixHub, unknownUser: /^550 5\.1\.1 .*User unknown in virtual mailbox table/ },
  { name: 'exim', needs: ['exim'], start: eximHub, unknownUser: /^550 .*unknown user/i },
  { name: 'opensmtpd', needs: ['opensmtpd'], start: opensmtpdHub, unknownUser: /^524 5\.2\.4 .*Mailing list expansion problem/ },
  { name: 'sendmail', needs: ['sendmail', 'm4'], start: sendmailHub, unknownUser: /^550 5\.1\.1 .*User unknown/ },
];
