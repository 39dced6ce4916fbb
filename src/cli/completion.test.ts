import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { requirePeers } from '../../test/harness/peer.ts';

const program = fileURLToPath(new URL('../../bin/floodgate.mjs', import.meta.url));
const script = (shell: string): { readonly status: number | null; readonly stdout: string } =>
  spawnSync(process.execPath, [program, 'completion', shell], { encoding: 'utf8' });

/** What bash offers for a line, with the script loaded. */
function offered(...words: readonly string[]): readonly string[] {
  const ask = `${script('bash').stdout}\nCOMP_WORDS=(floodgate ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _floodgate; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', ask], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }); // a language it does not know is none of our trouble
  assert.equal(stderr, '');
  return stdout.trim().split('\n');
}

test('bash completes commands, their subcommands and options', () => {
  assert.deepEqual(offered('sta'), ['status']);
  assert.ok(offered('list', '').includes('add'));
  assert.ok(offered('explain', '--j').includes('--json'));
  assert.ok(offered('list', 'add', '--').includes('--reason'));
});

test('zsh loads its script', (t) => {
  if (!requirePeers(t, 'zsh')) return;
  const loaded = spawnSync('zsh', ['-f', '-c', `autoload -Uz compinit && compinit -D -u\n${script('zsh').stdout}\nprint -r -- $_comps[floodgate]`], {
    encoding: 'utf8',
  });
  assert.equal(loaded.stdout.trim(), '_floodgate', loaded.stderr);
});

test('an unknown shell is bad usage', () => assert.equal(script('tcsh').status, 2));
