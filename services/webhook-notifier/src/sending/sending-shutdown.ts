import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { within } from '@postrider/runtime';
import { Recorder } from '../queue/recorder.js';
import { WorkerLease } from '../queue/worker-lease.js';
import { Claimer } from './claimer.js';
import { Sender } from './sender.service.js';

/** Calls under way are given so long to end. */
const CALLS_MS = 3_500;
const RECORDS_MS = 1_000;

/** Ends the sending: nothing new is called, calls under way end and are recorded, the rest is free for others at once. */
@Injectable()
export class SendingShutdown implements BeforeApplicationShutdown {
  constructor(
    private readonly claimer: Claimer,
    private readonly sender: Sender,
    private readonly recorder: Recorder,
    private readonly lease: WorkerLease,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.lease.retire();
    this.sender.forget();
    await this.claimer.stop();
    await within(CALLS_MS, this.sender.idle());
    await this.recorder.close(RECORDS_MS);
    await this.lease.resign();
  }
}
