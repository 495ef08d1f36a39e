/**
 * Floor probes: what one step costs alone, on this machine, in this minute. CPU microseconds per operation of the
 * process that does it, and operations per second. A process of its own; prints one JSON object.
 */
import { treeOf, useOf } from '../measure/processes.js';
import { F1, F7 } from './http-probes.js';
import { F2 } from './kafka-probe.js';
import { F4 } from './ledger-probe.js';
import { F3 } from './redis-probe.js';
import { F5 } from './render-probe.js';
import { F6 } from './smtp-probe.js';
import type { Probe, ProbeResult, ProbeTargets } from './probe.js';

const PROBES: Record<string, Probe> = { F1, F2, F3, F4, F5, F6, F7 };

const targets = JSON.parse(process.argv[2] ?? '{}') as ProbeTargets;
const cpuOf = (pid: number | undefined): number =>
  pid === undefined ? 0 : treeOf(pid).reduce((sum, one) => sum + (useOf(one)?.cpuMicros ?? 0), 0);
const round = (value: number): number => Math.round(value * 10) / 10;

const results: Record<string, ProbeResult> = {};
for (const [name, probe] of Object.entries(PROBES)) {
  if (targets.only && !targets.only.includes(name)) continue;
  const cpu = process.cpuUsage();
  const serverBefore = cpuOf(targets.servers[name]);
  const startedAt = performance.now();
  const operations = await probe(targets);
  const seconds = (performance.now() - startedAt) / 1_000;
  const used = process.cpuUsage(cpu);
  results[name] = {
    perSecond: Math.round(operations / seconds),
    clientMicros: round((used.user + used.system) / operations),
    serverMicros: round(Math.max(0, cpuOf(targets.servers[name]) - serverBefore) / operations),
  };
}
process.stdout.write(`${JSON.stringify(results)}\n`);
process.exit(0);
