/** What the steps of the audience bench share. */
import type { ExecutionTotals } from '@postrider/contracts';
import type { ProcessUses } from '../ingest/ingest-report.js';
import type { RunResult } from '../run.js';
import type { Stack } from '../stack.js';
import type { Target } from '../target.js';
import type { KeptRate } from './kept-rate.js';
import type { Pace } from './pace.js';
import type { Population } from './people.js';

export const STEPS = ['rules', 'upload', 'rate', 'run'] as const;
export type Step = (typeof STEPS)[number];

export interface AudienceBench {
  stack: Stack;
  target: Target;
  out: string;
  /** By which it can be measured again. */
  command: string;
  profiles: number;
  /** Of each transactional load and of a send rate; and the recipients a second of the former. */
  seconds: number;
  rate: number;
  /** Mails a second of the run that the step `rate` measures. */
  sendRate: number;
  /** Profiles that the transactional load goes to. */
  transactionalProfiles: number;
  /** What comes after audience-resolver is frozen while everybody is resolved. */
  isAlone: boolean;
  /** The upload is of people whom nobody knows, and makes their profiles. */
  ofNewcomers: boolean;
}

export interface RulesOutcome {
  /** Milliseconds of each count, as the caller waits for it. */
  indexedMs: number[];
  indexedCount: number;
  allMs: number[];
  evaluationSeconds: number;
  evaluationSize: number;
  processes: ProcessUses;
}

export interface UploadOutcome {
  rows: number;
  members: number;
  failedRows: number;
  /** Undefined where everybody was known. */
  profilesMade?: number;
  seconds: number;
  megabytes: number;
  processes: ProcessUses;
}

export interface RunOutcome {
  targeted: number;
  missingIdentity: number;
  pace: Pace;
  /** Records that repeat a recipient; without a crash there are none. */
  repeated: number;
  /** The resolver says so many, of the same execution. */
  resolvedByApi: number;
  processes: ProcessUses;
  idle: RunResult;
  during: RunResult;
  /** Of the run that waited: pending messages when the load began and when it ended. */
  waiting: { before: number; after: number };
  sendRatePerSecond: number;
  /** Until its totals were final; and how often it was asked for, because of a 503. */
  cancelSeconds: number;
  cancelTries: number;
  totals: ExecutionTotals;
  /** Mails of the run at the sink, and how many of them came twice. */
  mails: { count: number; doubled: number };
}

export interface RateOutcome {
  /** As it was set. */
  sendRate: number;
  seconds: number;
  members: number;
  kept: KeptRate;
  /** Of the run, cancelled when the time was over. */
  totals: ExecutionTotals;
  mails: RunOutcome['mails'];
}

export interface AudienceOutcome {
  profiles: number;
  population: Population;
  rules?: RulesOutcome;
  upload?: UploadOutcome;
  rate?: RateOutcome;
  run?: RunOutcome;
}

/** Asks until the answer is there. @throws after the deadline, naming what did not come */
export async function until<T>(what: string, deadlineMs: number, ask: () => Promise<T | undefined>, everyMs = 100): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${deadlineMs / 1_000} s.`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
