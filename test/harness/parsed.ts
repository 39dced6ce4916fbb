// What `floodgate parse` says of one message, asked as a shell would.
import { fileURLToPath } from 'node:url';
import { runProgram } from './scratch.ts';

const program = fileURLToPath(new URL('../../bin/floodgate.mjs', import.meta.url));

export interface Parsed {
  readonly kind: string;
  readonly reason: string | null;
  readonly hard: boolean | null;
  readonly status: string | null;
  readonly failedRecipients: readonly string[];
  readonly feedbackType: string | null;
}

/** Rejects with what the command says where it fails. */
export async function parsed(message: Buffer): Promise<Parsed> {
  const { code, stdout, stderr } = await runProgram(process.execPath, [program, 'parse', '--json', '-'], { input: message.toString('latin1') });
  if (code !== 0) throw new Error(`parse ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Parsed;
}
