import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@postrider/testing';
import { UploadsController } from '../src/uploads/uploads.controller.js';
import { UploadHouse, anEmail } from './upload-set-up.js';

jest.setTimeout(90_000);

const MEBIBYTE = 1_048_576;

let house: UploadHouse;
/** In a file of their own, so that its lines can be sent again and again. */
let emails: string[];

beforeAll(async () => {
  house = await UploadHouse.start();
  emails = Array.from({ length: 5_000 }, anEmail);
  await house.people(emails);
});

afterAll(async () => {
  await house.stop();
});

const linesOf = (some: readonly string[]): string => some.map((email) => `${email}\n`).join('');

/** Rows that were sent, of an upload that goes on; the body stays open. */
async function begun(base?: string): Promise<{ uploadId: string; evaluationId: string; body: PassThrough; answer: Promise<unknown>; breakOff: () => void }> {
  const [uploadId, body, aborting] = [randomUUID(), new PassThrough(), new AbortController()];
  body.write(`email\n${linesOf(emails.slice(0, 4_500))}`);
  const answer = house.upload(body, { query: { uploadId }, signal: aborting.signal, base }).catch((error: unknown) => error);
  const evaluationId = await eventually(async () => {
    const progress = await house.progress(uploadId);
    expect(progress.body).toMatchObject({ status: 'Running', members: 4_000 });
    return String(progress.body['evaluationId']);
  });
  return { uploadId, evaluationId, body, answer, breakOff: () => aborting.abort() };
}

/** What a failed upload is to look like in the end. */
async function failedWithoutMembers(uploadId: string, evaluationId: string, error: string): Promise<void> {
  await eventually(async () => {
    expect((await house.progress(uploadId)).body).toMatchObject({ status: 'Failed', error });
    expect(await house.evaluation(evaluationId)).toEqual({ status: 'Failed', size: 0, error, has_members: false });
  }, { timeoutMs: 20_000 });
  expect((await house.members(evaluationId)).size).toBe(0);
}

async function lastEvaluation(): Promise<string | undefined> {
  const { rows } = await house.admin.query<{ evaluation_id: string }>(`SELECT evaluation_id FROM audiences.evaluations WHERE audience_id = $1 AND status = 'Completed' ORDER BY completed_at DESC LIMIT 1`, [house.audience]);
  return rows[0]?.evaluation_id;
}

describe(`${UploadsController.name}: rows of any length`, () => {
  it('makes one failed row of 300 MiB within quotes, and holds none of it', async () => {
    const { base, residentBytes, killed } = await startProcess();
    const heights: number[] = [];
    async function* content(): AsyncGenerator<Buffer> {
      yield Buffer.from(`email,note\n${emails[0]},short\nx@x.test,"`);
      for (let sent = 0; sent < 300; sent++) {
        yield Buffer.alloc(MEBIBYTE, 'long ');
        if (sent % 20 === 19) heights.push(await residentBytes());
      }
      yield Buffer.from(`"\n${emails[1]},short\n`);
    }

    const upload = await house.uploaded(Readable.from(content()), { base });
    await killed();

    expect(upload).toMatchObject({ status: 'Completed', rows: 3, members: 2, failedRows: 1 });
    expect(upload.bytes).toBeGreaterThan(300 * MEBIBYTE);
    expect(await house.report(upload.uploadId)).toEqual(['line,column,code,message', `3,,ROW_TOO_LONG,The row has more than ${MEBIBYTE} bytes. Is a quote not closed?`]);
    expect(Math.max(...heights)).toBeLessThan(250 * MEBIBYTE);
  });
});

