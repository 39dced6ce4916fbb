// What would be decided today about a session of the past (mission I5): its stages judged again, with the configuration, lists and
// recipients of now. Content is not kept, so the message stage is not judged again.
import type { Config } from '../config/options.ts';
import type { Explanation, Redecision, StagedFinding } from '../events/explanation.ts';
import type { Client } from '../model/client.ts';
import type { Mailbox } from '../model/mailbox.ts';
import type { HeloInput, MailInput } from '../model/stage-input.ts';
import { isRefusal, type Finding, type Stage, type Verdict } from '../model/verdict.ts';
import { treatingFinding } from '../policy/treatment.ts';
import { parseMailbox } from '../wire/smtp/path.ts';
import type { PolicyParts } from './policy-parts.ts';

/** Null where the record says too little: no client address, or a kind that policy had no part in. */
export async function decideToday(explanation: Explanation, config: Config, policy: Pick<PolicyParts, 'judge' | 'isInside'>): Promise<Redecision | null> {
  if (explanation.client.ip === '' || explanation.kind === 'command' || explanation.kind === 'failure') return null;
  const findings: StagedFinding[] = [];
  const all: Finding[] = [];
  for await (const [stage, verdict] of verdicts(explanation, config, policy)) {
    findings.push(...verdict.findings.map((finding) => staged(stage, finding)));
    all.push(...verdict.findings);
    if (!isRefusal(verdict)) continue;
    const because = verdict.decisive === null ? 'policy' : staged(stage, verdict.decisive).because;
    return { outcome: verdict.action === 'defer' ? 'deferred' : 'refused', because: `${because} (at ${stage})`, findings };
  }
  const treating = treatingFinding(all);
  if (treating !== null) return { outcome: treating.action === 'discard' ? 'discarded' : 'held', because: staged('message', treating).because, findings };
  return { outcome: 'delivered', because: 'nothing would stop it before the content is seen and the next hop asked', findings };
}

/** The verdicts of the stages that the session reached, as of now. */
async function* verdicts(
  explanation: Explanation,
  config: Config,
  { judge, isInside }: Pick<PolicyParts, 'judge' | 'isInside'>,
): AsyncGenerator<readonly [Stage, Verdict]> {
  const { session } = explanation;
  const client = clientOf(explanation, config, isInside);
  const conduct = { talkedBeforeBanner: false, pipelinedTooEarly: false, errors: 0, junkCommands: 0, messages: 0, recipients: 0 };
  yield ['connect', (await judge('connect', { session, client, conduct })).verdict];
  const { helo, user } = explanation.client;
  if (helo === null) return;
  const greeted: HeloInput = { session, client, conduct, helo, esmtp: true, tls: null, user };
  yield ['helo', (await judge('helo', greeted)).verdict];
  if (explanation.from === null) return;
  const from = explanation.from === '' ? null : mailboxOf(explanation.from);
  const begun: MailInput = { ...greeted, from, parameters: { size: explanation.message?.bytes ?? null, body: null, smtputf8: false, auth: null } };
  yield ['mail', (await judge('mail', begun)).verdict];
  const accepted: Mailbox[] = [];
  for (const address of explanation.to) {
    const to = mailboxOf(address);
    if (to === null) continue;
    yield ['rcpt', (await judge('rcpt', { ...begun, to, accepted: [...accepted] })).verdict];
    accepted.push(to);
  }
}

function clientOf({ client }: Explanation, config: Config, isInside: (ip: string) => boolean): Client {
  const listener = config.listeners.find(({ name }) => name === client.listener) ?? config.listeners[0];
  return {
    ip: client.ip,
    port: client.port ?? 0,
    localIp: listener?.address.host ?? '',
    localPort: listener?.address.port ?? 0,
    listener: client.listener ?? '',
    role: listener?.role ?? 'mx',
    inside: isInside(client.ip),
  };
}

function mailboxOf(address: string): Mailbox | null {
  const parsed = parseMailbox(address, { smtputf8: true });
  return parsed.kind === 'ok' ? parsed.mailbox : null;
}

const staged = (stage: Stage, { check, action, wouldBe, outcome }: Verdict['findings'][number]): StagedFinding => ({
  stage,
  check,
  action,
  wouldBe: wouldBe ?? null,
  because: outcome.kind === 'finding' ? outcome.because : `unsure: ${outcome.why}`,
  evidence: outcome.kind === 'finding' ? outcome.evidence : {},
});
