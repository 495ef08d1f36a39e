/**
 * One batch, and what follows from how its handler ends.
 * Guarantee: when it answers true, each record was handled or is a dead letter; nothing else was dropped. A transient error is
 * waited for as long as it takes. Any other error is followed down to the records that cause it, by halving, in order; only
 * those become dead letters.
 * Limit: records may be handled more than once before the batch is done, and dead letters may be doubled: handlers, and the
 * replay of letters, are safe to repeat.
 * Failure mode: when the signal is aborted while it waits, it answers false and the offsets must not be committed.
 */
import { kindOf, logLevelOf, pause, type Logger } from '@postrider/runtime';
import { backoffMs } from './backoff.js';
import type { Batch } from './batch.js';
import type { HandlerCall } from './call-report.js';
import type { HandlerOutcome } from './consumes.js';
import { reasonOf, type Letter } from './dead-letter.js';
import type { Incoming } from './intake.js';

export interface HandlerPort {
  handle: (batch: Batch<unknown>) => Promise<HandlerOutcome>;
  report: (call: HandlerCall) => void;
  /** Resolves when the letters are on the log. */
  deadLetter: (letters: readonly Letter[]) => Promise<void>;
  logger: Logger;
  topic: string;
}

interface Run {
  port: HandlerPort;
  signal: AbortSignal;
}

/** False when it was given up. */
export async function runHandler(port: HandlerPort, incoming: readonly Incoming[], signal: AbortSignal): Promise<boolean> {
  const run: Run = { port, signal };
  const invalid = incoming.filter(({ fault }) => fault !== undefined);
  if (invalid.length === 0) return handleAll(run, incoming);
  const letters = invalid.map((one) => ({ incoming: one, why: { code: 'INVALID_MESSAGE', reason: one.fault ?? '' } }));
  return (await bury(run, letters)) && handleAll(run, incoming.filter(({ fault }) => fault === undefined));
}

async function handleAll(run: Run, incoming: readonly Incoming[]): Promise<boolean> {
  const [first] = incoming;
  if (!first) return true;
  const outcome = await handlePatiently(run, incoming);
  if (outcome === ABANDONED) return false;
  if (outcome.ok) return true;
  if (incoming.length === 1) return bury(run, [{ incoming: first, why: reasonOf(outcome.error) }], outcome.error);
  const middle = Math.ceil(incoming.length / 2);
  return (await handleAll(run, incoming.slice(0, middle))) && handleAll(run, incoming.slice(middle));
}

const ABANDONED = Symbol('abandoned');

/** An outcome that trying again cannot change, or ABANDONED. */
async function handlePatiently({ port, signal }: Run, incoming: readonly Incoming[]): Promise<HandlerOutcome | typeof ABANDONED> {
  const batch: Batch<unknown> = {
    messages: incoming.map(({ payload }) => payload),
    received: incoming.map(({ received }) => received),
    signal,
  };
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    const startedAt = performance.now();
    const outcome = await port.handle(batch);
    const call = { incoming, attempt, ms: performance.now() - startedAt };
    if (outcome.ok) {
      port.report({ ...call, outcome: 'done' });
      return outcome;
    }
    const { error } = outcome;
    if (kindOf(error) !== 'transient') {
      port.report({ ...call, outcome: 'refused', error });
      return outcome;
    }
    port.report({ ...call, outcome: 'waits', error });
    await pause(backoffMs(attempt), signal);
  }
  return ABANDONED;
}

/** False when it was given up before the letters were on the log. */
async function bury({ port, signal }: Run, letters: readonly Letter[], error?: unknown): Promise<boolean> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      await port.deadLetter(letters);
      const level = error === undefined ? 'warn' : logLevelOf(kindOf(error));
      for (const { incoming, why } of letters) {
        const { topic, partition, offset, id } = incoming.received;
        port.logger[level]('record.dead-lettered', { topic, partition, offset, id, code: why.code, reason: why.reason, error });
      }
      return true;
    } catch (failure) {
      port.logger.warn('record.dead-letter-waits', { topic: port.topic, count: letters.length, attempt, error: failure });
      await pause(backoffMs(attempt), signal);
    }
  }
  return false;
}