describe(`${UploadsController.name}: progress`, () => {
  it('is read under the id that the caller chose, while the file is being sent', async () => {
    const { uploadId, evaluationId, body, answer } = await begun();

    const progress = await house.progress(uploadId);
    await eventually(async () => expect(await house.evaluation(evaluationId)).toMatchObject({ status: 'Running', size: 4_000 }));
    body.end(linesOf(emails.slice(4_500)));

    expect(progress.body).toMatchObject({ status: 'Running', rows: 4_000, members: 4_000, totalBytes: null, completedAt: null });
    expect(await answer).toMatchObject({ status: 200, body: { uploadId, status: 'Completed', rows: 5_000, members: 5_000 } });
    expect(await lastEvaluation()).toBe(evaluationId);
  });

  it('tells the length of the body where the caller does', async () => {
    const content = `email\n${linesOf(emails)}`;

    expect(await house.uploaded(content)).toMatchObject({ bytes: content.length, totalBytes: content.length });
  });
});

describe(`${UploadsController.name}: uploads that do not come to their end`, () => {
  it('leaves the former members in force when the caller breaks off', async () => {
    const { evaluationId: former } = await house.uploaded(`email\n${linesOf(emails.slice(0, 10))}`);
    const { uploadId, evaluationId, breakOff } = await begun();

    breakOff();

    await failedWithoutMembers(uploadId, evaluationId, 'The connection broke off before the end of the file.');
    expect(await lastEvaluation()).toBe(former);
    expect((await house.members(former)).size).toBe(10);
  });

  it('fails those that go on when the process is stopped', async () => {
    const app = await house.app();
    const { uploadId, evaluationId, answer } = await begun(await app.getUrl());

    await app.close();
    await answer;

    await failedWithoutMembers(uploadId, evaluationId, 'The service was stopped during the upload. Send the file again.');
  });

  it('takes no more than four at once', async () => {
    const going = await Promise.all([begun(), begun(), begun(), begun()]);

    const { status, body } = await house.upload(`email\n`);
    for (const one of going) one.body.end();

    expect([status, body['code']]).toEqual([429, 'RATE_LIMITED']);
    expect(await Promise.all(going.map((one) => one.answer))).toEqual(going.map(() => expect.objectContaining({ status: 200 })));
    expect((await house.upload('email\n')).status).toBe(200);
  });

  it('gives up one that stood still longer than its lease, and stores nothing of it when it goes on', async () => {
    const { uploadId, evaluationId, body, answer } = await begun();
    // As if its process had been frozen for that long.
    await house.admin.query(`UPDATE audiences.uploads SET status = 'Failed', error = 'spec', completed_at = now() WHERE upload_id = $1`, [uploadId]);
    await house.admin.query(`UPDATE audiences.evaluations SET status = 'Failed', error = 'spec', completed_at = now() WHERE evaluation_id = $1`, [evaluationId]);

    body.end(linesOf(emails.slice(4_500)));
    await answer;

    await failedWithoutMembers(uploadId, evaluationId, 'spec');
  });

  it('fails what a killed process left when its lease is over, and removes its members', async () => {
    const { base, killed } = await startProcess();
    const { uploadId, evaluationId, answer } = await begun(base);

    await killed();
    await answer;
    const { body: left } = await house.progress(uploadId);
    await house.admin.query(`UPDATE audiences.uploads SET leased_until = now() - interval '1 second' WHERE upload_id = $1`, [uploadId]);

    expect(left).toMatchObject({ status: 'Running', members: 4_000 });
    await failedWithoutMembers(uploadId, evaluationId, 'The process that took the file ended. Send it again.');
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface OwnProcess {
  base: string;
  residentBytes: () => Promise<number>;
  killed: () => Promise<unknown>;
}

/** The service as a process of its own, as it was built. */
async function startProcess(): Promise<OwnProcess> {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const script = join(import.meta.dirname, '../dist/main.js');
  const child: ChildProcess = spawn(process.execPath, [script], { env: { ...process.env, ...house.environment, HTTP_PORT: String(port) }, stdio: 'ignore' });
  await eventually(async () => expect((await fetch(`${base}/health/ready`)).status).toBe(200), { timeoutMs: 30_000 });
  return {
    base,
    residentBytes: async () => Number(/^process_resident_memory_bytes\S* (\d+)/m.exec(await (await fetch(`${base}/metrics`)).text())?.[1]),
    killed: () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      return ended;
    },
  };
}
