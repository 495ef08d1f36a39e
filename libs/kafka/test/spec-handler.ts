import { Controller, type Type } from '@nestjs/common';
import { ExecutionResolved } from '@postrider/contracts';
import { Consumes, type Batch } from '../src/index.js';

export type Behaviour = (batch: Batch<ExecutionResolved>) => Promise<void>;

export interface SpecHandler {
  controller: Type;
  /** The numbers of the facts whose handling came to its end, in that order. */
  seen: number[];
  /** The numbers that each call was given. */
  calls: number[][];
  behave: (how: Behaviour) => void;
}

/** A controller whose behaviour a test sets, and what it was given. */
export function aHandler(first: Behaviour = async () => undefined): SpecHandler {
  const seen: number[] = [];
  const calls: number[][] = [];
  let behaviour = first;

  @Controller()
  class Handler {
    @Consumes(ExecutionResolved)
    async handle(batch: Batch<ExecutionResolved>): Promise<void> {
      calls.push(batch.messages.map((message) => message.targeted));
      await behaviour(batch);
      for (const message of batch.messages) seen.push(message.targeted);
    }
  }
  return { controller: Handler, seen, calls, behave: (how) => (behaviour = how) };
}

/** Facts that are told apart by their number. */
export function facts(count: number, from = 0): ExecutionResolved[] {
  return Array.from({ length: count }, (_, i) => ({ ...ExecutionResolved.example, executionId: `UMA-${from + i}`, targeted: from + i }));
}

export const numbers = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

/** Opens once; whoever waits for it goes on then. */
export function aGate(): { open: () => void; opened: Promise<void> } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}
