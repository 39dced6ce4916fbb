// A gateway that holds mail and tells recipients of it, and what a recipient sees: his mailbox, the letters in it, their links and addresses.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMailbox } from '../../src/delivery/maildir/mailboxes.ts';
import { firstText, firstTextLimits } from '../../src/wire/message/first-text.ts';
import { messageText } from '../../src/wire/message/message-text.ts';
import { readMime } from '../../src/wire/message/mime-tree.ts';
import { startGateway, type Gateway, type GatewayOptions } from './gateway.ts';
import { letter, newToken, tokenOf, type LetterParts } from './letter.ts';
import { freePort, scratchDirectory, type Owner } from './scratch.ts';
import { deliverOnce, referenceIn, type Answers } from './smtp-client.ts';
import { until } from './until.ts';

/** A letter about held mail as its recipient has it. */
export interface FoundLetter {
  readonly raw: string;
  readonly text: string;
  /** By line, in the order of the letter. */
  readonly links: readonly string[];
  readonly addresses: readonly string[];
  /** Where an answer goes. */
  readonly replyTo: string;
}

export interface HeldHouse {
  readonly gateway: Gateway;
  /** Where the links lead. */
  readonly web: string;
  /** All messages in a mailbox of hub.example. */
  mailbox(user: string): readonly Buffer[];
  /** Letters about held mail in it, the oldest first. */
  letters(user: string): readonly FoundLetter[];
  /** How often the test message is in a mailbox. */
  copies(user: string, token: string): number;
  /** Sends a message that is held; gives its id and token when it is listed. */
  hold(
    owner: Owner,
    to: readonly string[],
    parts?: LetterParts & { readonly from?: string },
  ): Promise<{ readonly id: string; readonly token: string; readonly content: Buffer }>;
  /** `floodgate quarantine digest ... --json`. */
  digest(...args: readonly string[]): Promise<Record<string, unknown>>;
  /** Mail from a person. */
  mail(owner: Owner, from: string, to: readonly string[], content: Buffer): Promise<Answers>;
}

/** Mailboxes of hub.example in a store of the gateway; mail from `@held.example` is held. */
export async function startHeldHouse(
  owner: Owner,
  users: readonly string[],
  options: Partial<GatewayOptions> & { readonly digest?: object } = {},
): Promise<HeldHouse> {
  const root = join(scratchDirectory(owner, 'mailboxes'), 'mail');
  for (const user of users) await createMailbox(root, `${user}@hub.example`);
  const port = await freePort();
  const web = `http://127.0.0.1:${port}`;
  const { digest, config, ...rest } = options;
  const gateway = await startGateway(owner, {
    hub: `maildir:${root}`,
    ...rest,
    config: {
      web: { address: `127.0.0.1:${port}` },
      rules: [{ id: 'held-sender', when: { from: '@held\\.example$' }, action: 'quarantine', because: 'a trial' }],
      quarantine: { freeDisk: '0', digest: { link: web, ...digest } },
      ...config,
    },
  });
  const mailbox = (user: string): readonly Buffer[] => {
    const folder = join(root, 'hub.example', user, 'new');
    return readdirSync(folder)
      .toSorted()
      .map((name) => readFileSync(join(folder, name)));
  };
  const mail: HeldHouse['mail'] = (who, from, to, content) => deliverOnce(who, { port: gateway.port(), from: '127.0.0.2' }, { from, to, content });
  return {
    gateway,
    web,
    mailbox,
    mail,
    // References begin with the time; names of files in a mailbox do not tell the order within a second.
    letters: (user) =>
      mailbox(user)
        .flatMap((raw) => foundLetter(raw.toString('latin1')))
        .toSorted((a, b) => (idIn(a) < idIn(b) ? -1 : 1)),
    copies: (user, token) => mailbox(user).filter((raw) => tokenOf(raw) === token).length,
    hold: async (who, to, { from = 'x@held.example', ...parts } = {}) => {
      const token = newToken();
      const content = letter({ token, from, ...parts });
      const { end } = await mail(who, from, to, content);
      assert.equal(end?.code, 250, end?.text);
      const id = referenceIn(end) ?? '';
      await until(`${id} to be listed`, async () => (await gateway.command('quarantine', 'list', '--json')).stdout.includes(`"id":"${id}"`));
      return { id, token, content };
    },
    digest: async (...args) => {
      const { code, stdout, stderr } = await gateway.command('quarantine', 'digest', ...args, '--json');
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout) as Record<string, unknown>;
    },
  };
}

const idIn = ({ raw }: FoundLetter): string => /^Message-ID: (\S+)/m.exec(raw)?.[1] ?? '';

/** Nothing where it is another message. */
export function foundLetter(raw: string): readonly FoundLetter[] {
  if (!/^Message-ID: <[^>]*\.digest@/m.test(raw)) return [];
  const { root } = readMime(messageText(Buffer.from(raw, 'latin1'), 1_000_000), { ...firstTextLimits, bytes: 1_000_000, textBytes: 500_000 });
  const text = firstTextOf(root);
  return [
    {
      raw,
      text,
      links: text.match(/^\s+https?:\/\/\S+\/release\/\S+$/gm)?.map((line) => line.trim()) ?? [],
      addresses: text.match(/^\s+[\w.-]+\+[a-z2-7]{44}@\S+$/gm)?.map((line) => line.trim()) ?? [],
      replyTo: /^Reply-To: <(.*)>\r?$/m.exec(raw)?.[1] ?? '',
    },
  ];
}

const firstTextOf = (root: ReturnType<typeof readMime>['root']): string => {
  const [plain = root] = root.children;
  return plain.contentType.type === 'text/plain' ? decoded(plain) : firstText(root);
};

/** The whole of it: the first words of firstText are not enough here. */
const decoded = ({ text, start, end }: ReturnType<typeof readMime>['root']): string =>
  Buffer.from(
    text
      .slice(start, end)
      .replace(/=\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
