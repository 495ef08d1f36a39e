import { Module, type DynamicModule } from '@nestjs/common';
import { PausingController } from './pausing.controller.js';
import { PausingService } from './pausing.service.js';

@Module({})
export class PausingModule {
  static with(delivery: DynamicModule): DynamicModule {
    return { module: PausingModule, imports: [delivery], controllers: [PausingController], providers: [PausingService] };
  }
}
