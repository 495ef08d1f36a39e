/**
 * The door to every command of a checkout: works on a machine that has Node 20 or newer and npm, and nothing else.
 * Installs the packages when they are missing or differ from the lock file, compiles what changed, and hands over to the
 * Node that the checkout brings along. Signals go on to the command, and its exit code comes back.
 */
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const BIN = join(ROOT, 'node_modules/.bin');
const NODE = join(BIN, process.platform === 'win32' ? 'node.exe' : 'node');
const MARKER = join(ROOT, 'node_modules/.postrider-installed');
const CLI = join(ROOT, 'tools/dist/cli.js');
const [command = 'help', ...args] = process.argv.slice(2);
const isTest = command === 'test' && !args.includes('--help');
const isQuiet = command === 'help' || args.includes('--help');
const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}`, NX_DAEMON: 'false' };

/** On standard error: what a command prints may be read by another. */
function say(text) {
  if (!isQuiet) console.error(text);
}

/** Resolves with the exit code, and with what was printed unless it went to our own output. */
function run(file, parameters, stdio) {
  return new Promise((resolve) => {
    const child = spawn(file, parameters, { cwd: ROOT, env, stdio });
    const printed = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => printed.push(chunk));
    const forward = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
    const end = (status, text) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, forward);
      resolve({ status, output: Buffer.concat(printed).toString() + text });
    };
    child.once('error', (error) => end(127, error.message));
    child.once('close', (code, signal) => end(code ?? 128 + constants.signals[signal], ''));
  });
}

/** A step that must succeed; what it printed is shown only when it failed. */
async function step(what, file, parameters) {
  const startedAt = performance.now();
  say(isTest ? `\n== ${what}` : `… ${what}`);
  const { status, output } = await run(file, parameters, ['ignore', 'pipe', 'pipe']);
  const took = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  if (status === 0) {
    say(isTest ? `== ${what}: ${took}` : `✓ ${what} (${took})`);
    return;
  }
  console.error(`${output}\n${what} failed: see above.`);
  if (isTest) console.log('\n0 passed, 1 failed');
  process.exit(status);
}

const packagesOf = (file) => JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages;

const lockHash = () => createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json'))).digest('hex');

/** Whether node_modules holds what the lock file names: installed by us, or by hand. Packages for other platforms may be missing. */
function isInstalled() {
  if (!existsSync(NODE) || !existsSync(join(ROOT, 'node_modules/.package-lock.json'))) return false;
  if (existsSync(MARKER) && readFileSync(MARKER, 'utf8') === lockHash()) return true;
  const present = packagesOf('node_modules/.package-lock.json');
  return Object.entries(packagesOf('package-lock.json')).every(([path, { version, optional, link }]) => {
    if (!path.includes('node_modules/')) return true;
    if (link) return present[path]?.link === true;
    return path in present ? present[path].version === version : optional === true;
  });
}

if (!isInstalled()) {
  await step('installing packages', process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-fund', '--no-audit', '--prefer-offline']);
  writeFileSync(MARKER, lockHash());
}
// What runs is stopped by what was compiled when it was started; a broken checkout must not be in the way.
const isNeeded = command !== 'down' || !existsSync(CLI);
if (isNeeded) await step('compiling what changed', NODE, [join(BIN, 'nx'), 'run-many', '-t', 'build', '--output-style=static', '--parallel=4']);
const { status } = await run(NODE, ['--enable-source-maps', CLI, command, ...args], 'inherit');
process.exit(status);
