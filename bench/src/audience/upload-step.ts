import { Readable } from 'node:stream';
import { say } from '../command.js';
import { CpuMeter } from '../measure/processes.js';
import { createAudience, upload } from './admin.js';
import { addressOf } from './people.js';
import { until, type AudienceBench, type UploadOutcome } from './steps.js';

const ROWS_PER_CHUNK = 1_000;

/** A header and a row for each of the population, in another order than they were loaded in. */
export function* csvOf(profiles: number): Generator<string> {
  yield 'email,tier,points\n';
  let rows = '';
  for (let i = 0; i < profiles; i += 1) {
    rows += `${addressOf(profiles - 1 - i)},${i % 2 ? 'gold' : 'silver'},${i % 1_000}\n`;
    if ((i + 1) % ROWS_PER_CHUNK === 0) {
      yield rows;
      rows = '';
    }
  }
  if (rows) yield rows;
}

/** Uploads everybody as CSV: from the first byte to the answer. */
export async function uploadStep({ stack, target, profiles }: AudienceBench): Promise<UploadOutcome> {
  const audienceId = await createAudience(stack, 'upload');
  let bytes = 0;
  const body = function* (): Generator<Buffer> {
    for (const text of csvOf(profiles)) {
      const chunk = Buffer.from(text);
      bytes += chunk.length;
      yield chunk;
    }
  };
  const meter = new CpuMeter(target.processes);
  let startedAt = 0;
  const answer = await until('The upload to begin', 5_000, () => {
    bytes = 0;
    startedAt = performance.now();
    return upload(stack, audienceId, Readable.from(body())).catch((error: unknown) => {
      if (/answer of 404/.test(String(error))) return undefined;
      throw error;
    });
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  say(`uploaded: ${answer.rows} rows in ${seconds.toFixed(1)} s, ${answer.members} members, ${answer.failedRows} rows failed`);
  return { rows: answer.rows, members: answer.members, failedRows: answer.failedRows, seconds, megabytes: Math.round(bytes / 1e5) / 10, processes: meter.stop() };
}
