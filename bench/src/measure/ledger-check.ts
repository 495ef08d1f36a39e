/**
 * The ledger of a run: what the generator was promised against what the sink received, by messageId.
 * Guarantee: counts come from the files of generator and sink alone. Nothing of the product is asked.
 */
import { readFileSync } from 'node:fs';
import type { CallRecord } from '../load/generator.js';

export interface SinkLine {
  at: number;
  messageId: string;
}

export interface LedgerResult {
  accepted: number;
  received: number;
  /** Accepted and never received. */
  lost: string[];
  /** Received more than once. */
  doubled: string[];
  /** Received although no 202 was given; not a fault where the answer was lost, else one. */
  unasked: string[];
  balanced: boolean;
}

/** Lines of a sink's file: `<microseconds> <messageId> …`. */
export function readSink(file: string): SinkLine[] {
  return parseSink(readFileSync(file, 'utf8'));
}

export function parseSink(text: string): SinkLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [at = '0', messageId = ''] = line.split(' ');
      return { at: Number(at), messageId };
    });
}

/** In order of schedule; the file has them as they were answered. */
export function readCalls(file: string): CallRecord[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CallRecord)
    .sort((a, b) => a.t0 - b.t0);
}

/** `runId` keeps mails of earlier runs out of the account: only calls of this run are asked for. */
export function checkLedger(calls: readonly CallRecord[], mails: readonly SinkLine[]): LedgerResult {
  const times = new Map<string, number>();
  for (const mail of mails) times.set(mail.messageId, (times.get(mail.messageId) ?? 0) + 1);
  const promised = new Set(calls.flatMap((call) => call.messageIds ?? []));
  const lost = [...promised].filter((id) => !times.has(id));
  const doubled = [...times].filter(([, count]) => count > 1).map(([id]) => id);
  const unasked = [...times.keys()].filter((id) => !promised.has(id));
  const everyCallAnswered = calls.every((call) => call.status !== 0);
  return {
    accepted: promised.size,
    received: mails.length,
    lost,
    doubled,
    unasked,
    balanced: lost.length === 0 && doubled.length === 0 && (unasked.length === 0 || !everyCallAnswered),
  };
}
