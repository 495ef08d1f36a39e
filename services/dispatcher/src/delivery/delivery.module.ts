import { Module, type DynamicModule } from '@nestjs/common';
import { Attempts } from './attempt.js';
import { BACKGROUND_WORK, Background, type BackgroundWork } from './background.service.js';
import { Claims } from './claims.js';
import { Deliverer } from './deliverer.js';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';
import { DispatchService } from './dispatch.service.js';
import { ExclusionService } from './exclusion.service.js';
import { ExecutionResolvedHandler } from './execution-resolved.handler.js';
import { GivingWay } from './giving-way.js';
import { Holds } from './holds.js';
import { Judgement } from './judgement.js';
import { LapsedAttempts } from './lapsed-attempts.js';
import { Mails } from './mails.js';
import { Opener } from './opener.js';
import { ParkedChunks } from './parked-chunks.js';
import { ParkedService } from './parked.service.js';
import { Preparer } from './preparer.js';
import { RecipientExcludedHandler } from './recipient-excluded.handler.js';
import { RecipientReadyHandler } from './recipient-ready.handler.js';
import { Recorder } from './recorder.js';
import { RetryService } from './retry.service.js';
import { Sender } from './sender.js';
import { Settling } from './settling.js';
import { SharedContexts } from './shared-contexts.js';
import { StatusPublisher } from './status-publisher.js';
import { StopWatch } from './stop-watch.js';
import { SweepService } from './sweep.service.js';
import { TakenWork } from './taken-work.js';
import { Overdrawn } from '../ledger/overdrawn.js';
import { Faults } from '../faults/fault-points.js';
import { Providers } from '../providers/providers.service.js';

type Workers = [RetryService, ParkedService, SweepService, StopWatch, Attempts];

/** More than one, so that a provider that hangs keeps nobody else's messages waiting. */
const RETRY_TAKERS = 2;
/** Of a lease: often enough to see a lapsed one twice within its grace, and no more often than messages are looked for. */
const LOOKS_A_LEASE = 12;

/** While something waits for its turn at a rate; otherwise it is looked for as seldom as what is due. */
const PACING_MS = 150;

function backgroundWork(options: DispatchOptions, [retries, parked, sweeps, stops, attempts]: Workers): BackgroundWork[] {
  const everyMs = options.retryPollMs;
  return [
    { what: 'parked', everyMs: Math.min(everyMs, PACING_MS), atOnce: 1, run: (signal) => parked.sendParked(signal) },
    { what: 'retries', everyMs, atOnce: RETRY_TAKERS, run: (signal) => retries.sendDue(signal) },
    { what: 'sweep', everyMs: Math.max(everyMs, options.leaseMs / LOOKS_A_LEASE), atOnce: 1, run: () => sweeps.sweep() },
    { what: 'stops', everyMs, atOnce: 1, run: () => stops.hasten() },
    { what: 'attempts', everyMs: 2 * everyMs, atOnce: 1, run: () => attempts.closeFinished() },
  ];
}

@Module({})
export class DeliveryModule {
  static with(options: DispatchOptions, faultPoint: string | undefined): DynamicModule {
    return {
      module: DeliveryModule,
      controllers: [RecipientReadyHandler, RecipientExcludedHandler, ExecutionResolvedHandler],
      providers: [
        { provide: DISPATCH_OPTIONS, useValue: options },
        { provide: Faults, useValue: new Faults(faultPoint) },
        { provide: BACKGROUND_WORK, useFactory: (all: DispatchOptions, ...workers: Workers) => backgroundWork(all, workers), inject: [DISPATCH_OPTIONS, RetryService, ParkedService, SweepService, StopWatch, Attempts] },
        Attempts, Background, Claims, Deliverer, DispatchService, ExclusionService, GivingWay, Holds, Judgement, LapsedAttempts, Mails, Opener, Overdrawn,
        ParkedChunks, ParkedService, Preparer, Providers, Recorder, RetryService, Sender, Settling, SharedContexts,
        StatusPublisher, StopWatch, SweepService, TakenWork,
      ],
      exports: [Settling],
    };
  }
}
