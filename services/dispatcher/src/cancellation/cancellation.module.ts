import { Module, type DynamicModule } from '@nestjs/common';
import { CancellationController } from './cancellation.controller.js';
import { CancellationService } from './cancellation.service.js';

@Module({})
export class CancellationModule {
  static with(delivery: DynamicModule): DynamicModule {
    return { module: CancellationModule, imports: [delivery], controllers: [CancellationController], providers: [CancellationService] };
  }
}
