import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A process of the running stack; `startTime` tells it from a later one with the same id. */
export interface StackProcess {
  name: string;
  pid: number;
  startTime?: string;
}

/** `.local/stack.json`: where everything is and how to get in. */
export interface StackFile {
  ingestUrl: string;
  adminUrl: string;
  /** There is no web interface yet. */
  consoleUrl: null;
  serviceUrls: Record<string, string>;
  kafkaBrokers: string[];
  postgresUrl: string;
  redisUrl: string;
  smtp: { host: string; port: number; mailFolder: string };
  orgId: string;
  sandbox: string;
  apiKey: string;
  token: string;
  /** For the services' internal APIs. */
  internalToken: string;
  /** Of the process that owns the stack and starts again what dies. */
  supervisorPid: number;
  processes: StackProcess[];
}

export const stackFileIn = (dir: string): string => join(dir, 'stack.json');

export const readStackFile = (dir: string): StackFile | undefined => readJson<StackFile>(stackFileIn(dir));

/** Undefined when there is no such file. */
export function readJson<Content>(file: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Content;
  } catch {
    return undefined;
  }
}

/** A reader sees the old file or the new one, never a part. It holds credentials, so only its owner may read it. */
export function writeStackFile(dir: string, stack: StackFile): void {
  const file = stackFileIn(dir);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removeStackFile(dir: string): void {
  rmSync(stackFileIn(dir), { force: true });
}
