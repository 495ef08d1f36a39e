import { join } from 'node:path';
import { say } from '../command.js';
import { runChild } from '../measure/child.js';
import type { Stack } from '../stack.js';
import type { ProbeResult, ProbeTargets } from './probe.js';

export type Probes = Record<string, ProbeResult>;

/** Takes floor probes in a process of their own, about 2 s each; all of them when none are named. */
export async function takeProbes(stack: Stack, smtpPort: number, only?: string[]): Promise<Probes> {
  const pidOf = (name: string): number | undefined => stack.processes.find((one) => one.name === name)?.pid;
  const servers = Object.fromEntries(
    [['F2', pidOf('kafka')] as const, ['F3', pidOf('redis')] as const, ['F4', pidOf('postgres')] as const].filter(([, pid]) => pid !== undefined),
  ) as Record<string, number>;
  const targets: ProbeTargets = { kafkaBrokers: stack.kafkaBrokers, postgresUrl: stack.postgresUrl, redisUrl: stack.redisUrl, smtpPort, servers, only };
  say(`floor probes ${only?.join(', ') ?? 'F1 to F7'}`);
  return JSON.parse(await runChild(join(import.meta.dirname, 'probes.js'), [JSON.stringify(targets)])) as Probes;
}

/** What a probe does a second: the mean of the two brackets; undefined when it was not taken. */
export function floorPerSecond(name: string, before?: Probes, after?: Probes): number | undefined {
  const taken = [before?.[name]?.perSecond, after?.[name]?.perSecond].filter((value) => value !== undefined);
  return taken.length ? taken.reduce((sum, value) => sum + value, 0) / taken.length : undefined;
}
