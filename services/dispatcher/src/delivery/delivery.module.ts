import { Module, type DynamicModule } from '@nestjs/common';
import { Attempts } from './attempt.js';
import { Background } from './background.service.js';
import { Claims } from './claims.js';
import { Deliverer } from './deliverer.js';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';
import { DispatchService } from './dispatch.service.js';
import { ExclusionService } from './exclusion.service.js';
import { ExecutionResolvedHandler } from './execution-resolved.handler.js';
import { Mails } from './mails.js';
import { Opener } from './opener.js';
import { Preparer } from './preparer.js';
import { RecipientExcludedHandler } from './recipient-excluded.handler.js';
import { RecipientReadyHandler } from './recipient-ready.handler.js';
import { Recorder } from './recorder.js';
import { RetryService } from './retry.service.js';
import { Sender } from './sender.js';
import { StatusPublisher } from './status-publisher.js';
import { StopWatch } from './stop-watch.js';
import { SweepService } from './sweep.service.js';
import { Faults } from '../faults/fault-points.js';
import { Providers } from '../providers/providers.service.js';

@Module({})
export class DeliveryModule {
  static with(options: DispatchOptions, faultPoint: string | undefined): DynamicModule {
    return {
      module: DeliveryModule,
      controllers: [RecipientReadyHandler, RecipientExcludedHandler, ExecutionResolvedHandler],
      providers: [
        { provide: DISPATCH_OPTIONS, useValue: options },
        { provide: Faults, useValue: new Faults(faultPoint) },
        Attempts, Background, Claims, Deliverer, DispatchService, ExclusionService, Mails, Opener, Preparer, Providers, Recorder, RetryService, Sender,
        StatusPublisher, StopWatch, SweepService,
      ],
    };
  }
}
