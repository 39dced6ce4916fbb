// A corpus of real good mail (spamham-spamassassin) as what a gateway saw of it: when it came, from which machine, to whom, and what its content tells.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { originOf } from '../../src/detect/sightings/origin.ts';
import { orgDomain } from '../../src/lib/org-domain.ts';
import type { MessageTraits } from '../../src/model/message-traits.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import { readContent } from '../../src/wire/message/content-traits.ts';
import { outsideHopOf } from '../../src/wire/message/outside-hop.ts';
import type { Innocent } from './trial.ts';

const key = { k0: 0x1234, k1: 0x5678 };

/**
 * The ham of the corpus in the folder (`labels.jsonl` says which it is, `mails.tar.xz` holds it): as it came, when nobody proved his name, and
 * as it would come now, with every sender proven by SPF.
 */
export function hamOf(folder: string): Innocent[] {
  const labels = readFileSync(join(folder, 'labels.jsonl'), 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { readonly file: string; readonly expected: { readonly class: string } }]));
  const unpacked = mkdtempSync(join(tmpdir(), 'ham-'));
  try {
    execFileSync('tar', ['-xJf', join(folder, 'mails.tar.xz'), '-C', unpacked]);
    const files = labels.flatMap(({ file, expected }) => (expected.class === 'ham' ? [{ file, mail: readFileSync(join(unpacked, file)) }] : []));
    const seenWith = (proof: Proof): Sighting[] => files.flatMap(({ file, mail }) => asSeen(file, mail, proof)).toSorted((one, other) => one.at - other.at);
    return [
      { name: 'ham, at its own times', sightings: seenWith({}) },
      { name: 'ham, every sender proven', sightings: seenWith({ spf: 'pass' }) },
    ];
  } finally {
    rmSync(unpacked, { recursive: true });
  }
}

type Proof = Pick<MessageTraits, 'spf'>;

function asSeen(file: string, mail: Buffer, proof: Proof): Sighting[] {
  const text = mail.toString('latin1');
  const header = text.slice(0, /\r?\n\r?\n/.exec(text)?.index ?? text.length).replaceAll(/\r?\n[ \t]+/g, ' ');
  const received = valuesOf(header, 'received');
  const hop = outsideHopOf(received);
  const line = received.find((each) => hop !== null && each.includes(hop.ip)) ?? received[0] ?? '';
  const at = Date.parse(/;([^;]*)$/.exec(line)?.[1] ?? '') || Date.parse(valuesOf(header, 'date')[0] ?? '');
  if (Number.isNaN(at)) return [];
  const from = addressIn(valuesOf(header, 'return-path')[0] ?? valuesOf(header, 'from')[0] ?? '');
  const to = `${addressIn(recipientIn(received) ?? valuesOf(header, 'to')[0] ?? '').replace(/@.*$/, '')}@hub.example`;
  const caller = { ip: hop?.ip ?? '198.18.0.1', name: hop?.name ?? null, user: null, inside: false };
  const traits = { ...readContent({ beginning: mail, from, recipients: [to], key }), ...proof };
  const origin = originOf(caller, from, traits, { orgDomain });
  const seen = { at, source: file, caller };
  const subject = valuesOf(header, 'subject')[0] ?? null;
  const messageId = valuesOf(header, 'message-id')[0] ?? null;
  const message = { direction: 'in', index: 0, recipients: 1, outcome: 'delivered', bytes: mail.length, messageId, subject, traits } as const;
  return [
    { kind: 'connection', ...seen, session: file, refused: false },
    { kind: 'recipient', ...seen, origin, from, to, answer: 'accepted' },
    { kind: 'message', ...seen, origin, from, to, ...message },
    { kind: 'departure', ...seen, session: file, how: 'quit' },
  ];
}

const valuesOf = (header: string, name: string): string[] =>
  header.split('\n').flatMap((line) => (line.toLowerCase().startsWith(`${name}:`) ? [line.slice(name.length + 1).trim()] : []));

/** The latest that is not the last step of fetching it. */
const recipientIn = (received: readonly string[]): string | undefined =>
  received.map((line) => /\bfor <?([^\s<>;]+@[^\s<>;]+)>?/.exec(line)?.[1]).find((each) => each !== undefined && !each.endsWith('@localhost'));

const addressIn = (text: string): string => (/<([^<>]*)>/.exec(text)?.[1] ?? /[^\s<>"(),;:]+@[^\s<>"(),;:]+/.exec(text)?.[0] ?? '').toLowerCase();
