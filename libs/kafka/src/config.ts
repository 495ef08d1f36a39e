import { z } from 'zod';

/** Settings of every process that reads or writes topics. */
export const kafkaEnv = {
  /** `host:port`, several with commas. */
  KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()).filter((one) => one !== ''))
    .pipe(z.array(z.string().regex(/^.+:\d+$/, 'must be host:port')).min(1)),
  /** Put before every topic and consumer group, so that several installations can share a cluster. */
  KAFKA_TOPIC_PREFIX: z.string().default(''),
  KAFKA_SESSION_TIMEOUT_MS: z.coerce.number().int().positive().default(10_000),
  /** gzip trades CPU of both ends for bytes on the wire and on the broker's disk. */
  KAFKA_COMPRESSION: z.enum(['none', 'gzip']).default('none'),
};

type KafkaEnvironment = z.infer<z.ZodObject<typeof kafkaEnv>>;

/** The part of a service's settings that `KafkaModule` takes. */
export function kafkaSettings(config: KafkaEnvironment) {
  return {
    brokers: config.KAFKA_BROKERS,
    topicPrefix: config.KAFKA_TOPIC_PREFIX,
    sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
    compression: config.KAFKA_COMPRESSION,
  };
}
