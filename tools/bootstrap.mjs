/**
 * The door to every command of a checkout: works on a machine that has Node 20 or newer and npm, and nothing else.
 * Installs the packages when they are missing or older than the lock file, compiles what changed, and hands over to the
 * Node that the checkout brings along.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const BIN = join(ROOT, 'node_modules/.bin');
const NODE = join(BIN, process.platform === 'win32' ? 'node.exe' : 'node');
const MARKER = join(ROOT, 'node_modules/.postrider-installed');
const [command = 'help', ...args] = process.argv.slice(2);
const isQuiet = command === 'help' || args.includes('--help');
const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}`, NX_DAEMON: 'false' };

/** On standard error: what a command prints may be read by another. */
function say(text) {
  if (!isQuiet) process.stderr.write(`${text}\n`);
}

function timed(what, work) {
  const startedAt = performance.now();
  say(`… ${what}`);
  work();
  say(`✓ ${what} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
}

/** Runs to the end; what it printed is shown only when it failed. */
function run(file, parameters, failure) {
  const { status, stdout, stderr, error } = spawnSync(file, parameters, { cwd: ROOT, env, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}\n${failure}\n`);
  process.exit(1);
}

function installWhenNeeded() {
  const wanted = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json'))).digest('hex');
  if (existsSync(MARKER) && readFileSync(MARKER, 'utf8') === wanted && existsSync(NODE)) return;
  timed('installing packages', () => run('npm', ['install', '--no-save', '--no-package-lock=false', '--no-fund', '--no-audit'], 'npm install failed: see above.'));
  const installed = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json'))).digest('hex');
  writeFileSync(MARKER, installed);
}

function build() {
  const nx = join(ROOT, 'node_modules/nx/bin/nx.js');
  const parameters = existsSync(nx) ? [nx] : [join(ROOT, 'node_modules/nx/dist/bin/nx.js')];
  timed('compiling what changed', () => run(NODE, [...parameters, 'run-many', '-t', 'build', '--output-style=static', '--parallel=4'], 'The build failed: see above.'));
}

installWhenNeeded();
build();
const child = spawnSync(NODE, ['--enable-source-maps', join(ROOT, 'tools/dist/cli.js'), command, ...args], { cwd: ROOT, env, stdio: 'inherit' });
process.exit(child.status ?? 1);
