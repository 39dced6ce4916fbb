// floodgate init: the two questions that nobody can answer for the postmaster (which networks, which domains), then the hub.
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { isMadeUpName, siteHostname } from '../config/embedded.ts';
import { loadConfigText } from '../config/load.ts';
import { cidr, domain, hostPort, hubAddress } from '../config/value-types.ts';
import { problemLine } from './check.ts';
import { CliError, type Subcommand } from './command-line.ts';
import { firstConfig } from './first-config.ts';
import type { Question } from './prompts.ts';

interface InitOptions {
  readonly networks?: string;
  readonly domains?: string;
  readonly hub?: string;
  readonly hostname?: string;
  readonly xforward?: boolean;
  readonly listen: string;
  readonly outgoing?: string;
  readonly state?: string;
  readonly file: string;
  readonly yes?: boolean;
}

type Asked = 'networks' | 'domains' | 'hub';
type Reads = { safeParse(raw: string): { readonly success: boolean } };

const wordsOf = (answer: string): readonly string[] => answer.split(/[\s,]+/).filter((word) => word !== '');

const refuseUnless = (reads: Reads, what: string) => (answer: string) => {
  const words = wordsOf(answer);
  const wrong = words.find((word) => !reads.safeParse(word).success);
  if (wrong !== undefined) return `${JSON.stringify(wrong)} is not ${what}`;
  return words.length === 0 ? 'give at least one' : null;
};

/** What mail comes to from outside: at least two labels of letters, digits and hyphens (RFC 1123 2.1). */
const mailDomain: Reads = {
  safeParse: (raw) => ({ success: domain.safeParse(raw).success && raw.includes('.') && !raw.includes('_') }),
};

const questions: Readonly<Record<Asked, Question>> = {
  networks: {
    text: 'Your networks: who may send mail to anyone?',
    fallback: '127.0.0.0/8 ::1/128',
    refuse: refuseUnless(cidr, 'a network, as in 10.20.0.0/16'),
  },
  domains: { text: 'Your domains: whose mail do you take?', fallback: 'example.org', refuse: refuseUnless(mailDomain, 'a domain, as in example.org') },
  hub: {
    text: 'The mail server behind the gateway?',
    fallback: '127.0.0.1:2626',
    refuse: (answer) =>
      hubAddress.safeParse(answer).success
        ? null
        : `${JSON.stringify(answer)} is not a next hop, as in 127.0.0.1:2626, lmtp://127.0.0.1:24 or maildir:/var/mail/floodgate`,
  },
};

const sevenDaysMs = 7 * 86_400_000;

/** The subcommand `init`. `nowMs` in milliseconds since the epoch. */
export const initCommand =
  (nowMs: () => number = Date.now): Subcommand =>
  (program) => {
    program
      .command('init')
      .description('write a first configuration: asks for networks, domains and hub, or takes them from the options')
      .option('--networks <list>', 'networks inside, as 10.20.0.0/16,2001:db8::/32')
      .option('--domains <list>', 'our mail domains, as example.org,example.net')
      .option('--hub <address>', 'host:port, lmtp://host:port or maildir:/path')
      .option('--hostname <name>', "our name in the banner; default: this host's, or mx. and the first domain where that is no name of the Internet")
      .option('--xforward', 'tell the hub who the outside client was; a Postfix must allow it (smtpd_authorized_xforward_hosts)')
      .option('--listen <address>', 'where strangers reach us; "0.0.0.0:25" in real life', '127.0.0.1:2525')
      .option('--outgoing <address>', 'where your own server hands over what your people send, as 127.0.0.1:2627 (docs/backscatter.md)')
      .option('--state <dir>', 'journal and database; default: ./floodgate-data, for a file below /etc /var/lib/floodgate')
      .option('--file <file>', 'where to write it; an existing file is never touched', 'floodgate.yaml')
      .option('--yes', 'ask nothing, take the defaults')
      .action((options: InitOptions) => init(options, nowMs()));
  };

