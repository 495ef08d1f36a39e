import { Injectable } from '@nestjs/common';
import { Recorder } from '../queue/recorder.js';
import { WorkerLease } from '../queue/worker-lease.js';

/** The lease under which deliveries are held, and the way their results take. */
@Injectable()
export class Custody {
  constructor(
    readonly lease: WorkerLease,
    readonly recorder: Recorder,
  ) {}

  mayCall(): boolean {
    return this.lease.current() !== null && !this.recorder.isFull();
  }
}
