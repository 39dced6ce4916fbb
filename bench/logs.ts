// `node bench/logs.ts [--lines 1000000] [--rounds 3] [--only NAME] [--json FILE] [--write]`: how fast logs are read, beside pflogsumm and
// fail2ban-regex on the same file in the same run. The file is made here: a day of a busy Postfix, with honest mail, refusals, guessed passwords and postscreen.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { commitName, describeMachine } from './measure/machine.ts';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const lines = Number(values.lines);
const folder = mkdtempSync(join(tmpdir(), 'floodgate-bench-logs-'));
const log = join(folder, 'mail.log');
const launcher = fileURLToPath(new URL('../bin/floodgate.mjs', import.meta.url));

interface Contestant {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const watch = (name: string, ...args: string[]): Contestant => ({
  name,
  command: process.execPath,
  args: [launcher, 'watch', '--json', '--summary', ...args, log],
});
const contestants: readonly Contestant[] = [
  watch('floodgate watch --no-alarms', '--no-alarms'),
  watch('floodgate watch'),
  watch('floodgate watch --events', '--events'),
  { name: 'pflogsumm', command: 'pflogsumm', args: [log] },
  { name: 'fail2ban-regex', command: 'fail2ban-regex', args: ['--print-no-missed', '--print-no-ignored', log, 'postfix[mode=aggressive]'] },
].filter(({ name }) => values.only === undefined || values.only === name);

interface Run {
  readonly linesPerSecond: number;
  /** Largest resident set, in MiB. */
  readonly peakMiB: number;
  /** Resident set after each fifth of the time, in MiB: whether it grows with the log. */
  readonly fifthsMiB: readonly number[];
}

/** Numbers that look like chance and are the same every time. */
function numbers(): (below: number) => number {
  let state = 0x2545f491;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Writes a log of at least this many lines; its day is yesterday, all of it. */
function writeLog(path: string, wanted: number): number {
  const next = numbers();
  const yesterday = new Date(Date.now() - 86_400_000);
  const day = `${months[yesterday.getMonth()] ?? ''} ${String(yesterday.getDate()).padStart(2)}`;
  const file = openSync(path, 'w');
  let written = 0;
  let text = '';
  const two = (value: number): string => String(value).padStart(2, '0');
  const write = (program: string, pid: number, said: string): void => {
    const second = Math.floor((written / wanted) * 86_399);
    text += `${day} ${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)} mx1 postfix/${program}[${pid}]: ${said}\n`;
    written++;
    if (text.length < 1_000_000) return;
    writeSync(file, text);
    text = '';
  };
  while (written < wanted) writeSession(next, write);
  writeSync(file, text);
  closeSync(file);
  return written;
}

type Write = (program: string, pid: number, said: string) => void;

function writeSession(next: (below: number) => number, write: Write): void {
  const pid = 10_000 + next(400);
  const ip = `${11 + next(180)}.${next(256)}.${next(256)}.${1 + next(254)}`;
  const client = next(10) < 3 ? `unknown[${ip}]` : `mail${next(40)}.sender${next(3000)}.example[${ip}]`;
  const kind = next(100);
  if (kind < 8) {
    write('postscreen', 700, `CONNECT from [${ip}]:${1024 + next(60_000)} to [192.0.2.1]:25`);
    write('postscreen', 700, `PREGREET 14 after 0.08 from [${ip}]:${1024 + next(60_000)}: EHLO ylmf-pc\\r\\n`);
    return;
  }
  write('smtpd', pid, `connect from ${client}`);
  if (kind < 18) {
    write('smtpd', pid, `warning: ${client}: SASL LOGIN authentication failed: (reason unavailable), sasl_username=user${next(500)}@hub.example`);
    write('smtpd', pid, `disconnect from ${client} ehlo=1 auth=0/1 quit=1 commands=2/3`);
  } else if (kind < 40) {
    const user = `user${next(100_000)}@hub.example`;
    const from = `news${next(5000)}@sender${next(3000)}.example`;
    write(
      'smtpd',
      pid,
      `NOQUEUE: reject: RCPT from ${client}: 550 5.1.1 <${user}>: Recipient address rejected: User unknown in virtual mailbox table; from=<${from}> to=<${user}> proto=ESMTP helo=<mail.sender${next(3000)}.example>`,
    );
    write('smtpd', pid, `disconnect from ${client} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`);
  } else writeMessage(next, write, { pid, client });
}

function writeMessage(next: (below: number) => number, write: Write, { pid, client }: { readonly pid: number; readonly client: string }): void {
  const id = (0x1000000000 + next(0x7fffffff) * 16 + next(16)).toString(16).toUpperCase();
  const from = `person${next(20_000)}@sender${next(3000)}.example`;
  write('smtpd', pid, `Anonymous TLS connection established from ${client}: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)`);
  write('smtpd', pid, `${id}: client=${client}`);
  write('cleanup', pid + 1, `${id}: message-id=<${next(1e9)}.${next(1e9)}@sender${next(3000)}.example>`);
  write('qmgr', 50, `${id}: from=<${from}>, size=${1000 + next(100_000)}, nrcpt=1 (queue active)`);
  write('smtpd', pid, `disconnect from ${client} ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7`);
  const to = `user${next(3000)}@hub.example`;
  const remote = `delay=1.2, delays=0.8/0.02/0.2/0.18, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ${(0x2000000000 + next(0x7fffffff)).toString(16).toUpperCase()})`;
  if (next(20) === 0)
    write(
      'smtp',
      pid + 2,
      `${id}: to=<${to}>, relay=none, delay=30, delays=0.1/0/30/0, dsn=4.4.1, status=deferred (connect to hub.example[192.0.2.9]:25: Connection timed out)`,
    );
  write('smtp', pid + 2, `${id}: to=<${to}>, relay=hub.example[192.0.2.9]:25, ${remote}`);
  write('qmgr', 50, `${id}: removed`);
}

/** Resident set of a process in MiB, now and at its largest; null when it has gone. */
function memoryOf(pid: number): { readonly now: number; readonly peak: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const [now, peak] = ['VmRSS', 'VmHWM'].map((name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
    return now === undefined || peak === undefined || peak === 0 ? null : { now, peak };
  } catch {
    return null;
  }
}

const atFifths = (samples: readonly number[]): readonly number[] => [1, 2, 3, 4, 5].map((fifth) => samples[Math.floor((samples.length * fifth) / 5) - 1] ?? 0);

function run({ name, command, args }: Contestant, count: number): Promise<Run | null> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    let peak = 0;
    const samples: number[] = [];
    const timer = setInterval(() => {
      const memory = memoryOf(child.pid ?? 0);
      if (memory === null) return;
      peak = Math.max(peak, memory.peak);
      samples.push(memory.now);
    }, 50);
    child.once('error', (error) => {
      clearInterval(timer);
      if ('code' in error && error.code === 'ENOENT') resolve(null);
      else reject(error);
    });
    child.once('exit', (code) => {
      clearInterval(timer);
      if (code !== 0) reject(new Error(`${name} ended with ${String(code)}`));
      else resolve({ linesPerSecond: count / ((performance.now() - began) / 1000), peakMiB: peak, fifthsMiB: atFifths(samples) });
    });
  });
}

