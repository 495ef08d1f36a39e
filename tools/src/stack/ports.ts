import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { freePort, isFree } from '@postrider/local-stack';
import { readJson } from './stack-file.js';

/**
 * A port for each name: the one it had the last time unless somebody else has it now, so that addresses which callers and
 * campaigns hold stay good when a stack is started again.
 */
export async function portsIn<Name extends string>(file: string, names: readonly Name[]): Promise<Record<Name, number>> {
  const known = readJson<Record<string, number>>(file) ?? {};
  const entries = await Promise.all(names.map(async (name) => [name, await portFor(known[name])] as const));
  const ports = Object.fromEntries(entries) as Record<Name, number>;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...known, ...ports }));
  return ports;
}

async function portFor(known: number | undefined): Promise<number> {
  return known !== undefined && (await isFree(known)) ? known : freePort();
}
