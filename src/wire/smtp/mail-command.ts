// Arguments of MAIL and RCPT (RFC 5321 4.1.1.2, 4.1.1.3, 4.1.1.11): path and ESMTP parameters.
import type { Mailbox, Sender } from '../../model/mailbox.ts';
import type { MailParameters } from '../../model/stage-input.ts';
import { readEnvid, readNotify, readOrcpt, readRet } from './dsn-parameters.ts';
import { parseForwardPath, parseReversePath, type BadPath, type PathRules } from './path.ts';
import { decodeXtext } from './xtext.ts';

/** What the session has offered; all that is left out counts as offered, but for what depends on others. */
export interface MailRules {
  readonly smtputf8: boolean;
  /** False after HELO: no parameter at all. */
  readonly parameters?: boolean;
  readonly size?: boolean;
  readonly eightBitMime?: boolean;
  readonly auth?: boolean;
  /** RFC 3461, RFC 8689, draft-hall-prdr: not offered when left out. */
  readonly dsn?: boolean;
  readonly requireTls?: boolean;
  readonly prdr?: boolean;
}

export interface RcptRules extends PathRules {
  /** RFC 3461: not offered when left out. */
  readonly dsn?: boolean;
}

/** A refusal of the command: reply code, enhanced status code, our words. */
export interface BadCommand {
  readonly kind: 'bad';
  readonly code: 501 | 553 | 555;
  readonly enhanced: string;
  readonly why: string;
}

export type MailResult = { readonly kind: 'ok'; readonly from: Sender; readonly parameters: MailParameters } | BadCommand;
export type RcptResult = { readonly kind: 'ok'; readonly to: Mailbox } | BadCommand;

const bad = (code: BadCommand['code'], enhanced: string, why: string): BadCommand => ({ kind: 'bad', code, enhanced, why });
const malformed = (why: string): BadCommand => bad(501, '5.5.4', why);
const unknown = (): BadCommand => bad(555, '5.5.4', 'Parameter not recognized'); // RFC 5321 4.1.1.11

/** Reads what follows `MAIL `. */
export function parseMail(argument: string, rules: MailRules): MailResult {
  const given = afterKeyword(argument, 'FROM:');
  if (given === null) return malformed('Syntax: MAIL FROM:<address>');
  const path = parseReversePath(given, rules);
  if (path.kind === 'bad') return badAddress(path, '5.1.7');
  const parsed = parseParameters(path.rest);
  if (parsed === null) return malformed('Parameters are malformed');
  const parameters = readMailParameters(parsed, rules);
  if ('kind' in parameters) return parameters;
  // RFC 6531 3.4: without the parameter the address must be ASCII, whatever was offered.
  if (!parameters.smtputf8 && path.mailbox !== null && !/^[ -~]*$/.test(path.mailbox.text)) return notAscii;
  return { kind: 'ok', from: path.mailbox, parameters };
}

/** Reads what follows `RCPT `. `smtputf8` is what the client asked for with MAIL. */
export function parseRcpt(argument: string, rules: RcptRules): RcptResult {
  const given = afterKeyword(argument, 'TO:');
  if (given === null) return malformed('Syntax: RCPT TO:<address>');
  const path = parseForwardPath(given, rules);
  if (path.kind === 'bad') return badAddress(path, '5.1.3');
  const parsed = parseParameters(path.rest);
  if (parsed === null) return malformed('Parameters are malformed');
  if (parsed.size === 0) return { kind: 'ok', to: path.mailbox };
  const wishes = readRcptParameters(parsed, rules);
  return 'kind' in wishes ? wishes : { kind: 'ok', to: { ...path.mailbox, ...wishes } };
}

function readRcptParameters(given: ReadonlyMap<string, string | null>, { dsn, smtputf8 }: RcptRules): Pick<Mailbox, 'notify' | 'orcpt'> | BadCommand {
  const read: { notify?: string; orcpt?: string } = {};
  for (const [keyword, value] of given) {
    if (dsn !== true || (keyword !== 'NOTIFY' && keyword !== 'ORCPT')) return unknown();
    const wish = keyword === 'NOTIFY' ? readNotify(value) : readOrcpt(value, smtputf8);
    if (wish === null) return malformed(`Bad value of ${keyword}`);
    read[keyword === 'NOTIFY' ? 'notify' : 'orcpt'] = wish;
  }
  return read;
}

