// The command line as data: for completion, the manual page and the reference, which therefore cannot disagree with --help.
import { assemble, type CommandLine, type Subcommand } from './command-line.ts';

/** A command with its options and subcommands, as --help knows them. */
export interface CommandNode {
  readonly name: string;
  readonly description: string;
  /** `<id>`, `[file...]`. */
  readonly operands: readonly string[];
  readonly options: readonly { readonly flags: string; readonly long: string | null; readonly takesValue: boolean; readonly description: string }[];
  readonly commands: readonly CommandNode[];
}

/** The tree of these subcommands. */
export function commandTree(subcommands: readonly Subcommand[]): readonly CommandNode[] {
  return assemble(subcommands).commands.map(nodeOf);
}

function nodeOf(command: CommandLine): CommandNode {
  return {
    name: command.name(),
    description: command.description(),
    operands: command.registeredArguments.map((operand) => {
      const name = `${operand.name()}${operand.variadic ? '...' : ''}`;
      return operand.required ? `<${name}>` : `[${name}]`;
    }),
    options: command.options
      .filter(({ hidden }) => !hidden)
      .map(({ flags, long, required, optional, description }) => ({ flags, long: long ?? null, takesValue: required || optional, description })),
    commands: command.commands.map(nodeOf),
  };
}
