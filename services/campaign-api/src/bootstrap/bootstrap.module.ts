import { Module, type DynamicModule } from '@nestjs/common';
import { BootstrapService, FIRST_TENANT, type FirstTenant } from './bootstrap.service.js';

@Module({})
export class BootstrapModule {
  static register(tenant: FirstTenant | undefined): DynamicModule {
    return { module: BootstrapModule, providers: [{ provide: FIRST_TENANT, useValue: tenant }, BootstrapService], exports: [BootstrapService] };
  }
}
