// Sendmail, configured by its own m4 macros as a postmaster would; users are accounts of a private /etc/passwd.
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { peer } from '../peer.ts';
import { runProgram, type Owner } from '../scratch.ts';
import type { HubOptions } from './hub.ts';
import { mailUid, makeFolder, unpackedHub, type Premises, type Recipe, type UnpackedHub } from './unpacked.ts';

const macros = ({ inside, port, outsidePort, domain, options, folder }: Premises): string => `divert(-1)
include(\`${folder}/usr/share/sendmail/cf/m4/cf.m4')
divert(0)dnl
VERSIONID(\`a hub for tests')
OSTYPE(\`linux')dnl
define(\`confDOMAIN_NAME', \`mail.${domain}')dnl
define(\`QUEUE_DIR', \`${inside}/mqueue')dnl
define(\`STATUS_FILE', \`')dnl
define(\`ALIAS_FILE', \`null:none')dnl
define(\`HELP_FILE', \`')dnl
define(\`confPID_FILE', \`${inside}/sendmail.pid')dnl
define(\`confCW_FILE', \`')dnl
define(\`confCT_FILE', \`')dnl
define(\`confDONT_PROBE_INTERFACES', \`True')dnl
define(\`confSERVICE_SWITCH_FILE', \`${inside}/service.switch')dnl
define(\`confMAX_MESSAGE_SIZE', \`${options.maxBytes}')dnl
define(\`confTO_IDENT', \`0')dnl
define(\`confTO_ICONNECT', \`5s')dnl
define(\`confBAD_RCPT_THROTTLE', \`0')dnl
define(\`confMAX_RCPTS_PER_MESSAGE', \`2000')dnl
define(\`confQUEUE_LA', \`1000')dnl
define(\`confREFUSE_LA', \`1000')dnl
define(\`confDELAY_LA', \`0')dnl
define(\`LOCAL_MAILER_PATH', \`${inside}/deliver')dnl
define(\`LOCAL_MAILER_ARGS', \`deliver $u')dnl
define(\`SMART_HOST', \`relay:[127.0.0.1]')dnl
define(\`RELAY_MAILER_ARGS', \`TCP $h ${outsidePort}')dnl
${options.lines.map((line) => `${line}\n`).join('')}FEATURE(\`no_default_msa')dnl
FEATURE(\`nocanonify')dnl
FEATURE(\`accept_unresolvable_domains')dnl
FEATURE(\`accept_unqualified_senders')dnl
${options.networks.map((network) => `RELAY_DOMAIN(\`${relayClass(network)}')dnl\n`).join('')}DAEMON_OPTIONS(\`Name=MTA, Family=inet, Addr=127.0.0.1, Port=${port}')dnl
MAILER(\`local')dnl
MAILER(\`smtp')dnl
LOCAL_CONFIG
Cw ${options.domains.join(' ')}
`;

/** Sendmail writes a network as the leading octets of its addresses. */
const relayClass = (network: string): string => {
  const [address = '', bits = '32'] = network.split('/');
  return address.includes(':')
    ? `IPv6:${address}`
    : address
        .split('.')
        .slice(0, Number(bits) / 8)
        .join('.');
};

/** Puts a message into the user's Maildir; the user's name was checked against /etc/passwd by Sendmail. */
const deliver = (inside: string, full: readonly string[]): string => `#!/bin/sh
set -e
for user; do :; done # the last argument; Sendmail puts -f and the sender in front
case " ${full.join(' ')} " in
  *" $user "*) echo 'procmail: Quota exceeded while writing'; exit 73 ;;
esac
file=$(mktemp "${inside}/mail/$user/tmp/XXXXXXXX")
cat >"$file"
mv "$file" "${inside}/mail/$user/new/"
`;

async function makeConfiguration(premises: Premises): Promise<string> {
  const m4 = peer('m4');
  if (!m4.found) throw new Error(m4.why);
  const cf = join(premises.folder, 'usr/share/sendmail/cf');
  const made = await runProgram(m4.path, [`-D_CF_DIR_=${cf}/`, '-'], {
    input: macros(premises),
    cwd: cf,
    env: { ...process.env, LD_LIBRARY_PATH: m4.libraries },
  });
  if (made.code !== 0) throw new Error(`m4 failed: ${made.stderr}`);
  return made.stdout;
}

const recipe: Recipe = {
  product: 'sendmail',
  users: ({ inside, options }) => [...options.users, 'smmta', 'smmsp'].map((name) => ({ name, uid: mailUid, home: `${inside}/mail`, shell: '/bin/sh' })),
  async layOut(premises) {
    makeFolder(premises, 'mqueue', 0o700);
    writeFileSync(join(premises.directory, 'sendmail.cf'), await makeConfiguration(premises), { mode: 0o644 });
    writeFileSync(join(premises.directory, 'service.switch'), 'hosts files\naliases files\npasswd files\n');
    writeFileSync(join(premises.directory, 'deliver'), deliver(premises.inside, premises.options.full), { mode: 0o755 });
    // Sendmail waits a minute at its start when its host has no qualified name.
    writeFileSync(join(premises.directory, 'hosts'), `127.0.0.1 mail.${premises.domain} ${hostname()} localhost\n`);
    const { folder, inside } = premises;
    // -X: a transcript of every session, because there is no syslog to write to.
    return {
      overlays: [{ from: join(premises.directory, 'hosts'), over: '/etc/hosts' }],
      command: [join(folder, 'usr/libexec/sendmail/sendmail'), '-C', `${inside}/sendmail.cf`, '-bD', '-q1m', '-X', `${inside}/mail.log`],
    };
  },
};

/** Starts Sendmail as a hub. */
export async function sendmailHub(owner: Owner, options: HubOptions = {}): Promise<UnpackedHub> {
  return unpackedHub(owner, recipe, options);
}
