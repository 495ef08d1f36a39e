import type { z } from 'zod';
import type { Lane } from './lane.js';

/** The one definition of a message: where it travels, what orders it, what it looks like. */
export interface MessageContract<Schema extends z.ZodType = z.ZodType> {
  /** `<owner>.<fact>.v<n>`; with lanes, the topic of a lane is `<owner>.<fact>.<lane>.v<n>`. */
  readonly topic: string;
  readonly lanes?: readonly Lane[];
  /** Messages with equal keys keep their order. */
  readonly key: (payload: z.infer<Schema>) => string;
  /**
   * The identity of the fact, equal on every replay; it becomes `ce_id`.
   * Source: CloudEvents 1.0, "source + id is unique for each distinct event".
   */
  readonly id: (payload: z.infer<Schema>) => string;
  readonly payload: Schema;
  readonly example: z.infer<Schema>;
  /** The broker keeps the last state of each key instead of a window of time. */
  readonly compacted?: boolean;
}

export type PayloadOf<Contract extends MessageContract> = z.infer<Contract['payload']>;

export function defineMessage<Schema extends z.ZodType>(contract: MessageContract<Schema>): MessageContract<Schema> {
  return Object.freeze(contract);
}

/** The topic of one lane; contracts without lanes have one topic. */
export function topicOf(contract: MessageContract, lane?: Lane): string {
  if (!contract.lanes) return contract.topic;
  const chosen = lane ?? contract.lanes[0];
  return contract.topic.replace(/\.v(\d+)$/, `.${chosen}.v$1`);
}

/** Every topic of a contract, one per lane. */
export function topicsOf(contract: MessageContract): string[] {
  return contract.lanes ? contract.lanes.map((lane) => topicOf(contract, lane)) : [contract.topic];
}
