// Letting one kept message go: exactly the bytes that came, behind the trace line of the day they came, to where its recipients' mail goes
// today. Who has it is remembered, so that a second attempt serves only the others.
import { createHash } from 'node:crypto';
import type { Client } from '../../model/client.ts';
import type { Content, Delivery, DeliveryOutcome, DeliveryRequest, Route } from '../../model/delivery.ts';
import type { Mailbox } from '../../model/mailbox.ts';
import type { QuarantineItem } from '../../model/quarantine.ts';
import { isPermanent, isPositive, oneLine, type Reply } from '../../model/reply.ts';
import { deliverAsPossible } from '../as-possible.ts';

/** Reads the content, byte for byte as it came; may be called more than once. */
export type ReadContent = Content['chunks'];

export interface ReleaseParts {
  readonly delivery: Pick<Delivery, 'deliver'>;
  /** By the configuration in force. */
  routeOf(input: { readonly to: Mailbox; readonly client: Client }): Route;
}

/** What a release came to: who has it now, and what was said of the others. */
export interface Released {
  readonly delivered: readonly Mailbox[];
  /** `isFinal`: the next hop refuses it for good. */
  readonly left: readonly { readonly to: Mailbox; readonly why: string; readonly isFinal: boolean }[];
  /** The next hops' last word. */
  readonly said: string;
  /** An answer was lost: of those left somebody may have it. */
  readonly isUncertain: boolean;
}

/** Delivers the item's content to the recipients `to`. Rejects when the content is not what was kept: nothing is sent then. */
export async function releaseItem(item: QuarantineItem, to: readonly Mailbox[], read: ReadContent, parts: ReleaseParts): Promise<Released> {
  await assertWhole(item, read);
  const delivered: Mailbox[] = [];
  const left: Released['left'][number][] = [];
  let [said, isUncertain] = ['', false];
  for (const [route, recipients] of byRoute(item, to, parts)) {
    const served = await serve(requestOf(item, route, recipients, read), parts.delivery);
    delivered.push(...served.delivered);
    left.push(...served.left);
    said = served.said;
    isUncertain ||= served.isUncertain;
  }
  return { delivered, left, said, isUncertain };
}

/** One route's share. Who was taken where others were refused before content was sent is served alone. */
async function serve(request: DeliveryRequest, delivery: ReleaseParts['delivery']): Promise<Released> {
  const outcome = await deliverAsPossible(request, delivery);
  if (outcome.kind === 'mixed' && outcome.at === 'rcpt') {
    const taken = outcome.perRecipient.filter(({ hubReply }) => isPositive(hubReply)).map(({ to }) => to);
    const refused = outcome.perRecipient.filter(({ hubReply }) => !isPositive(hubReply)).map(({ to, hubReply }) => leftBy(to, hubReply));
    if (taken.length === 0 || taken.length === request.recipients.length) return { delivered: [], left: refused, said: saidBy(outcome), isUncertain: false };
    const rest = await serve({ ...request, recipients: taken }, delivery);
    return { ...rest, left: [...rest.left, ...refused] };
  }
  const answers = new Map<string, Reply>(outcome.kind === 'mixed' ? outcome.perRecipient.map(({ to, hubReply }) => [to.text, hubReply]) : []);
  const has = (to: Mailbox): boolean => {
    const answer = answers.get(to.text);
    return outcome.kind === 'delivered' || (answer !== undefined && isPositive(answer));
  };
  const said = saidBy(outcome);
  return {
    delivered: request.recipients.filter(has),
    left: request.recipients.flatMap((to) => {
      const answer = answers.get(to.text);
      if (has(to)) return [];
      const last = answer ?? (outcome.kind === 'refused' ? outcome.hubReply : undefined);
      return [last === undefined ? { to, why: said, isFinal: false } : leftBy(to, last)];
    }),
    said,
    isUncertain: outcome.kind === 'ambiguous',
  };
}

const leftBy = (to: Mailbox, hubReply: Reply): Released['left'][number] => ({ to, why: oneLine(hubReply), isFinal: isPermanent(hubReply) });

function saidBy(outcome: DeliveryOutcome): string {
  switch (outcome.kind) {
    case 'delivered':
    case 'refused':
      return oneLine(outcome.hubReply);
    case 'mixed':
      return 'recipients were answered differently';
    case 'unavailable':
      return outcome.why;
    case 'ambiguous':
      return `${outcome.why}; it may have been delivered`;
    default:
      return outcome satisfies never;
  }
}

/** Recipients by where their mail goes now: customers may have moved since. */
function byRoute({ handover }: QuarantineItem, to: readonly Mailbox[], { routeOf }: ReleaseParts): readonly (readonly [Route, readonly Mailbox[]])[] {
  const groups = new Map<string, { readonly route: Route; readonly recipients: Mailbox[] }>();
  for (const each of to) {
    const route = routeOf({ to: each, client: handover.client });
    const group = groups.get(route.key) ?? { route, recipients: [] };
    groups.set(route.key, group);
    group.recipients.push(each);
  }
  return [...groups.values()].map(({ route, recipients }) => [route, recipients]);
}

const requestOf = (
  { reference, handover, from, parameters, prependedHeaders, ...item }: QuarantineItem,
  route: Route,
  recipients: readonly Mailbox[],
  read: ReadContent,
): DeliveryRequest => ({
  reference,
  handover,
  route,
  from,
  parameters,
  recipients,
  prependedHeaders,
  content: { wireBytes: item.wireBytes, sha256: item.sha256, chunks: read, dispose: () => {} },
  // Nobody waits for one answer to all: who can be served is.
  perRecipientAnswers: true,
});

/** A message that lost a byte on the disk must not go out as if it were whole. */
async function assertWhole({ sha256 }: QuarantineItem, read: ReadContent): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of read()) hash.update(chunk);
  if (hash.digest('hex') !== sha256) throw new Error('its content is not what was kept: the file is damaged');
}
