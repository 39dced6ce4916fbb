// An SMTP session as a pure step: one command line in, the next state and one effect out (RFC 5321 4.1).
// No socket, no clock, no policy: the shell (live-session.ts) performs the effect before it reads the next line.
import { replies } from '../../policy/replies.ts';
import { parseCommand } from '../../wire/smtp/command.ts';
import { continueAuth } from './auth-exchange.ts';
import { commands, type Verb } from './commands.ts';
import { refuse, type Offer, type State, type Step } from './step.ts';

/** One command line in (without its CRLF), one step out. */
export function onLine(state: State, line: string, offer: Offer): Step {
  if (state.at === 'auth') return continueAuth(state, line);
  const { verb, argument } = parseCommand(line);
  if (!Object.hasOwn(commands, verb)) return refuse(state, replies.unknownCommand, 'unknown-command');
  const command = commands[verb as Verb];
  const misplaced = command.misplaced[state.at];
  if (misplaced !== undefined) return refuse(state, misplaced, 'bad-sequence');
  return command.run(state, argument, offer);
}
