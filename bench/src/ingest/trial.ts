import type { CallRecord } from '../load/generator.js';
import { distributionOf, quantile, type Distribution } from '../measure/quantiles.js';

/** What ingest-api alone made of a rate. */
export interface Trial {
  name: string;
  offeredPerSecond: number;
  seconds: number;
  /** Recipients with a 202. */
  accepted: number;
  acceptedPerSecond: number;
  refused: number;
  accept: Distribution;
  /** Recipients of calls that were not answered when the last call left. */
  unansweredAtEnd: number;
  /** Median latency of the last third of the calls less that of the first, ms: grows where the rate is too high. */
  growthMillis: number;
  /** The p99 of the generator's own lateness, ms. */
  generatorLagMillis: number;
}

/** Bounds within which ingest-api holds a rate. */
export const INGEST_HELD = { p99Millis: 250, unansweredShare: 0.25, growthMillis: 50 } as const;

export function isIngestHeld(trial: Trial): boolean {
  return (
    trial.refused === 0 &&
    trial.accept.p99 <= INGEST_HELD.p99Millis &&
    trial.growthMillis <= INGEST_HELD.growthMillis &&
    trial.unansweredAtEnd <= INGEST_HELD.unansweredShare * trial.offeredPerSecond
  );
}

const recipientsIn = (calls: readonly CallRecord[]): number => calls.reduce((sum, call) => sum + (call.messageIds?.length ?? 0), 0);
const waitsOf = (calls: readonly CallRecord[]): number[] => calls.map((call) => call.t2 - call.t0);

/** Calls in order of schedule; the rate of 202s is over the time of the offer. */
export function trialOf(plan: { name: string; offeredPerSecond: number; seconds: number; recipientsPerCall: number }, calls: readonly CallRecord[]): Trial {
  const accepted = calls.filter((call) => call.status === 202);
  const lastLeft = Math.max(...calls.map((call) => call.t0));
  const third = Math.floor(calls.length / 3);
  const median = (some: readonly CallRecord[]): number => quantile(waitsOf(some), 0.5);
  return {
    name: plan.name,
    offeredPerSecond: plan.offeredPerSecond,
    seconds: plan.seconds,
    accepted: recipientsIn(accepted),
    acceptedPerSecond: Math.round(recipientsIn(accepted.filter((call) => call.t2 <= lastLeft + 1e6)) / plan.seconds),
    refused: calls.length - accepted.length,
    accept: distributionOf(waitsOf(accepted)),
    unansweredAtEnd: calls.filter((call) => call.t2 > lastLeft).length * plan.recipientsPerCall,
    growthMillis: Math.round((median(calls.slice(-third)) - median(calls.slice(0, third))) / 10) / 100 || 0,
    generatorLagMillis: distributionOf(calls.map((call) => call.t1 - call.t0)).p99,
  };
}
