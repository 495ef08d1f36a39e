import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What decides on Debian whether an installation may start services (invoke-rc.d(8)). */
const POLICY = '/usr/sbin/policy-rc.d';

export function findCommand(name: string): string | undefined {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * The Debian packages of these commands, where they are missing; the services that come with them are not started.
 * @param needs command → package
 * @returns the packages installed
 * @throws with the line to type, where we may not install
 */
export async function installMissing(needs: Readonly<Record<string, string>>): Promise<string[]> {
  const missing = Object.entries(needs).filter(([command]) => !findCommand(command)).map(([, name]) => name);
  if (missing.length === 0) return [];
  if (process.getuid?.() !== 0 || !findCommand('apt-get')) {
    throw new Error(`Missing on this machine: ${missing.join(', ')}. Install with: sudo apt-get install ${missing.join(' ')}`);
  }
  await withoutServices(() => install(missing));
  return missing;
}

async function install(names: readonly string[]): Promise<void> {
  const apt = (...args: string[]): Promise<unknown> =>
    run('apt-get', args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 1 << 24 });
  const wanted = ['install', '-y', '-q', '--no-install-recommends', ...names];
  try {
    await apt(...wanted);
  } catch {
    // No list of packages yet, or a stale one.
    await apt('update', '-q');
    await apt(...wanted);
  }
}

async function withoutServices(work: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) return work();
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await work();
  } finally {
    rmSync(POLICY, { force: true });
  }
}