/** The state directory where none is given: below /etc nothing but the configuration belongs; elsewhere everything stays in one folder. */
export const usualState = (file: string): string => (resolve(file).startsWith('/etc/') ? '/var/lib/floodgate' : './floodgate-data');

async function init(options: InitOptions, nowMs: number): Promise<void> {
  if (!hostPort.safeParse(options.listen).success)
    throw new CliError(`--listen: ${JSON.stringify(options.listen)} is not an address and port, as in 0.0.0.0:25 or [::]:25`, 2);
  if (options.outgoing !== undefined && !hostPort.safeParse(options.outgoing).success)
    throw new CliError(`--outgoing: ${JSON.stringify(options.outgoing)} is not an address and port, as in 127.0.0.1:2627`, 2);
  const answers = await answersTo(options);
  const [own, domains] = [siteHostname(hostname()), wordsOf(answers.domains)];
  const guessed = options.hostname === undefined && isMadeUpName(own) ? `mx.${domains[0] ?? 'example.org'}` : null;
  const text = firstConfig({
    hostname: options.hostname ?? guessed ?? own,
    networks: wordsOf(answers.networks),
    domains,
    hub: answers.hub,
    xforward: options.xforward ?? false,
    listen: options.listen,
    outgoing: options.outgoing ?? null,
    state: options.state ?? usualState(options.file),
    observeUntil: `${new Date(nowMs + sevenDaysMs).toISOString().slice(0, 16)}:00Z`,
  });
  const checked = loadConfigText(text, options.file, { checkIds: [], nowMs });
  const [first] = checked.ok ? [] : checked.errors;
  if (first) throw new CliError(`${problemLine(options.file, first)}; nothing was written`);
  writeNew(options.file, text);
  const warnings = checked.warnings.map((problem) => `${problemLine(options.file, { ...problem, message: `warning: ${problem.message}` })}\n`).join('');
  if (guessed !== null)
    process.stdout.write(
      `site.hostname: this machine calls itself ${own}, which nobody else can look up; ${guessed} stands there now: make it the name that DNS has for your address (--hostname)\n`,
    );
  process.stdout.write(`${warnings}wrote ${options.file}; next: floodgate run --config ${options.file}\n`);
}

/** Options first, then questions at a terminal; elsewhere the two that nobody can guess must be given, or --yes. */
async function answersTo(options: InitOptions): Promise<Readonly<Record<Asked, string>>> {
  const asked: Asked[] = ['networks', 'domains', 'hub'];
  for (const key of asked) {
    const given = options[key];
    const why = given === undefined ? null : questions[key].refuse(given);
    if (why !== null) throw new CliError(`--${key}: ${why}`, 2);
  }
  const answer = (key: Asked): string => options[key] ?? questions[key].fallback;
  const missing = asked.filter((key) => options[key] === undefined);
  if (options.yes || missing.length === 0) return { networks: answer('networks'), domains: answer('domains'), hub: answer('hub') };
  if (process.stdin.isTTY) return askFor(missing, options);
  const needed = missing.filter((key) => key !== 'hub');
  if (needed.length === 0) return { networks: answer('networks'), domains: answer('domains'), hub: answer('hub') };
  throw new CliError(`no terminal to ask at: give ${needed.map((key) => `--${key}`).join(' and ')}, or --yes for a trial on loopback`, 2);
}

async function askFor(missing: readonly Asked[], options: InitOptions): Promise<Readonly<Record<Asked, string>>> {
  const prompts = await import('./prompts.ts');
  prompts.sayHello('Floodgate', 'Several answers to one question are separated by blanks or commas.');
  const answers = { networks: options.networks ?? '', domains: options.domains ?? '', hub: options.hub ?? '' };
  for (const key of missing) answers[key] = await prompts.ask(questions[key]);
  prompts.sayDone('Observing for seven days, then enforcing.');
  return answers;
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' }); // never over a file that is there
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new CliError(
      exists
        ? `${file} exists already and was left as it is; --file names another`
        : `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
