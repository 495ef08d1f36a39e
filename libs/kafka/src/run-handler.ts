/**
 * One handler call and what follows from how it ends.
 * Guarantee: when it answers `done`, each record was handled or is a dead letter; nothing else was dropped. A transient error
 * is waited for as long as it takes. Any other error is followed down to the records that cause it, by halving, in order;
 * only those become dead letters.
 * Limit: a batch may be handled more than once, in whole or in part, before it is done: handlers are safe to repeat.
 * Failure mode: when the signal is aborted while it waits, it answers `abandoned` and the offsets must not be committed.
 */
import { kindOf, type Logger } from '@postrider/runtime';
import { backoffMs, pause } from './backoff.js';
import type { Batch } from './batch.js';
import type { HandlerOutcome } from './consumes.js';
import { reasonOf, type DeadLetterReason } from './dead-letter.js';
import type { Incoming } from './intake.js';

export interface HandlerPort {
  handle: (batch: Batch<unknown>) => Promise<HandlerOutcome>;
  deadLetter: (letters: readonly { incoming: Incoming; why: DeadLetterReason }[]) => Promise<void>;
  logger: Logger;
  topic: string;
}

export interface RunResult {
  outcome: 'done' | 'abandoned';
  attempts: number;
  deadLetters: number;
}

/** Carries the counts of one run through its parts. */
interface Run {
  port: HandlerPort;
  signal: AbortSignal;
  attempts: number;
  deadLetters: number;
}

export async function runHandler(port: HandlerPort, incoming: readonly Incoming[], signal: AbortSignal): Promise<RunResult> {
  const run: Run = { port, signal, attempts: 0, deadLetters: 0 };
  const invalid = incoming.flatMap((one) => (one.fault === undefined ? [] : [{ incoming: one, why: { code: 'INVALID_MESSAGE', reason: one.fault } }]));
  const valid = invalid.length === 0 ? incoming : incoming.filter((one) => one.fault === undefined);
  const isDone = (await bury(run, invalid)) && (await handleAll(run, valid));
  return { outcome: isDone ? 'done' : 'abandoned', attempts: run.attempts, deadLetters: run.deadLetters };
}

/** False when it was abandoned. */
async function handleAll(run: Run, incoming: readonly Incoming[]): Promise<boolean> {
  if (incoming.length === 0) return true;
  const error = await handlePatiently(run, incoming);
  if (error === ABANDONED) return false;
  if (error === undefined) return true;
  if (incoming.length === 1) return bury(run, [{ incoming: incoming[0] as Incoming, why: reasonOf(error) }], error);
  const middle = Math.ceil(incoming.length / 2);
  return (await handleAll(run, incoming.slice(0, middle))) && (await handleAll(run, incoming.slice(middle)));
}

const ABANDONED = Symbol('abandoned');

/** The error that trying again cannot help, ABANDONED, or undefined for success. */
async function handlePatiently(run: Run, incoming: readonly Incoming[]): Promise<unknown> {
  const batch: Batch<unknown> = {
    messages: incoming.map(({ payload }) => payload),
    received: incoming.map(({ received }) => received),
    signal: run.signal,
  };
  for (let attempt = 1; !run.signal.aborted; attempt += 1) {
    run.attempts += 1;
    const outcome = await run.port.handle(batch);
    if (outcome.ok) return undefined;
    if (kindOf(outcome.error) !== 'transient') return outcome.error ?? new Error('a handler threw nothing');
    run.port.logger.warn('batch.waits', { topic: run.port.topic, count: incoming.length, attempt, error: outcome.error });
    await pause(backoffMs(attempt), run.signal);
  }
  return ABANDONED;
}

/** False when it was abandoned before the letters were on the log. */
async function bury(run: Run, letters: readonly { incoming: Incoming; why: DeadLetterReason }[], error?: unknown): Promise<boolean> {
  if (letters.length === 0) return true;
  for (let attempt = 1; !run.signal.aborted; attempt += 1) {
    try {
      await run.port.deadLetter(letters);
      run.deadLetters += letters.length;
      for (const { incoming, why } of letters) logLetter(run, incoming, why, error);
      return true;
    } catch (failure) {
      run.port.logger.warn('dead-letter.waits', { topic: run.port.topic, attempt, error: failure });
      await pause(backoffMs(attempt), run.signal);
    }
  }
  return false;
}

function logLetter({ port }: Run, { received }: Incoming, why: DeadLetterReason, error: unknown): void {
  const isBug = why.code === 'BUG';
  port.logger[isBug ? 'error' : 'warn']('batch.dead-lettered', { topic: received.topic, partition: received.partition, offset: received.offset, code: why.code, error });
}
