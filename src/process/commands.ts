// What the command line offers, and the parts each command needs. Reads like a table of contents. A command is loaded when it is
// asked for: the daemon does not pay for the wizard.
import type { Subcommand } from '../cli/command-line.ts';
import type { LoadContext } from '../config/load.ts';

/** What loading a configuration must know of policy. */
async function context(): Promise<LoadContext> {
  const [{ catalogue }, { checkSettingsProblems }, { detectors }, { detectorSettingsProblems }, { playbookProblems }] = await Promise.all([
    import('../policy/catalogue.ts'),
    import('../policy/check-settings.ts'),
    import('../detect/catalogue.ts'),
    import('../detect/detector-settings.ts'),
    import('../respond/playbook-settings.ts'),
  ]);
  return {
    checkIds: catalogue.map(({ id }) => id),
    checkDefaults: Object.fromEntries(catalogue.map(({ id, defaults }) => [id, defaults])),
    abuseChecks: catalogue.flatMap(({ id, kind }) => (kind === 'abuse' ? [id] : [])),
    checkProblems: (config) => [
      ...checkSettingsProblems(config, catalogue),
      ...detectorSettingsProblems(config.detectors, detectors),
      ...playbookProblems(config.playbook),
    ],
  };
}

/** Subcommands by name, each behind its import. */
export const subcommandsOf = (version: string): Readonly<Record<string, () => Promise<Subcommand>>> => ({
  run: async () =>
    (await import('../cli/run.ts')).runCommand(async (options) => {
      (await import('./heap-room.ts')).boundYoungGeneration(); // before the modules are read, or the room that took stays
      return (await import('./run.ts')).run(options, { version, context: await context() });
    }),
  check: async () => (await import('../cli/check.ts')).checkCommand(await context()),
  init: async () => (await import('../cli/init.ts')).initCommand(),
  config: async () => (await import('../cli/config.ts')).configCommand(await context()),
  status: async () => (await import('../cli/status.ts')).status,
  explain: async () => (await import('../cli/explain.ts')).explain,
  list: async () => (await import('../cli/list.ts')).list,
  incident: async () => (await import('../cli/incident.ts')).incident,
  measure: async () => (await import('../cli/measure.ts')).measure,
  'kernel-helper': async () => (await import('../cli/kernel-sets.ts')).kernelSets,
  quarantine: async () => (await import('../cli/quarantine.ts')).quarantine,
  quota: async () => (await import('../cli/quota.ts')).quota,
  spool: async () => (await import('../cli/spool.ts')).spool,
  'mx-plan': async () => (await import('../cli/mx-plan.ts')).mxPlan,
  queue: async () => (await import('../cli/queue.ts')).queueCommand((await import('./queue-look.ts')).lookAtMessage),
  watch: async () => (await import('../cli/watch.ts')).watchCommand((await import('./watch-logs.ts')).logWatching(context)),
  replay: async () => (await import('../cli/replay.ts')).replayCommand((await import('./rehearse/replaying.ts')).replaying(context)),
  tail: async () => (await import('../cli/tail.ts')).tail,
  top: async () => (await import('../cli/top.ts')).top,
  token: async () => (await import('../cli/token.ts')).token,
  rules: async () => (await import('../cli/rules.ts')).rulesCommand(await context(), (await import('../wire/message/encoded-word.ts')).wordsSaid),
  users: async () => (await import('../cli/users.ts')).users,
  mailbox: async () => (await import('../cli/mailboxes.ts')).mailboxCommand(await context()),
  try: async () => (await import('../cli/try.ts')).tryCommand(await context()),
  audit: async () => (await import('../cli/audit.ts')).audit,
  parse: async () => (await import('../cli/parse.ts')).parseCommand((await import('../wire/message/understand.ts')).understand),
  completion: async () => (await import('../cli/completion.ts')).completionCommand(() => allCommands(version)),
});

/** Every subcommand, loaded. */
export const allCommands = (version: string): Promise<readonly Subcommand[]> => Promise.all(Object.values(subcommandsOf(version)).map((load) => load()));
