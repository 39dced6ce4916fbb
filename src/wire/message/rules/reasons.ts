// Why a message was refused, by what servers say. Order counts: the narrower wording stands above the wider, because a refusal of spam often
// names the mailbox too. Below the wordings: what enhanced status codes (RFC 3463, IANA registry) and reply codes say when no wording does.
import type { BounceReason } from '../../../model/understanding.ts';
import { PhraseTable } from '../phrases.ts';
import { messageReasons } from './message-reasons.ts';
import { generalReasons, recipientReasons } from './recipient-reasons.ts';
import { transportReasons } from './transport-reasons.ts';

/** Wordings of refusals. */
export const reasonPhrases = new PhraseTable([...messageReasons, ...recipientReasons, ...transportReasons, ...generalReasons]);

/** RFC 3463 3 and the IANA registry, subject and detail of a status; narrower than the class `x.n.0`, which says too little alone. */
export const reasonByStatus: Readonly<Record<string, BounceReason>> = {
  '1.1': 'user-unknown',
  '1.2': 'host-unknown',
  '1.3': 'user-unknown',
  '1.4': 'user-unknown',
  '1.6': 'user-moved',
  '1.7': 'sender-refused',
  '1.8': 'sender-refused',
  '1.9': 'system-error',
  '1.10': 'not-accepting', // RFC 7505
  '2.1': 'mailbox-disabled',
  '2.2': 'mailbox-full',
  '2.3': 'message-too-big',
  '3.1': 'system-full',
  '3.2': 'not-accepting',
  '3.4': 'message-too-big',
  '3.5': 'system-error',
  '4.1': 'network-error',
  '4.2': 'network-error',
  '4.3': 'network-error',
  '4.4': 'host-unknown',
  '4.6': 'loop',
  '4.7': 'expired',
  '5.1': 'syntax',
  '5.2': 'syntax',
  '5.3': 'rate-limited',
  '5.4': 'syntax',
  '6.0': 'content-refused',
  '6.1': 'content-refused',
  '6.3': 'content-refused',
  '7.1': 'policy',
  '7.9': 'policy',
  '7.13': 'mailbox-disabled',
  '7.20': 'authentication-failed', // RFC 7372
  '7.21': 'authentication-failed',
  '7.22': 'authentication-failed',
  '7.23': 'authentication-failed',
  '7.24': 'authentication-failed',
  '7.25': 'blocked',
  '7.26': 'authentication-failed',
  '7.27': 'sender-refused', // RFC 7505
  '7.28': 'rate-limited',
};

/** RFC 5321 4.2.3: where nothing else speaks. 550 and 553 are missing: servers say them of everything. */
export const reasonByReply: Readonly<Record<string, BounceReason>> = {
  '421': 'network-error',
  '450': 'mailbox-disabled',
  '451': 'system-error',
  '452': 'system-full',
  '500': 'syntax',
  '501': 'syntax',
  '502': 'syntax',
  '503': 'syntax',
  '504': 'syntax',
  '530': 'security',
  '535': 'security',
  '551': 'user-moved',
  '552': 'mailbox-full',
  '556': 'not-accepting', // RFC 7504
};

/** Details of a status that are exact and seldom misused: they go before the wording. */
export const exactStatus: ReadonlySet<string> = new Set([
  '1.6',
  '2.2',
  '2.3',
  '3.4',
  '4.6',
  '4.7',
  '7.20',
  '7.21',
  '7.22',
  '7.23',
  '7.24',
  '7.25',
  '7.26',
  '7.27',
  '7.28',
]);
