import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readStackFile, stackFileIn, writeStackFile, type StackFile } from './stack-file.js';

const WRITES = 300;

const aStack = (supervisorPid: number): StackFile => ({
  ingestUrl: 'http://127.0.0.1:1', adminUrl: 'http://127.0.0.1:2', consoleUrl: null, serviceUrls: {}, kafkaBrokers: ['127.0.0.1:3'],
  postgresUrl: 'postgres://127.0.0.1:4/postrider', redisUrl: 'redis://127.0.0.1:5', smtp: { host: '127.0.0.1', port: 6, mailFolder: '/mails' },
  orgId: 'org', sandbox: 'prod', apiKey: 'key', token: 'token', internalToken: 'internal', supervisorPid,
  processes: Array.from({ length: 200 }, (_, pid) => ({ name: 'a process', pid })),
});

/** Reads without a pause and counts what is not whole. */
const READER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { readFileSync } = require('node:fs');
  let broken = 0, reads = 0, isDone = false;
  parentPort.on('message', () => { isDone = true; });
  const look = () => {
    for (let i = 0; i < 50; i += 1) { reads += 1; try { JSON.parse(readFileSync(workerData, 'utf8')); } catch { broken += 1; } }
    if (isDone) parentPort.postMessage({ broken, reads }), parentPort.close(); else setImmediate(look);
  };
  look();
  parentPort.postMessage('reading');`;

describe('stack.json', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'postrider-stack-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('can be read by its owner alone, and leaves no draft behind', () => {
    writeStackFile(dir, aStack(1));

    expect(statSync(stackFileIn(dir)).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(['stack.json']);
    expect(readStackFile(dir)?.supervisorPid).toBe(1);
  });

  it('is whole whenever it is read while it is written', async () => {
    writeStackFile(dir, aStack(0));
    const reader = new Worker(READER, { eval: true, workerData: stackFileIn(dir) });
    await new Promise((reading) => reader.once('message', reading));

    for (let i = 1; i <= WRITES; i += 1) writeStackFile(dir, aStack(i));
    const seen = new Promise((done) => reader.once('message', done));
    reader.postMessage('done');

    expect(await seen).toEqual({ broken: 0, reads: expect.any(Number) });
  });
});
