/** What the baseline's processes are told, as JSON in their first argument. */
export interface BaselineSettings {
  kafkaBrokers: string[];
  postgresUrl: string;
  redisUrl: string;
  smtpPort: number;
}

export const BASELINE_TOPIC = 'bench.baseline.v1';

export interface BaselineMessage {
  messageId: string;
  requestId: string;
  userId: string;
  context: Record<string, unknown>;
}

export const baselineSettings = (): BaselineSettings => JSON.parse(process.argv[2] ?? '{}') as BaselineSettings;
