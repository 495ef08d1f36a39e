/** Addresses of what the probes talk to. */
export interface ProbeTargets {
  kafkaBrokers: string[];
  postgresUrl: string;
  redisUrl: string;
  smtpPort: number;
  /** Which probes to take, by name; all when left out. */
  only?: string[];
  /** Process ids of the servers behind a probe, by the probe's name: their CPU is counted too. */
  servers: Record<string, number>;
}

/** Does its step for a second or two and answers how often. */
export type Probe = (targets: ProbeTargets) => Promise<number>;

export interface ProbeResult {
  perSecond: number;
  /** CPU microseconds of the probing process for one operation. */
  clientMicros: number;
  /** CPU microseconds of the server behind it for one operation; 0 where it has none. */
  serverMicros: number;
}

const PROBE_SECONDS = 2;

/** Repeats a step until the time is over; answers how many operations were done in all. */
export async function repeat(step: () => Promise<number>): Promise<number> {
  const end = performance.now() + PROBE_SECONDS * 1_000;
  let operations = 0;
  while (performance.now() < end) operations += await step();
  return operations;
}
