// The brakes of one hub, judged: the rows of its table over the settings of its files. Texts in, findings out.
import type { Brake, BrakeVerdict, HubProduct, Machine, Settings, View } from './brake.ts';
import { judgeValue } from './brake.ts';
import { eximBrakes } from './exim-brakes.ts';
import { parseExim } from './exim.ts';
import { postfixBrakes } from './postfix-brakes.ts';
import { parsePostfix, resolvePostfix } from './postfix.ts';
import { sendmailBrakes } from './sendmail-brakes.ts';
import { isMacroSource, macroNames, parseSendmail } from './sendmail.ts';

/** One brake of one hub; these keys are the fields of `--json`. */
export interface BrakeFinding {
  readonly hub: HubProduct;
  readonly setting: string;
  /** As written; null: not written, the server's own default holds. */
  readonly value: string | null;
  readonly meaning: string;
  readonly verdict: BrakeVerdict;
  /** The value to write; null when nothing is to be written. */
  readonly proposed: string | null;
  /** The whole line in the language of the file; null when nothing is to be written. */
  readonly line: string | null;
  readonly why: string;
}

interface Language {
  readonly brakes: readonly Brake[];
  readonly parse: (text: string) => Settings;
  readonly line: (setting: string, value: string, texts: readonly string[]) => string;
}

const languages: Readonly<Record<HubProduct, Language>> = {
  postfix: { brakes: postfixBrakes, parse: parsePostfix, line: (setting, value) => `${setting} = ${value}` },
  exim: { brakes: eximBrakes, parse: parseExim, line: (setting, value) => `${setting} = ${value}` },
  sendmail: {
    brakes: sendmailBrakes,
    parse: parseSendmail,
    line: (setting, value, texts) => (texts.some(isMacroSource) ? `define(\`${macroNames[setting]}', \`${value}')dnl` : `O ${setting}=${value}`),
  },
};

/** Judges the texts of one hub's configuration (later ones win) for this machine and this gateway. */
export function judgeBrakes(hub: HubProduct, texts: readonly string[], machine: Machine): readonly BrakeFinding[] {
  const { brakes, parse, line } = languages[hub];
  const settings: Settings = new Map(texts.flatMap((text) => [...parse(text)]));
  const view = viewOf(hub, settings, machine);
  return brakes.map((brake) => {
    const { setting, meaning, propose } = brake;
    const written = settings.get(setting)?.value ?? null;
    const { verdict, why } = judgeValue(brake, view.value(setting) ?? '', view);
    const proposal = verdict === 'good' ? '' : propose(machine, view);
    // What is proposed already stands there, and the cause is elsewhere: the reason says where.
    const proposed = proposal === '' || proposal === (written ?? brake.fallback(machine)) ? null : proposal;
    return { hub, setting, value: written, meaning, verdict, proposed, line: proposed === null ? null : line(setting, proposed, texts), why };
  });
}

function viewOf(hub: HubProduct, settings: Settings, machine: Machine): View {
  const raw = (name: string): string | null => settings.get(name)?.value ?? null;
  const known = (name: string): string | null => raw(name) ?? languages[hub].brakes.find(({ setting }) => setting === name)?.fallback(machine) ?? null;
  return {
    machine,
    value(name) {
      if (name.startsWith('raw:')) return raw(name.slice(4));
      const value = known(name);
      return value === null || hub !== 'postfix' ? value : resolvePostfix(value, known);
    },
  };
}
