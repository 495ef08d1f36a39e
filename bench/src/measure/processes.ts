import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

/** What the operating system says of a process: CPU time in microseconds (user + system) and resident bytes. */
export interface ProcessUse {
  cpuMicros: number;
  residentBytes: number;
}

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']).toString().trim());
const PAGE_BYTES = Number(execFileSync('getconf', ['PAGESIZE']).toString().trim());

/** Undefined when the process is gone. Source: proc(5). */
export function useOf(pid: number): ProcessUse | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
    return { cpuMicros: (ticks * 1e6) / TICKS_PER_SECOND, residentBytes: Number(fields[21]) * PAGE_BYTES };
  } catch {
    return undefined;
  }
}

/** A process with all that descend from it: Postgres works in children. */
export function treeOf(pid: number): number[] {
  const children = execFileSync('ps', ['-eo', 'pid=,ppid=']).toString().trim().split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parent of found) for (const [child, ppid] of children) if (ppid === parent && child !== undefined) found.push(child);
  return found;
}

/** CPU and memory of named groups of processes between two moments. */
export class CpuMeter {
  private readonly before: Map<string, number>;
  private readonly peaks = new Map<string, number>();
  private readonly firsts: ReadonlyMap<string, number>;
  private readonly sampler: NodeJS.Timeout;

  constructor(private readonly groups: ReadonlyMap<string, number>) {
    this.before = this.read();
    this.samplePeaks();
    this.firsts = new Map(this.peaks);
    this.sampler = setInterval(() => this.samplePeaks(), 1_000);
    // What it measures may fail and end the process.
    this.sampler.unref();
  }

  /** CPU microseconds spent since the start, the resident size then and the highest seen, by name. */
  stop(): Record<string, { cpuMicros: number; firstResidentMegabytes: number; peakResidentMegabytes: number }> {
    clearInterval(this.sampler);
    this.samplePeaks();
    const after = this.read();
    return Object.fromEntries(
      [...this.groups.keys()].map((name) => [
        name,
        {
          cpuMicros: Math.max(0, (after.get(name) ?? 0) - (this.before.get(name) ?? 0)),
          firstResidentMegabytes: Math.round((this.firsts.get(name) ?? 0) / 1_048_576),
          peakResidentMegabytes: Math.round((this.peaks.get(name) ?? 0) / 1_048_576),
        },
      ]),
    );
  }

  private read(): Map<string, number> {
    return new Map([...this.groups].map(([name, pid]) => [name, sumOf(treeOf(pid), 'cpuMicros')]));
  }

  private samplePeaks(): void {
    for (const [name, pid] of this.groups) {
      this.peaks.set(name, Math.max(this.peaks.get(name) ?? 0, useOf(pid)?.residentBytes ?? 0));
    }
  }
}

function sumOf(pids: readonly number[], what: keyof ProcessUse): number {
  return pids.reduce((sum, pid) => sum + (useOf(pid)?.[what] ?? 0), 0);
}