const notAscii = bad(553, '5.6.7', 'An address beyond ASCII needs SMTPUTF8'); // RFC 6531 3.5

const badAddress = ({ why, problem }: BadPath, enhanced: string): BadCommand =>
  problem === 'not-ascii' ? notAscii : bad(501, enhanced, `Bad address: ${why}`);

/** RFC 5321 3.3 allows no blank behind the colon; many clients send one, and nothing else can be meant. */
function afterKeyword(argument: string, keyword: string): string | null {
  if (argument.slice(0, keyword.length).toUpperCase() !== keyword) return null;
  return argument.slice(keyword.length).replace(/^ +/, '');
}

/** Keyword in upper case to value, null without `=`. Null as a whole where the syntax or a second of its kind is wrong. */
function parseParameters(rest: string): ReadonlyMap<string, string | null> | null {
  const found = new Map<string, string | null>();
  if (rest.trimEnd() === '') return found;
  if (!rest.startsWith(' ')) return null;
  for (const part of rest.split(' ')) {
    if (part === '') continue;
    // RFC 5321 4.1.2 esmtp-param; RFC 6531 3.3 adds characters beyond ASCII to the value, of ours only ORCPT has them.
    const match = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~\u00a1-\u{10ffff}]+))?$/u.exec(part);
    const keyword = match?.[1]?.toUpperCase();
    if (keyword === undefined || found.has(keyword)) return null;
    found.set(keyword, match?.[2] ?? null);
  }
  return found;
}

function readMailParameters(given: ReadonlyMap<string, string | null>, rules: MailRules): MailParameters | BadCommand {
  const read: MailParameters = { size: null, body: null, smtputf8: false, auth: null };
  for (const [keyword, value] of given) {
    const reader = Object.hasOwn(readers, keyword) ? readers[keyword as keyof typeof readers] : undefined;
    if (reader === undefined || rules.parameters === false || !reader.offered(rules)) return unknown();
    const part = reader.read(value);
    if (part === null) return malformed(`Bad value of ${keyword}`);
    Object.assign(read, part);
  }
  return read;
}

interface ParameterReader {
  offered(rules: MailRules): boolean;
  /** Null: the value is bad. */
  read(value: string | null): Partial<MailParameters> | null;
}

/** The parameters of MAIL that we know, one row each. */
const readers: Readonly<Record<'SIZE' | 'BODY' | 'SMTPUTF8' | 'AUTH' | 'RET' | 'ENVID' | 'REQUIRETLS' | 'PRDR', ParameterReader>> = {
  SIZE: {
    offered: ({ size = true }) => size,
    // RFC 1870 4: at most 20 digits. Beyond 2^53 the number is not exact; it is far too large anyway.
    read: (value) => (value !== null && /^\d{1,20}$/.test(value) ? { size: Number(value) } : null),
  },
  BODY: { offered: ({ eightBitMime = true }) => eightBitMime, read: readBody },
  SMTPUTF8: { offered: ({ smtputf8 }) => smtputf8, read: (value) => (value === null ? { smtputf8: true } : null) }, // RFC 6531 3.4: no value
  AUTH: { offered: ({ auth = true }) => auth, read: readAuth },
  RET: {
    offered: ({ dsn }) => dsn === true,
    read: (value) => {
      const ret = readRet(value);
      return ret === null ? null : { ret };
    },
  },
  ENVID: {
    offered: ({ dsn }) => dsn === true,
    read: (value) => {
      const envid = readEnvid(value);
      return envid === null ? null : { envid };
    },
  },
  REQUIRETLS: { offered: ({ requireTls }) => requireTls === true, read: (value) => (value === null ? { requireTls: true } : null) }, // RFC 8689 2
  PRDR: { offered: ({ prdr }) => prdr === true, read: (value) => (value === null ? { prdr: true } : null) },
};

/** RFC 6152 2. BINARYMIME (RFC 3030) is not offered: content with bare line ends could not be told from smuggling. */
function readBody(value: string | null): Partial<MailParameters> | null {
  const body = value?.toUpperCase();
  return body === '7BIT' || body === '8BITMIME' ? { body } : null;
}

/** RFC 4954 5: xtext of a mailbox or `<>`. Some clients give a bare user name; it is not trusted, so it need not be an address. */
function readAuth(value: string | null): Partial<MailParameters> | null {
  const auth = value === null ? null : decodeXtext(value);
  return auth !== null && /^[^\p{Cc}]{1,255}$/u.test(auth) ? { auth } : null;
}
