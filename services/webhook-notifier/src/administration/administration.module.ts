import { Module, type DynamicModule } from '@nestjs/common';
import { AttemptLog } from './attempt-log.js';
import { EndpointTestService } from './endpoint-test.service.js';
import { EndpointsController } from './endpoints.controller.js';

@Module({ controllers: [EndpointsController], providers: [AttemptLog, EndpointTestService] })
export class AdministrationModule {
  static with(imports: DynamicModule[]): DynamicModule {
    return { module: AdministrationModule, imports };
  }
}
