// floodgate completion: what the shell needs to complete our commands and options.
import { commandTree, type CommandNode } from './command-tree.ts';
import { CliError, type Subcommand } from './command-line.ts';

/** The subcommand `completion`; it must see all others. */
export const completionCommand =
  (all: () => Promise<readonly Subcommand[]>): Subcommand =>
  (program) => {
    program
      .command('completion <shell>')
      .description('print the completion script of a shell (bash or zsh): source <(floodgate completion bash)')
      .action(async (shell: string) => {
        const script = Object.hasOwn(scripts, shell) ? scripts[shell as keyof typeof scripts] : null;
        if (script === null) throw new CliError(`no completion for "${shell}": bash and zsh are known`, 2);
        process.stdout.write(script(commandTree(await all())));
      });
  };

/** For each command path ("measure add") the words that may follow it. */
function wordsByPath(nodes: readonly CommandNode[], path = ''): readonly (readonly [path: string, words: readonly string[]])[] {
  const own: readonly [string, readonly string[]] = [path, nodes.map(({ name }) => name)];
  const below = nodes.flatMap((node) => {
    const at = path === '' ? node.name : `${path} ${node.name}`;
    const options = node.options.flatMap(({ long }) => (long === null ? [] : [long]));
    if (node.commands.length === 0) return [[at, options] as const];
    return wordsByPath(node.commands, at).map(([deeper, words]) => (deeper === at ? ([at, [...words, ...options]] as const) : ([deeper, words] as const)));
  });
  return [own, ...below];
}

/** File names are completed after options that name a file, and where nothing else is known. */
const takesFile = '--config|--file|--state|--journal|--log|--mbox';

const bash = (nodes: readonly CommandNode[]): string => `# bash completion for floodgate; made by: floodgate completion bash
_floodgate() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path='' each
  case $previous in ${takesFile}) COMPREPLY=($(compgen -f -- "$word")); return ;; esac
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do [[ $each == -* ]] && break; path=\${path:+$path }$each; done
  local words=''
  case $path in
${wordsByPath(nodes)
  .map(([path, words]) => `    '${path}') words='${words.join(' ')}' ;;`)
  .join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [[ \${#COMPREPLY[@]} -eq 0 && $word != -* ]] && COMPREPLY=($(compgen -f -- "$word"))
}
complete -F _floodgate floodgate
`;

const zsh = (nodes: readonly CommandNode[]): string => `#compdef floodgate
# zsh completion for floodgate; made by: floodgate completion zsh
_floodgate() {
  local -a candidates
  local path='' each
  for each in "\${(@)words[2,CURRENT-1]}"; do [[ $each == -* ]] && break; path="\${path:+$path }$each"; done
  case $words[CURRENT-1] in ${takesFile}) _files; return ;; esac
  case $path in
${wordsByPath(nodes)
  .map(([path, words]) => `    '${path}') candidates=(${words.join(' ')}) ;;`)
  .join('\n')}
  esac
  if (( \${#candidates} )); then compadd -- $candidates; else _files; fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _floodgate "$@"; else compdef _floodgate floodgate; fi
`;

const scripts = { bash, zsh } as const;
