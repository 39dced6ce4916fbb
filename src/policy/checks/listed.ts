import type { Action, Stage } from '../../model/verdict.ts';
import { clean, defineCheck, finding, unsure } from '../check.ts';
import type { ListHit } from '../facts.ts';

/** An entry of the operator's lists matches the client, its host name, the sender or the recipient; the entry says what is done (R6). */
export const listed = defineCheck({
  id: 'listed',
  stages: ['connect', 'helo', 'mail', 'rcpt'],
  kind: 'abuse',
  facts: ['lists'],
  defaults: { action: 'reject', onUnsure: 'pass' },
  options: () => undefined,

  run(_input, { lists }, _options, stage) {
    if (lists.kind === 'unknown') return unsure(lists.why);
    const hit = strictest(lists.value, stage);
    if (hit === null) return clean;
    return finding('on a list of the operator', { list: hit.list, entry: hit.entry, reason: hit.reason }, { action: hit.action });
  },
});

type Refusing = ListHit & { readonly action: Action };

const order: readonly Action[] = ['observe', 'tag', 'delay', 'divert', 'quarantine', 'discard', 'defer', 'reject', 'refuse-at-banner'];

/**
 * The strictest entry that speaks at this stage. Only refuse-at-banner speaks before RCPT: whoever is merely refused must still
 * reach postmaster (RFC 5321 4.5.1), and the record then names whom the mail was for.
 */
function strictest(hits: readonly ListHit[], stage: Stage): Refusing | null {
  let worst: Refusing | null = null;
  for (const hit of hits) {
    if (!isRefusing(hit) || (stage !== 'rcpt' && hit.action !== 'refuse-at-banner')) continue;
    if (worst === null || order.indexOf(hit.action) > order.indexOf(worst.action)) worst = hit;
  }
  return worst;
}

const isRefusing = (hit: ListHit): hit is Refusing => hit.action !== 'accept';
