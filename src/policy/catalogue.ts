// Every check there is. A check's place here is also its place in the record: permission first, then what is cheap to find.
import type { Check } from './check.ts';
import { autoReplyLeaving } from './checks/auto-reply-leaving.ts';
import { badLineEnds } from './checks/bad-line-ends.ts';
import { differentRoute } from './checks/different-route.ts';
import { earlyTalker } from './checks/early-talker.ts';
import { forgedBounce } from './checks/forged-bounce.ts';
import { heloClaimsOurName } from './checks/helo-claims-our-name.ts';
import { listed } from './checks/listed.ts';
import { loopToHub } from './checks/loop-to-hub.ts';
import { mailLoop } from './checks/mail-loop.ts';
import { messageTooBig } from './checks/message-too-big.ts';
import { nullSenderManyRecipients } from './checks/null-sender-many-recipients.ts';
import { overQuota } from './checks/over-quota.ts';
import { ownBounceLeaving } from './checks/own-bounce-leaving.ts';
import { relayNotAllowed } from './checks/relay-not-allowed.ts';
import { relayTrick } from './checks/relay-trick.ts';
import { sinkRecipient } from './checks/sink-recipient.ts';
import { standingMeasure } from './checks/standing-measure.ts';
import { tooManyErrors } from './checks/too-many-errors.ts';
import { tooManyJunkCommands } from './checks/too-many-junk-commands.ts';
import { tooManyRecipients } from './checks/too-many-recipients.ts';
import { tooLargeToScan } from './checks/too-large-to-scan.ts';
import { trapRecipient } from './checks/trap-recipient.ts';
import { unknownRecipient } from './checks/unknown-recipient.ts';
import { virusFound } from './checks/virus-found.ts';

export const catalogue: readonly Check[] = [
  relayNotAllowed,
  relayTrick,
  loopToHub,
  differentRoute,
  unknownRecipient,
  tooManyErrors,
  tooManyJunkCommands,
  tooManyRecipients,
  messageTooBig,
  badLineEnds,
  mailLoop,
  listed,
  standingMeasure,
  earlyTalker,
  heloClaimsOurName,
  nullSenderManyRecipients,
  overQuota,
  forgedBounce,
  virusFound,
  tooLargeToScan,
  autoReplyLeaving,
  ownBounceLeaving,
  trapRecipient,
  sinkRecipient,
];
