#!/usr/bin/env node
// Starts Floodgate on the Node it needs. Plain JavaScript that any Node >= 18 can read: `npm ci` brings Node 24
// as a package (node-linux-*), so a machine whose own Node is older still runs the right one.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const needed = [24, 12];
const root = new URL('..', import.meta.url);
const source = fileURLToPath(new URL('src/main.ts', root));
const entry = existsSync(source) ? source : fileURLToPath(new URL('dist/main.js', root));

const isNewEnough = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > needed[0] || (major === needed[0] && minor >= needed[1]);
};

/** The Node that came with `npm ci`, or null where its package is missing (another platform, or a failed download). */
function bundledNode() {
  try {
    const packageFile = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`);
    const binary = fileURLToPath(new URL('bin/node', `file://${packageFile}`));
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

/**
 * Runs the program on the bundled Node as if it were this process: signals go to it, its end is ours. A service manager or a shell
 * knows only our process id, and a gateway that is not told to drain loses mail in the middle of a message.
 */
function runOn(node) {
  const child = startChild([node, entry, ...process.argv.slice(2)]);
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
  for (const signal of signals) {
    process.on(signal, () => {
      // A terminal's Ctrl-C has reached the child already, and a second one would cut its draining short.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`floodgate: ${node} does not start: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const each of signals) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}

/** With the sockets of a service manager, if there are any: they are meant for the process whose id is in LISTEN_PID (sd_listen_fds). */
function startChild(command) {
  const sockets = Number(process.env.LISTEN_PID) === process.pid ? Number(process.env.LISTEN_FDS) : 0;
  if (!(sockets > 0)) return spawn(command[0], command.slice(1), { stdio: 'inherit' });
  const stdio = Array.from({ length: 3 + sockets }, (_, descriptor) => descriptor);
  return spawn('/bin/sh', ['-c', 'LISTEN_PID=$$ exec "$0" "$@"', ...command], { stdio });
}

if (isNewEnough()) {
  process.argv[1] = entry;
  await import(`file://${entry}`);
} else {
  const node = bundledNode();
  if (node === null) {
    const needs = `needs Node ${needed.join('.')} or newer; this is ${process.versions.node}`;
    console.error(`floodgate: ${needs}. Run "npm ci" again: it brings Node 24 with it on Linux x64 and arm64.`);
    process.exit(1);
  }
  runOn(node);
}
