// What a newcomer reads after the first start.
import type { Config } from '../config/options.ts';
import { hostPortText } from '../config/value-types.ts';

/** A few commands that show what the gateway does, with the addresses that it really has. `program`: how this very one is called. */
export function whatToTry(config: Config, program: string): string {
  const [listener] = config.listeners;
  const [domain] = config.site.domains;
  const at = listener === undefined ? '' : hostPortText(listener.address);
  const hints: readonly (readonly [what: string, why: string])[] = [
    [`${program} try`, `a message to alice@${domain}, an unknown mailbox, attempts to relay`],
    [`${program} explain REFERENCE`, 'why something was refused: the reference stands in each refusal'],
    ...(config.web === undefined ? [] : [[`http://${hostPortText(config.web.address)}/`, 'what is going on'] as const]),
    [`${program} init`, 'a configuration of your own, in front of your mail server'],
  ];
  return `
This is the first-run set-up: mail for ${domain} goes to mailboxes below ${config.state}.
Try, in another terminal${program.includes('/') ? ', in this folder' : ''}:
${hints.map(([what, why]) => `  ${what.padEnd(33)}${why}\n`).join('')}SMTP is at ${at}; stop with Ctrl-C.

`;
}
