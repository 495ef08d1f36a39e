import { Readable } from 'node:stream';
import { say } from '../command.js';
import { CpuMeter } from '../measure/processes.js';
import { createAudience, upload } from './admin.js';
import { addressOf, newcomerOf, removeNewcomers } from './people.js';
import { until, type AudienceBench, type UploadOutcome } from './steps.js';

const ROWS_PER_CHUNK = 1_000;

/** A header and a row for each of so many, in another order than the population was loaded in. */
export function* csvOf(profiles: number, address: (i: number) => string): Generator<string> {
  yield 'email,tier,points\n';
  let rows = '';
  for (let i = 0; i < profiles; i += 1) {
    rows += `${address(profiles - 1 - i)},${i % 2 ? 'gold' : 'silver'},${i % 1_000}\n`;
    if ((i + 1) % ROWS_PER_CHUNK === 0) {
      yield rows;
      rows = '';
    }
  }
  if (rows) yield rows;
}

/** Uploads everybody as CSV, or as many newcomers, who are removed before and after: from the first byte to the answer. */
export async function uploadStep(bench: AudienceBench): Promise<UploadOutcome> {
  if (!bench.ofNewcomers) return timedUpload(bench);
  await removeNewcomers(bench.stack);
  try {
    return await timedUpload(bench);
  } finally {
    say(`removed: ${await removeNewcomers(bench.stack)} profiles that the upload made`);
  }
}

async function timedUpload({ stack, target, profiles, ofNewcomers }: AudienceBench): Promise<UploadOutcome> {
  const audienceId = await createAudience(stack, 'upload');
  let bytes = 0;
  const body = function* (): Generator<Buffer> {
    for (const text of csvOf(profiles, ofNewcomers ? newcomerOf : addressOf)) {
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
    return upload(stack, audienceId, Readable.from(body()), ofNewcomers ? 'create' : 'refuse').catch((error: unknown) => {
      if (/answer of 404/.test(String(error))) return undefined;
      throw error;
    });
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  say(`uploaded: ${answer.rows} rows in ${seconds.toFixed(1)} s, ${answer.members} members, ${answer.failedRows} rows failed`);
  return {
    rows: answer.rows, members: answer.members, failedRows: answer.failedRows, ...(ofNewcomers && { profilesMade: answer.profilesCreated }),
    seconds, megabytes: Math.round(bytes / 1e5) / 10, processes: meter.stop(),
  };
}
