import type { RuleGroup } from '@postrider/contracts';
import { say } from '../command.js';
import { CpuMeter } from '../measure/processes.js';
import { createAudience, estimate, evaluate, lastEvaluation } from './admin.js';
import { EVERYBODY, ONE_COUNTRY } from './people.js';
import { until, type AudienceBench, type RulesOutcome } from './steps.js';

const COUNTS = 5;
const EVALUATION_DEADLINE_MS = 60_000;

/** Counts by rules as a person would, and evaluates an audience of everybody; answers its id too. */
export async function rulesStep({ stack, target }: AudienceBench): Promise<{ audienceId: string; outcome: RulesOutcome }> {
  const meter = new CpuMeter(target.processes);
  const indexed = await timedCounts(() => estimate(stack, ONE_COUNTRY));
  const all = await timedCounts(() => estimate(stack, EVERYBODY));
  say(`counted ${indexed.count} in ${Math.round(Math.max(...indexed.ms))} ms at most, ${all.count} in ${Math.round(Math.max(...all.ms))} ms`);
  const { audienceId, seconds, size } = await evaluatedAudience(stack);
  const outcome = { indexedMs: indexed.ms, indexedCount: indexed.count, allMs: all.ms, evaluationSeconds: seconds, evaluationSize: size, processes: meter.stop() };
  return { audienceId, outcome };
}

async function timedCounts(count: () => Promise<{ count: number }>): Promise<{ count: number; ms: number[] }> {
  const ms: number[] = [];
  let last = 0;
  for (let i = 0; i < COUNTS; i += 1) {
    const startedAt = performance.now();
    last = (await count()).count;
    ms.push(performance.now() - startedAt);
  }
  return { count: last, ms };
}

/** An audience by a rule, of the whole population when none is named, evaluated: from the call to what the API says is complete. */
export async function evaluatedAudience(stack: AudienceBench['stack'], rules: RuleGroup = EVERYBODY): Promise<{ audienceId: string; seconds: number; size: number }> {
  const audienceId = await createAudience(stack, 'segment', rules);
  const startedAt = performance.now();
  // A new audience may reach the resolver a moment after the API has it.
  await until('The evaluation to begin', 5_000, () => evaluate(stack, audienceId).catch(() => undefined));
  const { size } = await until('The evaluation', EVALUATION_DEADLINE_MS, async () => {
    const last = await lastEvaluation(stack, audienceId);
    if (last?.status === 'Failed') throw new Error(`The evaluation failed: ${last.error}`);
    return last?.status === 'Completed' ? last : undefined;
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  say(`evaluated: ${size} members in ${seconds.toFixed(1)} s`);
  return { audienceId, seconds, size };
}
