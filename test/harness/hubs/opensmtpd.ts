// OpenSMTPD as Debian builds it: virtual users of one account, everything else relayed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Owner } from '../scratch.ts';
import type { Hub, HubOptions } from './hub.ts';
import { mailUid, makeFolder, unpackedHub, type Premises, type Recipe } from './unpacked.ts';

const braces = (items: readonly string[]): string => `{ ${items.map((item) => `"${item}"`).join(', ')} }`;

/** It has no quotas of its own: the agent that delivers says so, as procmail does. */
const fullAction = ({ full, domains }: Required<HubOptions>): string =>
  `table full ${braces(full.flatMap((user) => domains.map((domain) => `${user}@${domain}`)))}
action "full" mda "echo 'mailbox full: quota exceeded' >&2; exit 73" virtual <mailboxes>
`;

const configuration = ({ inside, port, outsidePort, domain, options }: Premises): string => `
smtp max-message-size "${options.maxBytes}"
smtp limit max-mails 10000
smtp limit max-rcpt 2000
queue ttl 1h
table domains ${braces(options.domains)}
table networks ${braces(options.networks)}
table mailboxes { ${options.users.map((user) => `"${user}" = "vmail"`).join(', ')} }
listen on 127.0.0.1 port ${port} hostname mail.${domain}
action "deliver" maildir "${inside}/mail/%{rcpt.user}" virtual <mailboxes>
${options.full.length === 0 ? '' : fullAction(options)}action "world" relay host smtp://127.0.0.1:${outsidePort}
${options.full.length === 0 ? '' : 'match from any for rcpt-to <full> action "full"\n'}match from any for domain <domains> action "deliver"
match from src <networks> for any action "world"
match from local for any action "world"
`;

const recipe: Recipe = {
  product: 'opensmtpd',
  users: ({ inside }) => [
    { name: 'opensmtpd', uid: mailUid + 1 },
    { name: 'opensmtpq', uid: mailUid + 2 },
    { name: 'vmail', uid: mailUid, home: `${inside}/mail`, shell: '/bin/sh' },
  ],
  layOut(premises) {
    makeFolder(premises, 'smtpd', 0o711);
    makeFolder(premises, 'run');
    makeFolder(premises, 'lib/opensmtpd/empty');
    writeFileSync(join(premises.directory, 'smtpd.conf'), configuration(premises), { mode: 0o600 });
    return {
      overlays: [
        { from: join(premises.directory, 'lib'), over: '/var/lib' },
        { from: join(premises.directory, 'run'), over: '/run' },
        { from: join(premises.folder, 'usr/libexec'), over: '/usr/libexec' },
      ],
      command: [`${premises.folder}/usr/sbin/smtpd`, '-d', '-v', '-f', `${premises.inside}/smtpd.conf`],
    };
  },
};

/** Starts OpenSMTPD as a hub. */
export async function opensmtpdHub(owner: Owner, options: HubOptions = {}): Promise<Hub> {
  return unpackedHub(owner, recipe, options);
}
