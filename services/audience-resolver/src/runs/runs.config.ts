import { z } from 'zod';

export const runsEnv = {
  /** How many shards of runs this process works on at a time; 0 leaves them to other processes. */
  RUN_WORKERS: z.coerce.number().int().min(0).max(64).default(3),
  /** Into how many parts a large run is cut, and so how many workers, of any process, share it at most. */
  RUN_SHARDS: z.coerce.number().int().min(1).max(1_024).default(8),
  /** Members that one statement reads and one checkpoint covers. */
  RUN_PAGE_MEMBERS: z.coerce.number().int().min(1).max(20_000).default(500),
  /** A worker that shows no sign of life for this long is taken for dead. */
  RUN_LEASE_MS: z.coerce.number().int().min(500).default(10_000),
  /** How often runs are looked for that another process accepted, stopped or left. */
  RUN_POLL_MS: z.coerce.number().int().min(20).default(500),
};

export type RunsConfig = Readonly<z.infer<z.ZodObject<typeof runsEnv>>>;
