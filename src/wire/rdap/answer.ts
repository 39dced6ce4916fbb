// What an RDAP answer about a network says of it (RFC 9083): from where to where it goes, and who reads of abuse there. Answers come from
// servers of strangers, in many dialects: whatever is not as it should be is left out, and nothing is deeper or longer than it may be.
import { isMailbox } from '../../model/abuse-contact.ts';

/** A contact whose mailbox the answer does not give: it must be asked for. */
export interface NamedEntity {
  readonly handle: string;
  /** Its own address, where the answer gives one. */
  readonly self: string | null;
}

export interface RdapNetwork {
  /** First and last address; '' where the answer does not say. */
  readonly first: string;
  readonly last: string;
  /** Of all contacts with the role `abuse`; those that have no other role come first, and none comes twice. */
  readonly mailboxes: readonly string[];
  /** Contacts with that role of which only the name is given. */
  readonly unnamed: readonly NamedEntity[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Contacts stand within contacts: so deep, and so many in all. */
const deepest = 6;
const mostEntities = 200;
/** Mailboxes that are taken of one answer. */
const mostMailboxes = 5;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads an answer to a question about an address or a network, or about one contact; null where it is neither. */
export function readRdapNetwork(answer: unknown): RdapNetwork | null {
  if (!isFields(answer) || 'errorCode' in answer) return null;
  const isContact = answer['objectClassName'] === 'entity';
  const abuse = abuseEntities(isContact ? [answer] : listOf(answer['entities']), isContact).toSorted(
    (one, other) => listOf(one['roles']).length - listOf(other['roles']).length,
  );
  const mailboxes = [...new Set(abuse.flatMap(mailboxesOf))].slice(0, mostMailboxes);
  return {
    // Some registries write an address as a network of one.
    first: textOf(answer['startAddress']).replace(/\/.*$/, ''),
    last: textOf(answer['endAddress']).replace(/\/.*$/, ''),
    mailboxes,
    unnamed: abuse.flatMap((entity) => (mailboxesOf(entity).length > 0 || textOf(entity['handle']) === '' ? [] : [namedEntity(entity)])),
  };
}

/** All that read of abuse, at whatever depth; `all`: the first ones do whatever their role is, as they were asked for by name. */
function abuseEntities(first: readonly unknown[], all: boolean): readonly Fields[] {
  const found: Fields[] = [];
  let looked = 0;
  let level = first;
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const entities = level.filter(isFields).slice(0, mostEntities - looked);
    looked += entities.length;
    found.push(...entities.filter((entity) => (all && depth === 0) || listOf(entity['roles']).some((role) => textOf(role).toLowerCase() === 'abuse')));
    level = entities.flatMap((entity) => listOf(entity['entities']));
  }
  return found;
}

/** jCard (RFC 7095): `["vcard", [[name, parameters, type, value], ...]]`. */
function mailboxesOf(entity: Fields): readonly string[] {
  return listOf(listOf(entity['vcardArray'])[1])
    .map(listOf)
    .filter(([name]) => textOf(name).toLowerCase() === 'email')
    .map(([, , , value]) =>
      textOf(value)
        .trim()
        .replace(/^mailto:/i, ''),
    )
    .filter(isMailbox)
    .map((mailbox) => mailbox.replace(/@.*$/, (domain) => domain.toLowerCase()));
}

function namedEntity(entity: Fields): NamedEntity {
  const self = listOf(entity['links'])
    .filter(isFields)
    .find(({ rel }) => rel === 'self');
  return { handle: textOf(entity['handle']).slice(0, 100), self: self === undefined ? null : textOf(self['href']) || null };
}