const said: string[] = [];
function say(line: string): void {
  said.push(line);
  process.stdout.write(`${line}\n`);
}

/** Keeps what was said in bench/results/. */
function writePage(machine: readonly string[]): void {
  const results = new URL('results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  const [day, commit] = [new Date().toISOString().slice(0, 10), commitName()];
  const size = lines === 1_000_000 ? '' : `-${lines}`;
  const text = `# Logs, ${day}, ${commit}\n\n${machine.join('\n')}\n\n\`node bench/logs.ts\`: a made-up day of Postfix.\n\n\`\`\`\n${said.join('\n')}\n\`\`\`\n`;
  writeFileSync(new URL(`${day}-${commit}-logs${size}.md`, results), text);
}

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;

const machine = describeMachine([process.execPath]);
try {
  const count = writeLog(log, lines);
  say(`${count} lines, ${(statSync(log).size / 2 ** 20).toFixed(0)} MiB, ${values.rounds} rounds; start of the programs included`);
  const runs = new Map<string, Run[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    // Rounds alternate their order, so that none always has the warm cache.
    for (const each of round % 2 === 0 ? contestants : contestants.toReversed()) {
      const result = await run(each, count);
      if (result === null) say(`${each.name} is not installed`);
      else runs.set(each.name, [...(runs.get(each.name) ?? []), result]);
    }
  }
  const speedOf = (name: string): number => median((runs.get(name) ?? []).map(({ linesPerSecond }) => linesPerSecond).toSorted((a, b) => a - b));
  for (const [name, each] of runs) {
    const ratio = speedOf('pflogsumm') === 0 ? '' : `, ${(speedOf(name) / speedOf('pflogsumm')).toFixed(1)} times pflogsumm`;
    const fifths = each[0]?.fifthsMiB.map((size) => size.toFixed(0)).join(' ') ?? '';
    say(
      `${name}: ${speedOf(name).toFixed(0)} lines/s${ratio}, peak ${Math.max(...each.map(({ peakMiB }) => peakMiB)).toFixed(0)} MiB, at each fifth of the time ${fifths}`,
    );
  }
  if (values.write) writePage(machine);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(Object.fromEntries(runs))}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
