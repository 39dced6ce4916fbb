// Reads sendmail.cf (`O Name=value`) or its source .mc (`define(`confX', `value')`), as far as the brakes need it. Sendmail's op guide, 5.6.
import type { Setting, Settings } from './brake.ts';

/** The m4 name of each option we look at. */
export const macroNames: Readonly<Record<string, string>> = {
  ConnectionRateThrottle: 'confCONNECTION_RATE_THROTTLE',
  DelayLA: 'confDELAY_LA',
  QueueLA: 'confQUEUE_LA',
  RefuseLA: 'confREFUSE_LA',
  MaxDaemonChildren: 'confMAX_DAEMON_CHILDREN',
  MaxRecipientsPerMessage: 'confMAX_RCPTS_PER_MESSAGE',
  MaxMessageSize: 'confMAX_MESSAGE_SIZE',
  BadRcptThrottle: 'confBAD_RCPT_THROTTLE',
  MinFreeBlocks: 'confMIN_FREE_BLOCKS',
  'Timeout.command': 'confTO_COMMAND',
  'Timeout.datablock': 'confTO_DATABLOCK',
  'Timeout.mail': 'confTO_MAIL',
  'Timeout.rcpt': 'confTO_RCPT',
  'Timeout.ident': 'confTO_IDENT',
};

const optionOfMacro = new Map(Object.entries(macroNames).map(([option, macro]) => [macro, option]));
// Option names are the same in any case.
const spelling = new Map(Object.keys(macroNames).map((name) => [name.toLowerCase(), name]));

/** True for m4 source: the proposal is then written as define() lines. */
export const isMacroSource = (text: string): boolean => /^\s*(?:define|FEATURE|MAILER|OSTYPE|divert)\(/m.test(text);

/** Settings under the names of the .cf file, whichever of the two the text is. */
export function parseSendmail(text: string): Settings {
  const settings = new Map<string, Setting>();
  const macros = isMacroSource(text);
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const found = macros ? readDefine(raw) : readOption(raw);
    if (found !== null) settings.set(found.name, { ...found, line: index + 1 });
  }
  return settings;
}

function readDefine(raw: string): Omit<Setting, 'line'> | null {
  const live = raw.replace(/(?:^|\s)dnl\b.*$/, '').replace(/^\s*#.*/, '');
  const found = /define\(\s*`?(conf\w+)'?\s*,\s*`?([^'`)]*)'?\s*\)/.exec(live);
  const name = optionOfMacro.get(found?.[1] ?? '');
  return name === undefined ? null : { name, value: (found?.[2] ?? '').trim() };
}

function readOption(raw: string): Omit<Setting, 'line'> | null {
  const found = /^O\s+([\w.]+)\s*=\s*(.*)$/.exec(raw);
  const name = spelling.get((found?.[1] ?? '').toLowerCase());
  return name === undefined ? null : { name, value: (found?.[2] ?? '').trim() };
}
