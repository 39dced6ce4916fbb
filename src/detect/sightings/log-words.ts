// What the words of a log mean for detectors, whichever program wrote them: its reason is all that a log tells of the why. Matched on short
// text only (a reason is cut), each expression in linear time.
import type { LogEvent } from '../../model/log-event.ts';
import type { DepartureSighting, HubSighting, OffenceSighting, RecipientSighting } from '../../model/sighting.ts';

/** Characters of a reason that are looked at: servers put what decides first, and strangers' words come behind. */
const reasonMost = 400;

const reasonOf = ({ reason }: Pick<LogEvent, 'reason'>): string => (reason ?? '').slice(0, reasonMost);

const relayWords =
  /relay(?:ing)? (?:access )?(?:is )?(?:denied|not permitted|not allowed|prohibited)|unable to relay|cannot relay|we do not relay|not permitted to relay/i;
const unknownWords =
  /user unknown|unknown (?:user|recipient|local|address)|no such (?:user|recipient|mailbox|address|person)|unrouteable address|does not exist|mailbox (?:unavailable|not found)|invalid recipient|unknown in (?:local|virtual|relay)|sorry, no mailbox here|undeliverable address/i;

/** What a named recipient was answered. */
export function answerOf(event: LogEvent): RecipientSighting['answer'] {
  const reason = reasonOf(event);
  if (relayWords.test(reason)) return 'relay';
  const isForNow = event.outcome === 'deferred' || event.replyCode?.startsWith('4') === true;
  // RFC 3463 3.2: X.1.1 bad mailbox, X.1.10 null MX.
  if (!isForNow && (event.status === '5.1.1' || unknownWords.test(reason))) return 'unknown';
  return isForNow ? 'deferred' : 'refused';
}

const alienWords = /non-?smtp command|http\/1\.[01]|unsupported command from.*(?:get|post|connect) |^(?:get|post|head|options|connect) \//i;
const spamWords = /\bis spam\b|^spam\b|spam message|blocked (?:spam|infected)|junkmail|message (?:scored|identified as spam)/i;
const limitedWords = /rate.?limit|too many (?:errors|failed|failures|auth|connections|concurrent)|\bbanned\b|\(blacklisted\)/i;

/** What an event that speaks against its client was, where it is neither a recipient nor a password. */
export function offenceOf(event: LogEvent): OffenceSighting['what'] {
  const reason = reasonOf(event);
  if (alienWords.test(reason)) return 'alien';
  // A "try later" for the rate alone meets honest senders as well.
  if (event.outcome !== 'deferred' && limitedWords.test(reason)) return 'limited';
  if (spamWords.test(reason)) return 'spam';
  return event.type === 'command' || event.type === 'tls' || event.outcome === 'failed' ? 'protocol' : 'refused';
}

const slowWords = /time.?(?:d )?out after (?:connect|ehlo|helo|starttls|auth|mail|rcpt|data\b(?! \()|bdat|unknown)/i;

/** How a client left. A timeout after a whole message or RSET is a connection held in reserve. */
export function departureOf(event: LogEvent): DepartureSighting['how'] {
  const reason = reasonOf(event);
  if (slowWords.test(reason)) return 'slow';
  if (/too many (?:errors|unrecognized|nonmail|syntax)|too much (?:junk|errors)/i.test(reason)) return 'rude';
  if (/lost connection|connection (?:lost|reset)|unexpected(?:ly)? (?:disconnect|closed)|abandon/i.test(reason)) return 'lost';
  return reason === '' || /quit/i.test(reason) ? 'quit' : 'other';
}

const infectedWords = /infected(?: with| by)?[: ]*\(?([\w.:/-]{3,80})/i;
const detectedWords = /(?:virus|malware)[: ]+'?([\w.:/-]{3,80})'? (?:found|detected)/i;
/** ClamAV's own word, in capitals: "not found" is none. */
const clamWords = /([\w.:/-]{3,80}) FOUND\b/;

/** Name of the virus a log line tells of; null where it tells of none. */
export function virusIn(event: LogEvent): string | null {
  const reason = reasonOf(event);
  const found = infectedWords.exec(reason) ?? detectedWords.exec(reason) ?? clamWords.exec(reason);
  return found?.[1] ?? null;
}

/** The id under which a message goes on at the next program: Postfix and its kind name it in their 250. */
export const nextQueueIdIn = (event: LogEvent): string | null => /queued as ([\w-]{5,40})/.exec(reasonOf(event))?.[1] ?? null;

/** Failed tries that one line stands for, at most ten: Dovecot tells of them when the client goes. */
export function triesIn(event: LogEvent): number {
  const tries = Number(/auth failed, (\d{1,4}) attempts/.exec(reasonOf(event))?.[1] ?? 1);
  return Math.min(10, Math.max(1, tries));
}

/** How the next hop did with a delivery; null where it was not asked. */
export function hubOutcomeOf(event: LogEvent): HubSighting['outcome'] | null {
  if (event.outcome === 'delivered') return 'ok';
  if (
    /connect to|connection (?:refused|timed out|reset)|host (?:unreachable|not found)|no route to host|timed out|lost connection|unreachable/i.test(
      reasonOf(event),
    )
  )
    return 'unreachable';
  if (event.outcome === 'deferred') return 'tempfail';
  return event.outcome === 'bounced' ? 'refused' : null;
}
