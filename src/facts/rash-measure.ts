// What a tired person types at three in the morning and would not have meant: asked about before it is in force, not forbidden.
import type { Measure } from '../model/measure.ts';
import { patternsMeet } from './mail-pattern.ts';

type Asked = Pick<Measure, 'scope' | 'action' | 'dryRun'>;

const harmless: ReadonlySet<Measure['action']> = new Set(['observe', 'tag', 'delay']);
/** What is lost for whoever is met by mistake. */
const final: ReadonlySet<Measure['action']> = new Set(['discard', 'reject', 'refuse-at-banner', 'drop']);

/** Why it may not be what is meant; null where nothing speaks against it. `ours` are our domains and those of our customers. */
export function whyRash(measure: Asked, ours: readonly string[]): string | null {
  return whyNoBounces(measure) ?? whyNobody(measure, ours);
}

/** All reports have the null sender, those of our own people's mail too (RFC 5321 4.5.5). */
function whyNoBounces({ scope, action, dryRun }: Asked): string | null {
  const { sender, recipient, content, client, helo, hostname } = scope;
  if (sender !== '<>' || dryRun || harmless.has(action)) return null;
  if ([content, client, helo, hostname].some((field) => field !== undefined)) return null;
  if (recipient !== undefined && !final.has(action)) return null;
  const whose = recipient === undefined ? 'everybody' : recipient;
  return `it would take from ${whose} the bounces of their own mail too; say --content forged-bounce, or name a --recipient and hold them (--action hold), or --force`;
}

/** A slip in a domain would be in force for ever, and meet nobody. */
function whyNobody({ scope: { recipient, direction, role, user, sender } }: Asked, ours: readonly string[]): string | null {
  if (recipient === undefined || ours.some((domain) => patternsMeet(recipient, domain))) return null;
  const isOnItsWayOut = direction === 'out' || user !== undefined || role === 'submission' || role === 'smarthost';
  if (isOnItsWayOut || (sender !== undefined && ours.some((domain) => patternsMeet(sender, domain)))) return null;
  return `${recipient} is in none of your domains: no mail from outside comes to it; say --direction out if mail to the world is meant, or --force`;
}
